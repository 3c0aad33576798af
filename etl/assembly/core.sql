-- The build's private workspace: typed, generalised records. It lives in memory while a build runs and is never published.

create schema core;
create schema staged;

-- one row per calendar month from the first reported to the latest
create table core.dim_month (month_on date, previous_on date);

-- one row: the county itself
create table core.county (area_code varchar);

-- one row per township code ever valid; current_code follows mergers
create table core.dim_township (code varchar, current_code varchar, zone varchar, remote varchar);

-- one row per drug of the county pack
create table core.dim_drug (code varchar, drug_group varchar);

-- one row per member of a dimension
create table core.dim_member (dimension varchar, code varchar);

-- one row per area and calendar year
create table core.resident (area_code varchar, year_number bigint, residents bigint);

-- one row per extract and record key: a keyed mark that lets the public release's coins follow the people behind a cell
create table core.contributor (extract varchar, record_key varchar, mark bigint);

-- one row per extract and reported month
create table core.reported_month (extract varchar, month_on date);

-- one row per core table and month it can answer for; every extract fills it for its own tables
create table core.covered_month (table_name varchar, month_on date);

-- one row per core table, grain and finished period; is_reported says whether every month of it was delivered
create table core.period (table_name varchar, grain varchar, period_on date, last_on date, is_reported boolean);

-- one row per core table, grain, period and month whose records count in it
create table core.period_month (table_name varchar, grain varchar, period_on date, month_on date);

create table core.registry_person (
    month_on date, person_key varchar, mark bigint, standing varchar, sex varchar, age_band varchar, zone varchar, township varchar,
    residence varchar, drug_group varchar, drug varchar, multi_drug varchar, student varchar, first_found_on date, birth_year bigint
);

create table core.newly_found (
    month_on date, person_key varchar, mark bigint, sex varchar, age_band varchar, zone varchar, township varchar, residence varchar,
    drug_group varchar
);

create table core.registry_change (month_on date, person_key varchar, mark bigint, change varchar);

create table core.case_file (
    month_on date, solved_on date, mark bigint, zone varchar, township varchar, remote varchar, case_kind varchar, charge varchar,
    place_type varchar, drug varchar, grams double, channel varchar, source_area varchar, lab varchar, youth varchar, solved varchar,
    campaign varchar
);

create table core.case_count (month_on date, mark bigint, zone varchar, township varchar, charge varchar, opened bigint);

create table core.solved_case (solved_on date, mark bigint, zone varchar, case_kind varchar, charge varchar);

create table core.suspect (month_on date, mark bigint, zone varchar, township varchar, suspect_age varchar, persons bigint);

-- one row per indicator, breakdown, cell and finished period, before protection
create table core.cell (
    indicator varchar, grain varchar, period_on date, last_on date, is_reported boolean, breakdown varchar, area_code varchar,
    member varchar, member_2 varchar, numerator double, denominator double, records bigint
);
