/*
 * What a run does before its first chunk: the database is made ready, and old records are deleted.
 */
#ifndef RUN_PREPARE_H
#define RUN_PREPARE_H

#include "job/settings.h"
#include "wire/pg/pg.h"

/*
 * Connects and then
 *
 * - creates or upgrades the tool's schema (state/schema);
 * - ends the run rows of processes that are gone, as failed (state/run_record);
 * - drops tables that an interrupted rebuild or load has left;
 * - deletes run rows and old versions that are older than run.keep_runs and run.keep_history. Every host of a
 *   share does this, for all of them.
 *
 * A connection that is lost meanwhile is made again (session_run_with_reconnect()).
 *
 * name: session_name(). deadline_ms: monotonic. *pg is owned by the caller; NULL on failure. ERR_UNAVAILABLE
 * without a database, ERR_CONFIG for a pooler in transaction mode or a database of a newer version,
 * ERR_CREATE if the role may not create the schema.
 */
MUST_CHECK bool prepare_database(const struct settings *settings, const char *name, int64_t deadline_ms,
                                 struct pg **pg, struct err *err);

#endif
