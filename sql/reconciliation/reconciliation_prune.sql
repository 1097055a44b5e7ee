-- Deletes comparisons that are more than $1 days old; the last one of each table and contract stays.
delete from tokenflex_etl.reconciliation r
 where r.checked_at < clock_timestamp() - $1::integer * interval '1 day'
   and exists (select
                 from tokenflex_etl.reconciliation later
                where later.contract_number = r.contract_number
                  and later.schema_name = r.schema_name
                  and later.table_name = r.table_name
                  and later.checked_at > r.checked_at)
