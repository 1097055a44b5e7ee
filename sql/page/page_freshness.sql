-- How old the rows of the contract $1 are in each table of the current schema, by the tool's own run history, the oldest first.
with load as (
    select t.table_name, r.finished_at,
           case when r.window_end is not null
                then least(r.window_end, (r.started_at at time zone 'UTC')::date) - 1 end as last_day
      from tokenflex_etl.target t
      join tokenflex_etl.run r on r.target_id = t.target_id and (r.status = 'succeeded' or r.skip_reason is not null)
      join pg_namespace n on n.nspname = t.schema_name
      join pg_class c on c.relnamespace = n.oid and c.relname = t.table_name and c.relkind in ('r', 'p')
     where t.rebuilds is null
       and t.schema_name = current_schema()
       and r.contract_number = $1
)
select table_name, max(last_day) as last_day, (now() at time zone 'UTC')::date - max(last_day) as last_day_age,
       to_char(max(finished_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as last_synced_at
  from load
 group by table_name
 order by max(finished_at), table_name
