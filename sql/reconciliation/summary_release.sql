-- The right to ask for the summary of the contract $1 on this day is given back: the request for it has failed.
delete from tokenflex_etl.service_summary where contract_number = $1
