-- The newest month of the contract $1 in the table TABLE that is over, or where none is, the newest. A part of other statements.
select coalesce((select max(usage_month) from TABLE
                  where contract_number = $1 and usage_month < date_trunc('month', (now() at time zone 'UTC')::date)),
                (select max(usage_month) from TABLE where contract_number = $1)) as month
