/*
 * A plan, for people and for scripts.
 */
#ifndef RUN_PLAN_REPORT_H
#define RUN_PLAN_REPORT_H

#include "base/buf.h"
#include "run/planner.h"

/* Chunks as a table, then the bodies, the table changes, and when it will be done. now_ms: wall clock. */
void plan_report_put_text(const struct plan *plan, int64_t now_ms, struct buf *out);

/* {"jobs":[…],"budget":{…},…}: one document. */
void plan_report_put_json(const struct plan *plan, int64_t now_ms, struct buf *out);

/* `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`; out holds PLAN_REPORT_SPAN bytes. Returns out. Pure. */
#define PLAN_REPORT_SPAN 32
const char *plan_report_span(int64_t span_ms, char *out);

#endif
