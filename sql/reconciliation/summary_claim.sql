-- The right to ask for the summary of the contract $1 on this day (UTC): a row for the one who has got it.
insert into tokenflex_etl.service_summary as s (contract_number, asked_at)
values ($1, clock_timestamp())
on conflict (contract_number) do update
   set asked_at = excluded.asked_at
 where (s.asked_at at time zone 'UTC')::date < (excluded.asked_at at time zone 'UTC')::date
returning contract_number
