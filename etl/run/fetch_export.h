/*
 * Fetches the rows of a chunk by export (Token Flex API, "Export"): requests it, or resumes one that an
 * earlier run has left; waits; downloads; and deletes it at the service once its rows are in the table.
 *
 * The file name of an export is written to the run table before the export is requested, and its key before
 * the first poll. So if a run dies, the next run of the same chunk finds out what the service has, and does
 * not request a second export.
 */
#ifndef RUN_FETCH_EXPORT_H
#define RUN_FETCH_EXPORT_H

#include "run/fetch_task.h"
#include "run/fetched.h"

/*
 * Fetches and stages every row, and counts the requests. The run row then has the source export. reason is
 * one line for people. If the service no longer has the export, another is requested; at most two are.
 *
 * ERR_DATA for a file that cannot be loaded, ERR_UNAVAILABLE if the service has no file, ERR_AUTH if the
 * token lacks data:write or the service forbids the export, ERR_LATER past the job's timeout.
 */
MUST_CHECK bool fetch_export(struct fetch_task *task, const char *reason, struct fetched *fetched,
                             struct err *err);

/*
 * Deletes at the service an export that cannot be loaded into the table, so that the next run requests a new
 * one. If the deletion fails, that is a warning, and a later run deletes it. The session is in no
 * transaction.
 */
void fetch_export_discard(const struct fetch_task *task, const char *key);

/* To be called after the COMMIT: deletes the export at the service, and exports that earlier runs of the
 * contract have left there. A failure is a warning. */
void fetch_export_end(const struct fetch_task *task, const struct fetched *fetched);

#endif
