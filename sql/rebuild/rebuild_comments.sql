-- Comments that users have set on the table $1.$2 and on columns that $1.$3 has too: column (null: the table) and
-- comment. $4: what the tool wrote as comments, as a JSON object, that of the table under ""; null: not remembered. A
-- comment that is still as the tool wrote it is not among them, nor one that the new table has already.
with described as (
    select c.relname, a.attname::text, d.description
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = c.oid
      left join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid and d.objsubid > 0
     where n.nspname = $1::text
       and c.relname in ($2::text, $3::text)
)
select old.attname as column, old.description as comment
  from described old
  left join described fresh on fresh.relname = $3 and fresh.attname is not distinct from old.attname
 where old.relname = $2
   and (old.attname is null or exists (select
                                         from pg_attribute a
                                         join pg_class c on c.oid = a.attrelid
                                         join pg_namespace n on n.oid = c.relnamespace
                                        where n.nspname = $1::text
                                          and c.relname = $3::text
                                          and a.attname = old.attname
                                          and not a.attisdropped))
   and old.description is distinct from fresh.description
   and old.description is distinct from $4::jsonb ->> coalesce(old.attname, '')
   -- Of tables that were made before comments were remembered.
   and not (old.attname is null
            and $4::jsonb is null
            and old.description like '%Loaded by tokenflex-etl, job %')
