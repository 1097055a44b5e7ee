-- Of the roles $3 (one name a line) those that may not read the table yet, in their order; lacks_select: on the table itself,
-- else on its schema.
select role, not may_select as lacks_select
  from unnest(string_to_array($3, E'\n')) with ordinality as wanted (role, place)
 cross join lateral has_table_privilege(role, quote_ident($1) || '.' || quote_ident($2), 'select') as may_select
 where not may_select
    or not has_schema_privilege(role, quote_ident($1), 'usage')
 order by place
