-- What the rows of a table that was just made mean, and the comments that it was given. $7: the table whose place it is
-- to take; $8: of each field and metric its name and its column. Lists are one name a line.
insert into tokenflex_etl.target (schema_name, table_name, job, grain, key, windowed, rebuilds, columns, comments)
values ($1, $2, $3, string_to_array($4, E'\n'), string_to_array($5, E'\n'), $6::boolean, $7, string_to_array($8, E'\n'),
        (select jsonb_object_agg(coalesce(a.attname::text, ''), d.description)
           from pg_class c
           join pg_namespace n on n.oid = c.relnamespace
           join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = c.oid
           left join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid and d.objsubid > 0
          where n.nspname = $1::text
            and c.relname = $2::text))
on conflict (schema_name, table_name) do update
   set job = excluded.job, grain = excluded.grain, key = excluded.key, windowed = excluded.windowed,
       rebuilds = excluded.rebuilds, columns = excluded.columns, comments = excluded.comments,
       created_at = excluded.created_at, target_id = default
