-- Whether the work of shares can be read: a schema of an older version has no such tables, and a reader may lack the privilege.
select to_regclass('tokenflex_etl.work') is not null
       and coalesce(has_table_privilege(to_regclass('tokenflex_etl.work')::oid, 'select'), false)
       and coalesce(has_table_privilege(to_regclass('tokenflex_etl.work_round')::oid, 'select'), false)
       and coalesce(has_table_privilege(to_regclass('tokenflex_etl.work_host')::oid, 'select'), false) as is_readable
