-- The day by the database's clock, which all hosts go by.
select (clock_timestamp() at time zone 'UTC')::date as today
