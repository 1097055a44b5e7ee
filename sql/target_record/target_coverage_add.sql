-- Records that a load of the table $1.$2 and the contract $3 has covered the days from $4 (null: from the first) to $5, which
-- were over.
update tokenflex_etl.target_filter f
   set covered = f.covered + datemultirange(daterange($4::date, $5::date))
  from tokenflex_etl.target t
 where f.target_id = t.target_id
   and t.schema_name = $1
   and t.table_name = $2
   and f.contract_number = $3
   and not f.covered @> daterange($4::date, $5::date)
