-- Claims the request for the summary of the contract $1 on this day (UTC). Returns a row to the run that gets the
-- claim.
insert into tokenflex_etl.service_summary as s (contract_number, asked_at)
values ($1, clock_timestamp())
on conflict (contract_number) do update
   set asked_at = excluded.asked_at
 where (s.asked_at at time zone 'UTC')::date < (excluded.asked_at at time zone 'UTC')::date
returning contract_number
