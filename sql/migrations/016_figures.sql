-- What a load has left in its table, to tell later whether the table still holds it.
alter table tokenflex_etl.run
    add column figures text[];
comment on column tokenflex_etl.run.figures is
    'Of the rows of contract and window after the load: `rows`, `weighted` (values tied to keys), and sum and number of values '
    'of each column of numbers; null: there was no table';
