-- Whether source changes can be read: a schema of an older version has no such table, and a reader may lack the
-- privilege.
select coalesce(has_table_privilege(to_regclass('tokenflex_etl.source_change')::oid, 'select'), false) as is_readable
