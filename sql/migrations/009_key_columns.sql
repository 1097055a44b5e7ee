-- Which column of a table holds which field of its key: a row is found by its key, and what is kept where is not compared.
alter table tokenflex_etl.target
    add column key_columns text[];
comment on column tokenflex_etl.target.key_columns is
    'Of each field of the key its API name and the column, when the table was made; null for tables of older versions';
