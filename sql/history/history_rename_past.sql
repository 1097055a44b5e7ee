-- Records that the history $1.$2 is called $3 from now on, and gets no more versions.
with named_so_before as (
    delete from tokenflex_etl.target_history where schema_name = $1 and history_table = $3
)
update tokenflex_etl.target_history
   set history_table = $3,
       ended_at      = now()
 where schema_name = $1
   and history_table = $2
