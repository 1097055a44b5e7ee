-- The columns of a table in their order: name, type (of a domain: its base type; of `character varying` without a
-- length, which holds every text: text) and comment. is_required: a row without a value for the column is refused;
-- primary_key: the constraint that requires it, if it is that. computed_by: the word for `alter column NAME drop` if only the
-- server may set the values (expression or identity); otherwise null. No row if there is no such table.
with recursive typed as (
    select a.attrelid, a.attnum, a.attname, a.atttypid as type, a.atttypmod as modifier,
           a.attnotnull and not a.atthasdef and a.attidentity = '' and a.attgenerated = '' as is_required,
           case when a.attgenerated <> '' then 'expression'
                when a.attidentity = 'a' then 'identity'
           end as computed_by
      from pg_attribute a
      join pg_class c on c.oid = a.attrelid
      join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1
       and c.relname = $2
       and c.relkind in ('r', 'p')
       and a.attnum > 0
       and not a.attisdropped
    union all
    select typed.attrelid, typed.attnum, typed.attname, t.typbasetype, t.typtypmod, typed.is_required,
           typed.computed_by
      from typed
      join pg_type t on t.oid = typed.type and t.typtype = 'd'
)
select typed.attname as name,
       case when typed.type = 'varchar'::regtype and typed.modifier = -1 then 'text'
            else format_type(typed.type, typed.modifier)
       end as type,
       col_description(typed.attrelid, typed.attnum) as comment, typed.is_required, p.conname as primary_key,
       typed.computed_by
  from typed
  join pg_type t on t.oid = typed.type and t.typtype <> 'd'
  left join pg_constraint p on p.conrelid = typed.attrelid and p.contype = 'p' and typed.attnum = any (p.conkey)
 order by typed.attnum
