-- The columns of the stage $1: name and type.
select attname as name, format_type(atttypid, atttypmod) as type
  from pg_attribute
 where attrelid = $1::regclass
   and attnum > 0
   and not attisdropped
