/*
 * One chunk from query to table:
 *
 *     query   submit  → poll → page, page, … ┐
 *     export  request → poll → download      ┴→ decode → stage → merge → run row
 *
 * The next page is being fetched while the last one is decoded and copied. Memory is limited by the pages
 * that are being fetched. Rows, table changes and run row become visible in one transaction, or not at all.
 */
#ifndef RUN_PIPELINE_H
#define RUN_PIPELINE_H

#include "run/chunk_context.h"

/* Runs a chunk to its end. *result says how it went. An error has then been written to the run table and the
 * log. */
void pipeline_run(const struct chunk_context *context, const struct chunk *chunk,
                  struct chunk_result *result);

#endif
