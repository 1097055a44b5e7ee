-- needs: contracts
select contract_number, contract_name from contracts
