-- The build's private workspace: typed, generalised records. It lives in memory while a build runs and is never published.

create schema core;
create schema staged;

-- one row per calendar month from the first reported to the latest
create table core.dim_month (month_on date, previous_on date);

-- one row: the county itself
create table core.county (area_code varchar);

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

-- one row per indicator, breakdown, cell and finished period, before protection
create table core.cell (
    indicator varchar, grain varchar, period_on date, last_on date, is_reported boolean, breakdown varchar, area_code varchar,
    member varchar, member_2 varchar, numerator double, denominator double, records bigint
);
