-- Part of the load's own transaction: rows and run row become visible together. $8 and $9: schema and table that the rows
-- are in; $10: of the requests $7, those spent on an export; $11: rows that
-- the answer no longer has; $12: what was changed of the table, one a line (null: nothing); $13: failed
-- checks that were accepted, one a line (null: none); $14: figures of the rows that are there now, one a line.
update tokenflex_etl.run
   set status          = 'succeeded',
       finished_at     = clock_timestamp(),
       rows_read       = $2::bigint,
       rows_inserted   = $3::bigint,
       rows_updated    = $4::bigint,
       rows_unchanged  = $5::bigint,
       rows_deleted    = $6::bigint,
       rows_vanished   = $11::bigint,
       requests        = $7::bigint,
       requests_export = $10::bigint,
       schema_changes  = string_to_array($12, E'\n'),
       accepted        = string_to_array($13, E'\n'),
       target_id       = (select target_id from tokenflex_etl.target where schema_name = $8 and table_name = $9),
       figures         = string_to_array($14, E'\n'),
       asked_at        = least(asked_at, started_at),
       error           = null,
       error_kind      = null,
       error_hint      = null
 where run_id = $1::bigint
