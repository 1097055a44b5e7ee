-- Of the restatements since the day $1 (UTC; null: all) by the jobs $2 (one a line; null: all), of the months from $3 to $4
-- (nulls: all), the tables that they are in: the history of each (null: it has none); the columns of its key, one a line;
-- the column of its rows' date (null: none); and the histories that a rebuild has set aside since the first of them (null: none).
with wanted as (
    select schema_name, table_name, min(job) as job, min(restated_at) as first_at
      from tokenflex_etl.restatement
     where ($1::date is null or restated_at >= $1::date::timestamp at time zone 'UTC')
       and ($2::text is null or job = any (string_to_array($2, E'\n')))
       and ($3::date is null
            or month >= date_trunc('month', $3::date::timestamp)::date and month < $4::date
            or month is null and window_start < $4::date and window_end > $3::date)
     group by schema_name, table_name
), place as (
    select t.schema_name, t.table_name, p.field, p.column_name
      from tokenflex_etl.target t, unnest(t.columns) as c (line),
           lateral (select regexp_replace(c.line, ' [^ ]*$', '') as field, split_part(c.line, ' ', -1) as column_name) p
)
select w.schema_name, w.table_name, w.job, h.history_table,
       (select string_agg(p.column_name, E'\n' order by k.place)
          from tokenflex_etl.target t
         cross join unnest(t.key) with ordinality as k (field, place)
          join place p on p.schema_name = t.schema_name and p.table_name = t.table_name and p.field = k.field
         where t.schema_name = w.schema_name
           and t.table_name = w.table_name) as key,
       (select p.column_name
          from place p
         where p.schema_name = w.schema_name
           and p.table_name = w.table_name
           and p.field in ('usageDate', 'usageMonth')
         order by p.field
         limit 1) as date,
       (select string_agg(format('%s.%s', k.schema_name, k.history_table), ', ' order by k.ended_at)
          from tokenflex_etl.target_history k
         where k.schema_name = w.schema_name
           and k.table_name = w.table_name
           and k.ended_at > w.first_at) as set_aside
  from wanted w
  left join (select k.schema_name, k.table_name, k.history_table
               from tokenflex_etl.target_history k
               join pg_namespace n on n.nspname = k.schema_name
               join pg_class h on h.relnamespace = n.oid and h.relname = k.history_table
               join pg_class t on t.relnamespace = n.oid and t.relname = k.table_name
              where k.ended_at is null) h using (schema_name, table_name)
 order by w.schema_name, w.table_name
