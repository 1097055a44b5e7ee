-- Tables that were to take another one's place: somebody is at it, or was ended in its middle.
select schema_name, table_name, rebuilds from tokenflex_etl.target where rebuilds is not null order by 1, 2
