/*
 * A chunk's rows by export: ask for it, or resume the one that an earlier run has left; wait; download; and
 * once its rows are in the table, delete it at the service.
 *
 * The export's file name is in the run table before it is asked for, its key before it is polled. So whenever
 * a run dies, the next one of the same chunk finds out what the service has, and asks for no second export.
 */
#ifndef RUN_FETCH_EXPORT_H
#define RUN_FETCH_EXPORT_H

#include "run/fetch_task.h"
#include "run/fetched.h"

/*
 * Fetches and stages every row, and counts the requests that it takes; the run row says export from then on.
 * reason is a line for people. An export that the service no longer has is asked for again, once.
 *
 * ERR_DATA for a file that cannot be loaded, ERR_UNAVAILABLE when there is none to be had, ERR_AUTH where the
 * token lacks data:write or the service forbids it, ERR_LATER past the job's timeout.
 */
MUST_CHECK bool fetch_export(struct fetch_task *task, const char *reason, struct fetched *fetched,
                             struct err *err);

/*
 * The export of this key cannot be loaded: it is deleted at the service, and the next run asks for another.
 * One that cannot be deleted is a warning, and left to a later run. The session is in no transaction.
 */
void fetch_export_discard(const struct fetch_task *task, const char *key);

/* After the COMMIT: deletes the export at the service, and those that earlier runs of the contract have left
 * there. A failure is a warning. */
void fetch_export_end(const struct fetch_task *task, const struct fetched *fetched);

#endif
