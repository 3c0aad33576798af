-- The published warehouse. It holds protected aggregates and their provenance, and no record of a person or a case.

create schema mart;
create schema meta;

create table mart.observation (
    release varchar not null,
    indicator varchar not null,
    period date not null,
    grain varchar not null,
    area_code varchar not null,
    breakdown varchar not null,
    member varchar not null,
    member_2 varchar not null,
    numerator double,
    denominator double,
    value double,
    lower double,
    upper double,
    status varchar not null
);
comment on table mart.observation is 'One row per release, indicator, breakdown, cell and period.';
comment on column mart.observation.period is 'First day of the period; of a rolling twelve months the first day of its last month.';
comment on column mart.observation.area_code is 'County, zone or township the row speaks of.';
comment on column mart.observation.member is 'Member of the first category of the breakdown; empty where it has none.';
comment on column mart.observation.member_2 is 'Member of the second category of the breakdown; empty where it has none.';
comment on column mart.observation.numerator is 'Counted records or summed amount; in the public release a rounded count of persons; null where not shown.';
comment on column mart.observation.value is 'The number to show: count, amount, share (0-1) or rate per 10,000; null where not shown.';
comment on column mart.observation.lower is 'Lower 95 % limit, computed from published numbers only.';
comment on column mart.observation.status is 'observed, provisional, suppressed, not_collected or undefined. Suppressed is null, never zero.';

create table mart.township (
    code varchar not null,
    zone varchar not null,
    zh varchar not null,
    en varchar not null,
    is_remote boolean not null,
    rings varchar not null
);
comment on table mart.township is 'One row per township now in force; rings is a JSON list of closed rings of [longitude, latitude].';

create table mart.resident (
    area_code varchar not null,
    year_number bigint not null,
    residents bigint not null
);
comment on table mart.resident is 'One row per township and year: residents of that year, or of the latest one published.';

create table mart.analysis (
    id bigint not null,
    release varchar not null,
    method varchar not null,
    first_on date not null,
    last_on date not null,
    tests bigint not null,
    chance_of_false double not null,
    power double,
    seed bigint,
    parameters varchar not null
);
comment on table mart.analysis is 'One row per run of a statistical method on the published exact counts of a release, at one cut-off.';
comment on column mart.analysis.last_on is 'First day of the last period looked at: the cut-off.';
comment on column mart.analysis.tests is 'Comparisons made at once.';
comment on column mart.analysis.chance_of_false is 'Upper limit of the probability of any false finding where nothing is out of the ordinary.';
comment on column mart.analysis.power is 'Probability that a doubled risk of one area would have been found; null where that is not asked.';
comment on column mart.analysis.parameters is 'JSON of what else decides the result.';

create table mart.finding (
    analysis_id bigint not null,
    indicator varchar not null,
    breakdown varchar not null,
    area_code varchar not null,
    member varchar not null,
    label varchar not null,
    rule varchar not null,
    observed double,
    exposure double,
    expected double,
    value double,
    lower double,
    upper double,
    p_value double
);
comment on table mart.finding is 'One row per analysis and cell. Computed from published exact counts alone: a hidden one has no part in it.';
comment on column mart.finding.member is 'Member of the breakdown; of a cluster, its number.';
comment on column mart.finding.label is 'What may be said: a level, a verdict, cluster, alarm, quiet, within_chance, not_judged.';
comment on column mart.finding.exposure is 'Residents times years, or residents.';
comment on column mart.finding.value is 'Of a level the smoothed rate per 10,000 residents and year; of a cluster the relative risk; of a trend the percent a year.';
comment on column mart.finding.upper is 'Upper 95 % limit of the value; of a warning the highest count within chance.';

create table meta.build (
    number bigint not null,
    built_at varchar not null,
    code_version varchar not null,
    latest_month date,
    county_code varchar not null,
    county_zh varchar not null,
    county_en varchar not null,
    map_approval varchar not null,
    is_sample boolean not null,
    internal_k bigint not null,
    who varchar not null,
    reason varchar not null,
    content_sha256 varchar not null
);
comment on table meta.build is 'One row: the build this file came from.';
comment on column meta.build.who is 'Account that put it in force first.';
comment on column meta.build.reason is 'Why, in the words of that person; needed where the publish gate held the build.';

create table meta.input_file (
    sequence bigint not null,
    extract varchar not null,
    first_month date not null,
    last_month date not null,
    reported_on date,
    received_at varchar not null,
    months_used bigint not null
);
comment on table meta.input_file is 'One row per accepted file; months_used counts the months for which it is the edition in force. How many rows it holds is not told: less the cases that are shown they would be people.';

create table meta.coverage (
    extract varchar not null,
    month_on date not null,
    file_sequence bigint not null
);
comment on table meta.coverage is 'One row per extract and reported month.';

create table meta.extract (
    id varchar not null,
    zh varchar not null,
    en varchar not null
);
comment on table meta.extract is 'One row per extract type the program knows, delivered or not: its title.';

