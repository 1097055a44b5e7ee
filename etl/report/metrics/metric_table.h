/*
 * Every metric, once. Its rows are in report/metrics/metrics.def.
 */
#ifndef REPORT_METRICS_METRIC_TABLE_H
#define REPORT_METRICS_METRIC_TABLE_H

#define METRICS_PREFIX "tokenflex_etl_"

enum metric_id {
#define METRIC(id, ...) METRIC_##id,
#define JOB_METRIC(member, ...) METRIC_##member,
#define JOB_ROWS(...)
#include "report/metrics/metrics.def"
#undef METRIC
#undef JOB_METRIC
#undef JOB_ROWS
    METRICS /* how many there are */
};

struct metric {
    const char *name;   /* without METRICS_PREFIX */
    const char *labels; /* their names, joined by commas; "": none */
    const char *help;   /* one line */
};

/* By enum metric_id. All are gauges. */
extern const struct metric metric_table[METRICS];

#endif
