/*
 * Whether the server belongs to a Citus cluster, and whether it is one that this tool can use.
 *
 * The tool uses the coordinator: its own schema is there, in plain tables, and so is the request budget. A
 * worker answers the same statements (Citus 11 and later copy the metadata to all nodes), but a runner that
 * connects to one would make a second schema there, with a budget of its own.
 */
#ifndef STATE_CITUS_H
#define STATE_CITUS_H

#include "base/err.h"
#include "wire/pg/pg.h"

/* *there: the database has the Citus extension. */
MUST_CHECK bool citus_is_there(struct pg *pg, bool *there, struct err *err);

/* ERR_CONFIG where the server is a worker, with the address of the coordinator where the worker knows it. */
MUST_CHECK bool citus_refuse_worker(struct pg *pg, struct err *err);

/* ERR_CONFIG where Citus distributes the schema as a whole: its tables are then on one node, and cannot refer
 * to those of other schemas. */
MUST_CHECK bool citus_refuse_schema(const char *schema, struct pg *pg, struct err *err);

#endif
