-- Whether the role may delete the records of tables.
select has_table_privilege('tokenflex_etl.target', 'delete')
       and has_table_privilege('tokenflex_etl.target_filter', 'delete')
       and has_table_privilege('tokenflex_etl.target_window', 'delete') as may_forget
