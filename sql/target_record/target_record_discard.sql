-- Deletes the record of the successor $1.$2, which will not replace its table, and marks the runs that loaded it as failed for
-- the reason $3, because their rows are in no table. $4: runs that are known to have loaded it, one a line. was_known: there
-- was such a record.
with gone as (
    delete from tokenflex_etl.target
     where schema_name = $1
       and table_name = $2
       and rebuilds is not null
    returning target_id
), unfiltered as (
    delete from tokenflex_etl.target_filter where target_id in (select target_id from gone)
), windowless as (
    delete from tokenflex_etl.target_window where target_id in (select target_id from gone)
), undone as (
    update tokenflex_etl.run r
       set status         = 'failed',
           rows_inserted  = 0,
           rows_updated   = 0,
           rows_unchanged = 0,
           rows_deleted   = 0,
           error          = $3
     where r.status = 'succeeded'
       and (r.target_id in (select target_id from gone) or r.run_id = any (string_to_array($4, E'\n')::bigint[]))
)
select exists (select from gone) as was_known
