-- Ends the run $1 as failed, for the reason $3. A run that has ended already stays as it is: a COMMIT whose answer was lost may
-- have succeeded. $4 and $5: the kind of error, and what to do about it; $6: of the requests $2, those spent on an export. What
-- was reserved for the run expires: a fetch that a stop or the timeout has ended could not release it.
with freed as (
    update tokenflex_etl.request_reservation
       set expires_at = clock_timestamp()
     where application like 'tokenflex-etl % run ' || $1::bigint
       and expires_at > clock_timestamp()
)
update tokenflex_etl.run
   set status          = 'failed',
       finished_at     = clock_timestamp(),
       requests        = $2::bigint,
       requests_export = $6::bigint,
       error           = $3,
       error_kind      = $4,
       error_hint      = nullif($5, '')
 where run_id = $1::bigint
   and status = 'running'
