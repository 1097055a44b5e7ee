/*
 * A database for tests that has the tool's own schema.
 */
#ifndef DB_STATE_FRESH_H
#define DB_STATE_FRESH_H

#include "state/schema.h"
#include "support/db.h"

#define CONTRACT "11000000001"

/* A connection to a database with the tool's own schema, nothing in it, and no other. */
static inline struct pg *db_fresh(void)
{
    struct err err = {0};
    struct schema_change change;
    struct pg *pg = db_connect();
    must(schema_upgrade(pg, &change, &err), &err);
    db_exec(pg,
            "set client_min_messages = warning; set lock_timeout = '5min'; drop schema if exists tokenflex "
            "cascade; "
            "truncate tokenflex_etl.run, tokenflex_etl.target, tokenflex_etl.target_filter, "
            "tokenflex_etl.target_window, tokenflex_etl.request_budget; reset lock_timeout");
    return pg;
}

#endif
