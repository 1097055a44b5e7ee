-- needs: contract_years
select distinct contract_number from contract_years
