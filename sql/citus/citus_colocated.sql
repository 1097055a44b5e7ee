-- Whether the tables $1 and $2, named as in a statement, have the same shards. The second one may have been made in this
-- transaction.
select count(*) = 2 and count(distinct colocationid) = 1 as are_colocated
  from pg_catalog.pg_dist_partition
 where logicalrelid in ($1::regclass, $2::regclass)
