-- Whether the oldest run is more than $1 days old.
select exists (select
                 from (select started_at from tokenflex_etl.run order by run_id limit 1) oldest
                where started_at < clock_timestamp() - $1::integer * interval '1 day') as is_due
