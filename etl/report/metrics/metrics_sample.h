/*
 * Parts of metrics that are alike. Pure.
 */
#ifndef REPORT_METRICS_METRICS_SAMPLE_H
#define REPORT_METRICS_METRICS_SAMPLE_H

#include "base/buf.h"

#define METRICS_PREFIX "tokenflex_etl_"

/* Appends HELP and TYPE of a gauge, whose name lacks METRICS_PREFIX. */
void metrics_put_head(struct buf *out, const char *name, const char *help);

/* Appends a label's value, escaped, without its quotes. */
void metrics_put_label_value(struct buf *out, const char *text);

#endif
