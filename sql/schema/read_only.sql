-- Whether this session can write, and if not, why: the server is a standby, or default_transaction_read_only is on, by
-- the connection's own options (`client`), or by role, database or server.
select current_setting('transaction_read_only') = 'on' as is_read_only,
       pg_is_in_recovery() as is_standby,
       source = 'client' as is_by_connection,
       session_user as role,
       current_database() as database
  from pg_settings
 where name = 'default_transaction_read_only'
