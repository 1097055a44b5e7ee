-- The largest page that the service granted the account, where that was learnt within a month.
select max_page_size
  from tokenflex_etl.request_budget
 where account = $1
   and max_page_size is not null
   and max_page_size_at > clock_timestamp() - interval '30 days'
