-- Whether the table $1.$2 and its successor $1.$3 have the same grain, and the successor's columns have the types that they
-- have in the history $1.$4: then versions of both may be in one history.
with old as (
    select * from tokenflex_etl.target where schema_name = $1 and table_name = $2
), new as (
    select * from tokenflex_etl.target where schema_name = $1 and table_name = $3
), moved as (
    select
      from old
     cross join new
     cross join unnest(old.columns) before
      join unnest(new.columns) after on regexp_replace(after, ' [^ ]*$', '') = regexp_replace(before, ' [^ ]*$', '')
                                    and after <> before
), filtered as (
    select
      from old
      join tokenflex_etl.target_filter before on before.target_id = old.target_id
     cross join new
      join tokenflex_etl.target_filter after on after.target_id = new.target_id
                                            and after.contract_number = before.contract_number
     where after.filter <> before.filter
), retyped as (
    select
      from pg_namespace n
      join pg_class s on s.relnamespace = n.oid and s.relname = $3
      join pg_class h on h.relnamespace = n.oid and h.relname = $4
      join pg_attribute t on t.attrelid = s.oid and t.attnum > 0 and not t.attisdropped
      join pg_attribute v on v.attrelid = h.oid and v.attname = t.attname
     where n.nspname = $1
       and (v.atttypid, v.atttypmod) <> (t.atttypid, t.atttypmod)
)
select exists (select
                 from old
                cross join new
                where old.grain = new.grain
                  and old.key = new.key
                  and old.windowed = new.windowed
                  and old.columns is not null)
       and not exists (select from moved)
       and not exists (select from filtered)
       and not exists (select from retyped) as is_same
