-- What a table of usage may be used for: one place from which forecast, report, budgets and report views learn which days
-- of a contract it holds, and whether its tokens can be added up.
create view tokenflex_etl.usage_table as
with loaded as (
    select t.target_id, c.oid as table_id, t.schema_name, t.table_name, f.contract_number, f.usage_categories, f.covered,
           not coalesce('_run_id' = any (t.key) or t.windowed, false) as counts_once,
           case when '_run_id' = any (t.key) then 'has the rows of every run (mode: append)'
                when t.windowed then 'has rows without a date'
                when f."where" is not null then 'has only the usage of a condition (where)'
           end as problem,
           case when f.usage_categories = '{}' then null
                when f.usage_categories <@ '{DESKTOP_PRODUCT,PRODUCT_CONSUMPTION}' then 'desktop'
                when f.usage_categories <@ '{CLOUD_PRODUCT,CLOUD_SERVICE,CLOUD_PRODUCT_CONSUMPTION,CLOUD_CONSUMPTION}' then 'cloud'
                when f.usage_categories <@ '{MANUAL_ADJUSTMENT,MANUAL_CONSUMPTION}' then 'manual'
           end as kind,
           f.usage_categories = '{}' or f.usage_categories && '{MANUAL_ADJUSTMENT,MANUAL_CONSUMPTION}' as has_manual
      from tokenflex_etl.target t
      join tokenflex_etl.target_filter f on f.target_id = t.target_id
      join pg_namespace n on n.nspname = t.schema_name
      join pg_class c on c.relnamespace = n.oid and c.relname = t.table_name and c.relkind in ('r', 'p')
     where t.rebuilds is null
), shipped (table_name, kind) as (
    values ('daily_product_usage', 'desktop'), ('cloud_usage', 'cloud'), ('manual_adjustments', 'manual')
), told as (
    select l.*, s.kind as stands_for,
           l.covered + coalesce(skipped.days, '{}') as days,
           coalesce(l.problem, case when s.kind is not null and l.kind is distinct from s.kind
                                    then format('has other usage than %s', s.kind) end) as shipped_problem,
           case when exists (select
                               from tokenflex_etl.run r
                              where r.target_id = l.target_id
                                and r.contract_number = l.contract_number
                                and r.status = 'succeeded'
                                and r.rows_vanished > r.rows_deleted
                                and not exists (select
                                                  from tokenflex_etl.run later
                                                 where later.target_id = r.target_id
                                                   and later.contract_number = r.contract_number
                                                   and later.run_id > r.run_id
                                                   and later.status = 'succeeded'
                                                   and later.rows_vanished = later.rows_deleted
                                                   and coalesce(later.window_start, '-infinity')
                                                       <= coalesce(r.window_start, '-infinity')
                                                   and coalesce(later.window_end, 'infinity')
                                                       >= coalesce(r.window_end, 'infinity')))
                then 'keeps rows that the service no longer has'
           end as kept
      from loaded l
      left join shipped s using (table_name)
     cross join lateral (select range_agg(daterange(r.window_start, least(r.window_end, (r.started_at at time zone 'UTC')::date)))
                                    as days
                           from tokenflex_etl.run r
                          where r.target_id = l.target_id
                            and r.contract_number = l.contract_number
                            and r.skip_reason is not null
                            and r.window_start < least(r.window_end, (r.started_at at time zone 'UTC')::date)) skipped
)
select target_id, table_id, schema_name, table_name, contract_number, usage_categories, kind, has_manual, days, counts_once, problem,
       stands_for, shipped_problem,
       case when shipped_problem is null then days else '{}' end as usable_days,
       kept,
       nullif(concat_ws('; ', shipped_problem, kept), '') as remark
  from told;
comment on view tokenflex_etl.usage_table is 'The tables that jobs have loaded, of each contract: what its rows may be used for';
comment on column tokenflex_etl.usage_table.kind is
    'desktop, cloud or manual: the only kind of usage that was asked for; null: several, or all';
comment on column tokenflex_etl.usage_table.has_manual is 'Manual entries were asked for, too';
comment on column tokenflex_etl.usage_table.days is
    'Days that were over when a load of theirs was asked for, or that were skipped since their usage had not changed';
comment on column tokenflex_etl.usage_table.counts_once is
    'Each use is in one row alone; false: the table has the rows of every run (mode: append), or of windows that may overlap';
comment on column tokenflex_etl.usage_table.problem is
    'Why the sum of the table''s tokens is not the usage of the contract, in words; null: it is that of the table''s categories';
comment on column tokenflex_etl.usage_table.stands_for is
    'desktop, cloud or manual: which usage the shipped job of the table''s name loads; null: it may be any';
comment on column tokenflex_etl.usage_table.shipped_problem is
    'The same as problem, and why the table is not what the shipped job of its name makes; null: it is';
comment on column tokenflex_etl.usage_table.usable_days is 'The days, but none if there is a shipped_problem';
comment on column tokenflex_etl.usage_table.kept is
    'That rows which a later answer no longer had were kept (vanished: keep), in words; null: none were, or they are deleted since';
comment on column tokenflex_etl.usage_table.remark is 'shipped_problem and kept; null: neither';

-- Whether a run was asked for certain days. A success of such a run says nothing of other days, whose failure stands.
alter table tokenflex_etl.run
    add column window_given boolean not null default false;
comment on column tokenflex_etl.run.window_given is
    'The days are not those of the job''s own window: by --from and --to, or to load months again (reconcile --repair)';
