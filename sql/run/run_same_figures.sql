-- Whether the figures $1 and $2, one a line, are the same in any order.
select string_to_array($1, E'\n') @> string_to_array($2, E'\n')
       and string_to_array($1, E'\n') <@ string_to_array($2, E'\n') as same
