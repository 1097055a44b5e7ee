-- Of the days from $4 to $5 (nulls: of all days), those that no load of the table $1.$2 and the contract $3 has covered, as
-- a multirange; whether there are such days, and from which to which (nulls: without an end).
select uncovered, not isempty(uncovered) as has_uncovered, lower(uncovered) as first_day, upper(uncovered) as end_day
  from (select datemultirange(daterange($4::date, $5::date))
               - coalesce((select f.covered
                             from tokenflex_etl.target t
                             join tokenflex_etl.target_filter f on f.target_id = t.target_id
                            where t.schema_name = $1
                              and t.table_name = $2
                              and f.contract_number = $3), '{}') as uncovered) days
