-- Within the transaction of a load: nobody takes the chunk $1 over until its end. No row: another host has, since the claim is
-- no longer $2.
select work_id
  from tokenflex_etl.work
 where work_id = $1::bigint
   and claim = $2::integer
   and state = 'running'
   for update
