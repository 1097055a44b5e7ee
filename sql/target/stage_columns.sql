-- The stage's columns and their types.
select attname, format_type(atttypid, atttypmod)
  from pg_attribute
 where attrelid = 'pg_temp.tokenflex_stage'::regclass
   and attnum > 0
   and not attisdropped
