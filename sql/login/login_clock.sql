-- The database's clock, in milliseconds since 1970: all hosts that share a login go by it.
select floor(1000 * extract(epoch from clock_timestamp()))::bigint as now_ms
