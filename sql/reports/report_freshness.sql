-- needs:
create or replace view report_freshness as
with load as (
    select t.target_id, t.schema_name, t.table_name, r.contract_number, r.finished_at,
           case when r.window_end is not null
                then least(r.window_end, (r.started_at at time zone 'UTC')::date) - 1 end as last_day
      from tokenflex_etl.target t
      join tokenflex_etl.run r on r.target_id = t.target_id and (r.status = 'succeeded' or r.skip_reason is not null)
      join pg_namespace n on n.nspname = t.schema_name
      join pg_class c on c.relnamespace = n.oid and c.relname = t.table_name and c.relkind in ('r', 'p')
     where t.rebuilds is null
)
select l.schema_name,
       l.table_name,
       l.contract_number,
       max(l.last_day)                                    as last_day,
       (now() at time zone 'UTC')::date - max(l.last_day) as last_day_age,
       max(l.finished_at)                                 as last_synced_at,
       now() - max(l.finished_at)                         as age,
       (select upper(u.days) - lower(u.days) - sum(upper(r) - lower(r)) from unnest(u.days) as r) as missing_days,
       u.remark
  from load l
  left join tokenflex_etl.usage_table u on u.target_id = l.target_id and u.contract_number = l.contract_number
 group by l.schema_name, l.table_name, l.contract_number, u.days, u.remark;

comment on view report_freshness is
    'How old the rows of each table and contract are, by the tool''s own run history: also of tables that no shipped job loads. Made by tokenflex-etl init --reports.';
comment on column report_freshness.last_day is
    'The last day (UTC) that was over when it was loaded, be it with rows or without; null for tables without days';
comment on column report_freshness.last_day_age is 'Days from last_day until today (UTC): 1 is as fresh as it gets';
comment on column report_freshness.last_synced_at is
    'When the rows of the table and contract were last compared with the service''s data, or a load was skipped because nothing had changed there';
comment on column report_freshness.age is 'Time since last_synced_at';
comment on column report_freshness.missing_days is
    'Days after the first and before the last loaded one that no load has covered after they were over; null for tables without days';
comment on column report_freshness.remark is
    'Why views, report and forecast leave the table out, or what its rows have beside the service''s; null: nothing';
