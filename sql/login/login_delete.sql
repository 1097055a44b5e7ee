-- Forgets the login of account $1 and client $2.
delete from tokenflex_etl.login where account = $1 and client_id = $2
