/*
 * Writing the samples of one metric in the Prometheus exposition format. Pure.
 */
#ifndef REPORT_METRICS_METRICS_SAMPLE_H
#define REPORT_METRICS_METRICS_SAMPLE_H

#include "base/buf.h"
#include "report/metrics/metric_table.h"

#include <stdbool.h>
#include <stdint.h>

/* Begins with id and out alone. */
struct metric_samples {
    enum metric_id id;
    struct buf *out;
    bool has_head;
};

/*
 * Appends a sample with a number as text. HELP and TYPE come before the first one. labels has the values of
 * the labels, in the order of the metric's row; they are escaped. NULL: the metric has no labels.
 */
void metric_put(struct metric_samples *samples, const char *const *labels, const char *value);

/* The same for a whole number, and for milliseconds that are shown as seconds. */
void metric_put_count(struct metric_samples *samples, const char *const *labels, int64_t value);
void metric_put_seconds(struct metric_samples *samples, const char *const *labels, int64_t value_ms);

#endif
