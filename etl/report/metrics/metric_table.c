#include "report/metrics/metric_table.h"

/* Prometheus has a label `job` of its own and would rename one of ours. */
#define JOB_LABELS "job_name,contract_number"

const struct metric metric_table[METRICS] = {
#define METRIC(id, name, labels, help) {name, labels, help},
#define JOB_METRIC(member, name, unit, value, help) {name, JOB_LABELS, help},
#define JOB_ROWS(...)
#include "report/metrics/metrics.def"
#undef METRIC
#undef JOB_METRIC
#undef JOB_ROWS
};
