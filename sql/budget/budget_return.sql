-- Gives back a request that was taken and not made.
update tokenflex_etl.request_budget set tokens = tokens + 1 where account = $1
