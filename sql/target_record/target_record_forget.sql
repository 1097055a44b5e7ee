-- The table $1.$2 is gone.
delete from tokenflex_etl.target where schema_name = $1 and table_name = $2
