-- The stage's columns: name and type.
select attname as name, format_type(atttypid, atttypmod) as type
  from pg_attribute
 where attrelid = 'pg_temp.tokenflex_stage'::regclass
   and attnum > 0
   and not attisdropped
