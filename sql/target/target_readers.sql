-- Of the roles $3 (one name a line) those that may not read the table yet, in their order.
select role
  from unnest(string_to_array($3, E'\n')) with ordinality as wanted (role, place)
 where not has_table_privilege(role, quote_ident($1) || '.' || quote_ident($2), 'select')
    or not has_schema_privilege(role, quote_ident($1), 'usage')
 order by place
