-- Deletes the record of the table $1.$2, which is gone, with its filters and windows.
with gone as (
    delete from tokenflex_etl.target
     where schema_name = $1
       and table_name = $2
    returning target_id
), unfiltered as (
    delete from tokenflex_etl.target_filter where target_id in (select target_id from gone)
)
delete from tokenflex_etl.target_window where target_id in (select target_id from gone)
