-- The service's answer about the contract $1: $2 is a JSON list of its pairs. A pair that has not changed keeps its
-- seen_at. Pairs of earlier answers that this one lacks are no longer listed.
with answer as (
    select *
      from jsonb_to_recordset($2::jsonb)
        as a (usage_category text, charge_category text, last_usage_date date, last_process_date date)
), clock as materialized (
    select clock_timestamp() as now
), look as (
    insert into tokenflex_etl.usage_last as l (contract_number, first_asked_at, asked_at)
    select $1, now, now from clock
    on conflict (contract_number) do update
       set asked_at = excluded.asked_at
), missing as (
    update tokenflex_etl.source_change c
       set is_listed = false,
           seen_at   = clock.now
      from clock
     where c.contract_number = $1
       and c.is_listed
       and not exists (select
                         from answer a
                        where a.usage_category = c.usage_category
                          and a.charge_category = c.charge_category)
)
insert into tokenflex_etl.source_change as c
       (contract_number, usage_category, charge_category, last_usage_date, last_process_date, seen_at)
select $1, a.usage_category, a.charge_category, a.last_usage_date, a.last_process_date, clock.now
  from answer a
 cross join clock
 order by a.usage_category, a.charge_category
on conflict (contract_number, usage_category, charge_category) do update
   set last_usage_date   = excluded.last_usage_date,
       last_process_date = excluded.last_process_date,
       seen_at           = excluded.seen_at,
       is_listed         = true
 where (c.last_usage_date, c.last_process_date, c.is_listed)
       is distinct from (excluded.last_usage_date, excluded.last_process_date, true)
