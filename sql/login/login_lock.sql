-- The login of account $1 and client $2, which no other transaction reads with this statement or changes until this one
-- ends. No row: nobody has logged in, and nothing is locked.
select encode(sealed, 'hex') as sealed, key_id
  from tokenflex_etl.login
 where account = $1
   and client_id = $2
   for update
