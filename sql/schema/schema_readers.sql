-- Of the roles $2 (one name a line) those that may not use schema $1 yet, in their order.
select role
  from unnest(string_to_array($2, E'\n')) with ordinality as wanted (role, place)
 where not has_schema_privilege(role, quote_ident($1), 'usage')
 order by place
