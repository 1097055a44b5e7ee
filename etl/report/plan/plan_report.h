/*
 * A plan, for people and for scripts.
 */
#ifndef REPORT_PLAN_PLAN_REPORT_H
#define REPORT_PLAN_PLAN_REPORT_H

#include "base/buf.h"
#include "report/plan/planner.h"

/* Chunks as a table, then the bodies, the table changes, and when it will be done. now_ms: wall clock. */
void plan_report_put_text(const struct plan *plan, int64_t now_ms, struct buf *out);

/* {"jobs":[…],"budget":{…},…}: one document. */
void plan_report_put_json(const struct plan *plan, int64_t now_ms, struct buf *out);

#endif
