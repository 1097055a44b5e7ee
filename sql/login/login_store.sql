-- Stores the login of account $1 and client $2: $3 sealed, in hexadecimal digits, $4 which key.
insert into tokenflex_etl.login as login (account, client_id, sealed, key_id, stored_at)
values ($1, $2, decode($3, 'hex'), $4, clock_timestamp())
on conflict (account, client_id) do update
   set sealed    = excluded.sealed,
       key_id    = excluded.key_id,
       stored_at = excluded.stored_at
