-- What the table $1.$3 needs to be like $1.$2: its owner where that is another role, and its storage parameters.
select case when fresh.relowner <> old.relowner then pg_get_userbyid(old.relowner) end,
       array_to_string(old.reloptions, ', ')
  from pg_namespace n
  join pg_class old on old.relnamespace = n.oid and old.relname = $2
  join pg_class fresh on fresh.relnamespace = n.oid and fresh.relname = $3
 where n.nspname = $1
