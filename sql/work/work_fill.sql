-- The member $3 has listed the chunks of the round $2 of the share $1, a line each in $4 to $13 (an empty line is null): job,
-- contract, first day and end, place and number of chunks, requests spent before, and of those that are refused the error, its
-- kind and hint. $14: contracts whose answer about changes is stored. filled is 0: another host has filled it.
with filled as (
    update tokenflex_etl.work_round
       set filled_at = clock_timestamp(), asked = string_to_array($14, E'\n')
     where share = $1
       and round = $2::bigint
       and filler = $3::bigint
       and filled_at is null
 returning share, round
), listed as (
    insert into tokenflex_etl.work (share, round, job, contract_number, window_start, window_end, chunk, chunks,
                                    requests_before, state, error, error_kind, error_hint, ended_at)
    select filled.share, filled.round, job, contract, nullif(first_day, '')::date, nullif(end_day, '')::date,
           chunk::integer, chunks::integer, requests::bigint,
           case when coalesce(error, '') = '' then 'waiting' else 'failed' end, nullif(error, ''), nullif(kind, ''), nullif(hint, ''),
           case when error <> '' then clock_timestamp() end
      from filled
     cross join unnest(string_to_array($4, E'\n'), string_to_array($5, E'\n'), string_to_array($6, E'\n'),
                       string_to_array($7, E'\n'), string_to_array($8, E'\n'), string_to_array($9, E'\n'),
                       string_to_array($10, E'\n'), string_to_array($11, E'\n'), string_to_array($12, E'\n'),
                       string_to_array($13, E'\n'))
           with ordinality as line (job, contract, first_day, end_day, chunk, chunks, requests, error, kind, hint, place)
     order by place
 returning work_id
)
select count(*) as chunks, (select count(*) from filled) as filled from listed
