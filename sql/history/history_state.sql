-- The state of the history $3 of the table $1.$2, and of the function $4 that reads both. is_taken: something has the
-- name $3. is_ours: it is recorded as this table's history. has_grain: with the table's present grain. is_complete: it
-- has all versions. body: of the function (null: there is none). The owner that the history must get (null: our role,
-- or the table's owner is a role that we are not a member of) and its tablespace (null: the default).
-- lacks_row_security: the table has row security and the history has not.
select h.oid is not null as is_taken,
       k.history_table is not null as is_ours,
       k.grain = r.grain as has_grain,
       k.complete_since is not null as is_complete,
       f.prosrc as body,
       case when pg_get_userbyid(t.relowner) <> current_user and pg_has_role(t.relowner, 'usage')
            then pg_get_userbyid(t.relowner)
        end as owner,
       s.spcname as tablespace,
       t.relrowsecurity and not coalesce(h.relrowsecurity, false) as lacks_row_security
  from pg_namespace n
  join pg_class t on t.relnamespace = n.oid and t.relname = $2
  left join tokenflex_etl.target r on r.schema_name = $1 and r.table_name = $2
  left join pg_class h on h.relnamespace = n.oid and h.relname = $3
  left join pg_tablespace s on s.oid = t.reltablespace
  left join pg_proc f on f.pronamespace = n.oid and f.proname = $4
                     and f.pronargs = 1 and f.proargtypes[0] = 'timestamptz'::regtype
  left join tokenflex_etl.target_history k on k.schema_name = $1 and k.history_table = $3 and k.table_name = $2
                                          and k.ended_at is null
 where n.nspname = $1
