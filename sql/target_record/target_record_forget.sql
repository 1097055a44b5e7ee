-- The table $1.$2 is gone, and the filters that its rows were asked for by.
with gone as (
    delete from tokenflex_etl.target
     where schema_name = $1
       and table_name = $2
    returning target_id
)
delete from tokenflex_etl.target_filter where target_id in (select target_id from gone)
