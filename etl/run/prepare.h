/*
 * What a run does before its first chunk: the database is made ready, and old records are deleted.
 */
#ifndef RUN_PREPARE_H
#define RUN_PREPARE_H

#include "job/settings.h"
#include "wire/pg/pg.h"

/*
 * Connects, and sees to it that the tool's schema is there, that no run is said to go on that does not, and
 * that no table is left half made. Deletes what run.keep_runs and run.keep_history keep no longer: every host
 * does, for all of them, and finds nothing where another has just done it. *pg: the connection; closed and
 * NULL on failure. name: session_name().
 */
MUST_CHECK bool prepare_database(const struct settings *settings, const char *name, int64_t deadline_ms,
                                 struct pg **pg, struct err *err);

#endif
