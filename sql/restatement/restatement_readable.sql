-- Whether the restatements can be read: a schema of an older version has no such table, and a reader may lack the privilege.
select to_regclass('tokenflex_etl.restatement') is not null as exists,
       coalesce(has_table_privilege(to_regclass('tokenflex_etl.restatement')::oid, 'select'), false) as is_readable
