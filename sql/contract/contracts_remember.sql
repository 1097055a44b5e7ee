-- Stores what the service has listed for the account $1: contract numbers $2, one a line, and of each whether it is active, $3.
insert into tokenflex_etl.contract as known (account, contract_number, is_active, listed_at)
select $1, number, active, statement_timestamp()
  from unnest(string_to_array($2, E'\n'), string_to_array($3, E'\n')::boolean[]) as listed (number, active)
on conflict (account, contract_number) do update
   set is_active = excluded.is_active,
       listed_at = excluded.listed_at
