-- Sets the sequences of the tool's tables that are behind their rows, as after a failover to a logical replica or a
-- restore of data alone. Sequences that the role may not set are left.
-- Returns table_name, set_to.
with newest (table_name, column_name, newest) as (
          select 'run', 'run_id', max(run_id) from tokenflex_etl.run
union all select 'target', 'target_id', max(target_id) from tokenflex_etl.target
union all select 'request_reservation', 'reservation_id', max(reservation_id) from tokenflex_etl.request_reservation
union all select 'reconciliation', 'reconciliation_id', max(reconciliation_id) from tokenflex_etl.reconciliation
union all select 'work_host', 'member_id', max(member_id) from tokenflex_etl.work_host
union all select 'work', 'work_id', max(work_id) from tokenflex_etl.work
union all select 'restatement', 'restatement_id', max(restatement_id) from tokenflex_etl.restatement
), sequence as (
select table_name, newest, pg_get_serial_sequence('tokenflex_etl.' || table_name, column_name)::regclass as sequence
  from newest
 where newest is not null
)
select table_name, setval(sequence, newest) as set_to
  from sequence
 where case when has_sequence_privilege(sequence, 'update') and has_sequence_privilege(sequence, 'usage, select')
            then coalesce(pg_sequence_last_value(sequence), 0) < newest
            else false
       end
