-- needs:
create or replace view report_reconciliation as
with newest as (
    select contract_number, schema_name, table_name, max(checked_at) as checked_at
      from tokenflex_etl.reconciliation
     group by contract_number, schema_name, table_name
)
select schema_name,
       table_name,
       contract_number,
       r.usage_month,
       r.contract_year,
       r.usage_category,
       r.loaded,
       r.service,
       r.difference,
       r.status,
       r.job,
       checked_at
  from newest
  join tokenflex_etl.reconciliation r using (contract_number, schema_name, table_name, checked_at);

comment on view report_reconciliation is
    'The last comparison of each table and contract with the service''s own totals. Made by tokenflex-etl init --reports.';
comment on column report_reconciliation.contract_year is 'null: of all years';
comment on column report_reconciliation.usage_category is 'null: of all categories that the job asks for';
comment on column report_reconciliation.difference is 'loaded - service, tokens';
comment on column report_reconciliation.status is
    'equal; differs; moved_on: differs, and the service''s figure has changed since both were equal last; running and not_loaded are not judged';
comment on column report_reconciliation.job is 'That loads the table';
