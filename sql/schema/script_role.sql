
-- What the role that tokenflex-etl runs as needs.
\if :{?role}
grant usage on schema tokenflex_etl to :"role";
grant select, insert, update, delete on all tables in schema tokenflex_etl to :"role";
grant usage, update on all sequences in schema tokenflex_etl to :"role";
