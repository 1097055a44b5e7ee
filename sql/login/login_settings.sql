-- For the transaction that stores a login: what is committed is on disk, whatever role or server have set, and the wait
-- for the row is bounded by the caller alone.
select set_config(name, value, true)
  from (values ('synchronous_commit', case when current_setting('synchronous_commit') = 'off' then 'on' end),
               ('lock_timeout', '0')) as setting (name, value)
 where value is not null
