-- The newest list of contracts of the account $1.
select contract_number, is_active
  from tokenflex_etl.contract
 where account = $1
   and listed_at = (select max(listed_at) from tokenflex_etl.contract where account = $1)
 order by contract_number
