-- Releases the claim on the summary of the contract $1 on this day: the request has failed.
delete from tokenflex_etl.service_summary where contract_number = $1
