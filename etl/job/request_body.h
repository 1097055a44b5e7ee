/*
 * The body of a query, and of an export, as the service reads it. Token Flex API, "Query: submit, poll,
 * page". Pure.
 */
#ifndef JOB_REQUEST_BODY_H
#define JOB_REQUEST_BODY_H

#include "base/buf.h"
#include "job/job.h"
#include "job/window.h"

/*
 * The request body for a window, as compact JSON with keys in the order fields, metrics, usageCategory,
 * where; absent ones left out. The window becomes a condition: (USER WHERE) AND usageDate >= 'FROM' AND
 * usageDate < 'TO'. Appended to body, whose ceiling must hold it: BUF_OWN_TEXT always does for a job without
 * findings.
 */
void request_body_put(const struct job *job, const struct window *window, struct buf *body);

#endif
