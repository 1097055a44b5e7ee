-- Which rows one start of the program wrote, and how many chunks it had to load: whether all of a night was loaded is read
-- from the rows, not guessed from host, process and time.
alter table tokenflex_etl.run
    add column invocation_id uuid,
    add column chunk         integer,
    add column chunks        integer;
comment on column tokenflex_etl.run.invocation_id is
    'The start of `tokenflex-etl run` that this row belongs to; null for rows of version 0.1, each of which counts as an invocation of its own';
comment on column tokenflex_etl.run.chunk is
    'Place of this chunk among those that the invocation had to load of the job and contract, from 1; they are loaded in this order';
comment on column tokenflex_etl.run.chunks is
    'How many chunks the invocation had to load of the job and contract: it has succeeded when the last of them has a row that succeeded or was skipped';
