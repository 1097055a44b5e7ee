insert into tokenflex_etl.migration (number, name) values ($1::integer, $2)
