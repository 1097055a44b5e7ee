-- The login of account $1 and client $2, without its lock.
select encode(sealed, 'hex') as sealed, key_id
  from tokenflex_etl.login
 where account = $1
   and client_id = $2
