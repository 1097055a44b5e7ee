-- What of Citus' catalogue the program reads and calls, on a server without it: a table that is "distributed" stays where
-- it is, so that the statements for distributed tables run and mean the same. Citus' own rule for unique indexes holds.
set allow_system_table_mods = on;
create table pg_catalog.pg_dist_partition (
    logicalrelid regclass not null,
    partmethod "char" not null,
    partkey text,
    colocationid integer not null default 1,
    repmodel "char" not null default 's'
);
create table pg_catalog.pg_dist_local_group (groupid integer not null);
insert into pg_catalog.pg_dist_local_group values (0);
create table pg_catalog.pg_dist_node (nodeid integer, groupid integer, nodename text, nodeport integer);
create table pg_catalog.pg_dist_schema (schemaid oid);
create function pg_catalog.column_to_column_name(table_name regclass, column_var_text text) returns text language sql
    as 'select $2';
create function pg_catalog.create_distributed_table(table_name regclass, distribution_column text, colocate_with text default 'default')
    returns void language plpgsql as
$$
declare
    place integer;
begin
    select attnum into strict place from pg_attribute where attrelid = table_name and attname = distribution_column;
    if exists (select from pg_index where indrelid = table_name and indisunique and place <> all (indkey)) then
        raise 'a unique index of % lacks the column %', table_name, distribution_column;
    end if;
    if colocate_with <> 'default' and not exists (select from pg_dist_partition p join pg_class c on c.oid = p.logicalrelid
                                                   where p.logicalrelid = colocate_with::regclass
                                                     and p.partkey = distribution_column) then
        raise '% is not distributed by %', colocate_with, distribution_column;
    end if;
    insert into pg_dist_partition (logicalrelid, partmethod, partkey, colocationid)
    values (table_name, 'h', distribution_column, case distribution_column when 'contract_number' then 1 else 2 end);
end
$$;
