/*
 * Shows a plan: text for people, JSON for scripts.
 */
#ifndef REPORT_PLAN_PLAN_REPORT_H
#define REPORT_PLAN_PLAN_REPORT_H

#include "base/buf.h"
#include "report/plan/plan.h"

/* A table of the chunks, then request bodies, table changes, and when the run will be done. now_ms: wall
 * clock. */
void plan_report_put_text(const struct plan *plan, int64_t now_ms, struct buf *out);

/* One document: {"jobs":[…],"budget":{…},…} and a newline. */
void plan_report_put_json(const struct plan *plan, int64_t now_ms, struct buf *out);

#endif
