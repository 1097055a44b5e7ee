-- What the table $1.$3 needs to be like $1.$2: its owner (null: the same role), and its storage parameters (options;
-- null: none).
select case when fresh.relowner <> old.relowner then pg_get_userbyid(old.relowner) end as owner,
       case when fresh.relkind = 'r' then array_to_string(old.reloptions, ', ') end as options
  from pg_namespace n
  join pg_class old on old.relnamespace = n.oid and old.relname = $2
  join pg_class fresh on fresh.relnamespace = n.oid and fresh.relname = $3
 where n.nspname = $1
