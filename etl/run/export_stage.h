/*
 * From an export's file to its staged rows.
 */
#ifndef RUN_EXPORT_STAGE_H
#define RUN_EXPORT_STAGE_H

#include "api/export.h"
#include "run/fetch.h"

/*
 * Derives the target, downloads the file, and stages every row of it: export has status EXPORT_DOWNLOAD, and
 * fetched its arena. A file that has to begin anew is staged anew.
 *
 * ERR_DATA for a file that is none of the job's, or has a value of the wrong type; ERR_UNAVAILABLE when it
 * cannot be had, with export->status EXPORT_GONE where the service no longer has it.
 */
MUST_CHECK bool export_stage(const struct pipeline *pipeline, const struct chunk *chunk,
                             struct export *export, struct fetched *fetched, struct err *err);

#endif
