#include "report/metrics/metrics_sample.h"

#include "base/mem.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* One line of a value. */
static void put_escaped(struct buf *out, const char *line, size_t length)
{
    SCOPED(mem) char *safe = mem_alloc(length + 1, 1);
    for (const char *text = text_excerpt(line, length, safe, length + 1); *text; text++)
        buf_print(out, "%s%c", *text == '\\' || *text == '"' ? "\\" : "", *text);
}

static void put_label_value(struct buf *out, const char *text)
{
    size_t length = strcspn(text, "\n");
    put_escaped(out, text, length);
    while (text[length]) {
        text += length + 1;
        length = strcspn(text, "\n");
        buf_put(out, "\\n");
        put_escaped(out, text, length);
    }
}

static void put_labels(const char *names, const char *const *values, struct buf *out)
{
    const char *before = "{";
    for (const char *name = names; *name; values++) {
        size_t length = strcspn(name, ",");
        buf_print(out, "%s%.*s=\"", before, (int)length, name);
        put_label_value(out, *values);
        buf_put(out, "\"");
        before = ",";
        name += length + (name[length] == ',');
    }
    buf_put(out, "}");
}

void metric_put(struct metric_samples *samples, const char *const *labels, const char *value)
{
    const struct metric *metric = &metric_table[samples->id];
    struct buf *out = samples->out;
    if (!samples->has_head)
        buf_print(out, "# HELP " METRICS_PREFIX "%s %s\n# TYPE " METRICS_PREFIX "%s gauge\n", metric->name,
                  metric->help, metric->name);
    samples->has_head = true;
    buf_print(out, METRICS_PREFIX "%s", metric->name);
    if (labels)
        put_labels(metric->labels, labels, out);
    buf_print(out, " %s\n", value);
}

void metric_put_count(struct metric_samples *samples, const char *const *labels, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, value);
    metric_put(samples, labels, text);
}

void metric_put_seconds(struct metric_samples *samples, const char *const *labels, int64_t value_ms)
{
    char text[32];
    uint64_t amount_ms = value_ms < 0 ? 0 - (uint64_t)value_ms : (uint64_t)value_ms;
    snprintf(text, sizeof text, "%s%" PRIu64 ".%03u", value_ms < 0 ? "-" : "", amount_ms / 1000,
             (unsigned)(amount_ms % 1000));
    metric_put(samples, labels, text);
}
