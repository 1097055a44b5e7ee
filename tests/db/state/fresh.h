/*
 * A database for tests that has the tool's own schema.
 */
#ifndef DB_STATE_FRESH_H
#define DB_STATE_FRESH_H

#include "state/run_record.h"
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
            "tokenflex_etl.target_window, tokenflex_etl.request_budget, tokenflex_etl.request_reservation, "
            "tokenflex_etl.reconciliation, tokenflex_etl.service_summary, tokenflex_etl.source_change, "
            "tokenflex_etl.usage_last, tokenflex_etl.restatement, tokenflex_etl.target_history, "
            "tokenflex_etl.work, tokenflex_etl.work_host, tokenflex_etl.work_round; "
            "reset lock_timeout");
    return pg;
}

/*
 * What a chunk of CONTRACT into the table of schema tokenflex writes down when process 4242 of host
 * etl-7.example begins it, by query. Borrows its arguments.
 */
static inline struct run_record_entry run_entry(const char *job, const char *table,
                                                const struct window *window)
{
    return (struct run_record_entry){.job = job,
                                     .contract = CONTRACT,
                                     .schema = "tokenflex",
                                     .table = table,
                                     .window = window,
                                     .source = "query",
                                     .host = "etl-7.example",
                                     .pid = 4242};
}

#endif
