-- Whether the role may forget tables.
select has_table_privilege('tokenflex_etl.target', 'delete') as may_forget
