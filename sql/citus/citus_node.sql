-- Whether this server is a worker of a Citus cluster, and where the cluster's coordinator is (null: the worker does not know).
select (select groupid from pg_catalog.pg_dist_local_group) <> 0 as is_worker,
       (select format('%s port %s', nodename, nodeport) from pg_catalog.pg_dist_node where groupid = 0 order by nodeid limit 1)
           as coordinator