create table meta.member (
    dimension varchar not null,
    code varchar not null,
    zh varchar not null,
    en varchar not null,
    position bigint not null,
    parent varchar not null
);
comment on table meta.member is 'One row per member of every dimension, in display order; parent is the zone of a township.';

create table meta.indicator (
    id varchar not null,
    theme varchar not null,
    kind varchar not null,
    protects varchar not null,
    source_table varchar not null,
    numerator varchar not null,
    denominator varchar not null,
    is_headline boolean not null,
    is_stock boolean not null, -- its rows say who is there at the end of a period
    is_bridge boolean not null, -- its rows explain the change of a stock
    formula varchar not null -- the county's own formula, where it chose one
);
comment on table meta.indicator is 'One row per indicator: what the auditor needs to know of its cells. Selections are JSON.';

create table meta.check_result (
    name varchar not null,
    verdict varchar not null,
    zh varchar not null,
    en varchar not null
);
comment on table meta.check_result is 'One row per check the build ran on its own output.';

create table meta.audit (
    release varchar not null,
    source_table varchar not null,
    moment date not null,
    hidden bigint not null,
    crossed bigint not null,
    implied bigint not null,
    narrowest double,
    said_sha256 varchar not null
);
comment on table meta.audit is 'One row per release, population and moment that the auditor attacked, none of which gave anything away.';
comment on column meta.audit.hidden is 'Hidden counts attacked.';
comment on column meta.audit.crossed is 'Counts of two or three dimensions that nobody publishes, attacked as well.';
comment on column meta.audit.implied is 'Of the hidden, those that exact totals bound on their own.';
comment on column meta.audit.narrowest is 'Shortest interval proved possible among the rest, in persons; null where nothing is hidden.';
comment on column meta.audit.said_sha256 is 'Digest of everything attacked, of the limits and of the auditor: where it is the same, the next build does not attack again.';

create table meta.said (
    release varchar not null,
    source_table varchar not null,
    moment date not null,
    statement bigint not null,
    persons varchar not null,
    known varchar not null,
    count double
);
comment on table meta.said is 'One row per count of people that was ever in force: what has been published stays known, so every build carries all of it.';
comment on column meta.said.statement is 'Number of the statement, oldest first, among the different ones about a population and moment; the last is in force.';
comment on column meta.said.persons is 'Whom it counts: a selection as JSON.';
comment on column meta.said.known is 'shown: as printed; exact: a total a reader is taken to know exactly; hidden: withheld; unclear: of a withheld share.';

create table meta.dimension (
    id varchar not null,
    lasts varchar not null
);
comment on table meta.dimension is 'One row per dimension: how long a person is taken to stay in a member of it (always, within a year, or empty: nothing is taken so).';

create table meta.campaign (
    code varchar not null,
    zh varchar not null,
    en varchar not null,
    starts_on date not null,
    ends_on date not null
);
comment on table meta.campaign is 'One row per special operation of the county pack.';

create table meta.series_break (
    indicator varchar not null,
    starts_on date not null,
    zh varchar not null,
    en varchar not null
);
comment on table meta.series_break is 'One row per indicator and date from which the county counts or records it differently; those that every county has are declared with the indicator.';

create table meta.audit_report (
    zh varchar not null,
    en varchar not null
);
comment on table meta.audit_report is 'One row: the one-page report of the audit.';

create table meta.hold (
    rule varchar not null,
    indicator varchar not null,
    month_on date,
    zh varchar not null,
    en varchar not null
);
comment on table meta.hold is 'One row per finding of the publish gate that was passed over with the reason of meta.build.';

create table meta.column_fill (
    extract varchar not null,
    column_name varchar not null,
    month_on date not null,
    rows bigint not null,
    filled_tenths bigint not null
);
comment on table meta.column_fill is 'One row per extract, column that may stay empty, and month: records, those of people among other records left out, and how full the column is in tenths: 10 for seven tenths and more, 0 for fewer than three, else 5.';

create table meta.restatement (
    build_number bigint not null,
    built_at varchar not null,
    indicator varchar not null,
    period date not null,
    kind varchar not null,
    cells bigint not null
);
comment on table meta.restatement is 'One row per build, indicator, period and kind (added, corrected, withdrawn): cells that differ from the build before; of people the county totals by month alone.';

create table meta.record_change (
    build_number bigint not null,
    built_at varchar not null,
    extract varchar not null,
    kind varchar not null,
    first_month date not null,
    last_month date not null,
    records bigint not null
);
comment on table meta.record_change is 'One row per build, extract and kind: records of months reported before that differ from the build before, of those alone that are published exactly; no record of a person is among them.';
comment on column meta.record_change.kind is 'late: entered later; filled: what was empty is known; corrected; withdrawn; recoded: only the key or the township code is another.';

create table meta.first_published (
    indicator varchar not null,
    month_on date not null,
    value double not null,
    build_number bigint not null
);
comment on table meta.first_published is 'One row per indicator of events and month: the county total as first published, and by which build.';
