-- When this transaction began, in microseconds since 1970.
select (extract(epoch from now()) * 1000000)::bigint as now_us
