#include "stats.h"

#include <stdlib.h>
#include <string.h>

static void entry_free(struct stats_entry *entry)
{
    free(entry->method);
    free(entry->path);
    free(entry->body);
    *entry = (struct stats_entry){0};
}

void stats_add(struct stats *stats, const struct stats_entry *entry)
{
    if (stats->log == NULL)
        stats->log = mem_zero(STATS_LOG_MAX, sizeof *stats->log);
    struct stats_entry *to = &stats->log[stats->logged++ % STATS_LOG_MAX];
    entry_free(to);
    *to = *entry;
    stats->requests[entry->call]++;
    stats->rows_served += entry->rows;
}

void stats_reset(struct stats *stats)
{
    int64_t in_flight = stats->in_flight, held = stats->held;

    for (size_t i = 0; stats->log != NULL && i < STATS_LOG_MAX; i++)
        entry_free(&stats->log[i]);
    free(stats->log);
    *stats = (struct stats){.in_flight = in_flight, .max_in_flight = in_flight, .held = held};
}

static void write_entry(const struct stats_entry *entry, struct buf *out)
{
    buf_format(out, "{\"at_ms\":%lld,\"took_ms\":%lld,\"kind\":\"%s\",\"method\":\"%s\",\"path\":",
               (long long)entry->at_ms, (long long)entry->took_ms, call_name(entry->call), entry->method);
    buf_json(out, entry->path);
    buf_format(out, ",\"status\":%u,\"ruled\":%s", entry->status, entry->ruled ? "true" : "false");
    if (entry->query_status != QUERY_NO_STATUS)
        buf_format(out, ",\"query_status\":\"%s\",\"rows\":%lld", query_status_name(entry->query_status),
                   (long long)entry->rows);
    if (entry->body != NULL) {
        buf_text(out, ",\"body\":");
        buf_json(out, entry->body);
    }
    buf_char(out, '}');
}

static void write_log(const struct stats *stats, struct buf *out)
{
    uint64_t from = stats->logged > STATS_LOG_MAX ? stats->logged - STATS_LOG_MAX : 0;

    buf_text(out, ",\n\"log\":[");
    for (uint64_t i = from; i < stats->logged; i++) {
        if (i > from)
            buf_text(out, ",\n");
        write_entry(&stats->log[i % STATS_LOG_MAX], out);
    }
    buf_char(out, ']');
}

void stats_write(const struct stats *stats, bool with_log, struct buf *out)
{
    const struct {
        const char *name;
        int64_t value;
    } counters[] = {
        {"budgeted", stats->budgeted},
        {"refused_429", stats->refused_429},
        {"refused_quota", stats->refused_quota},
        {"unauthorized", stats->unauthorized},
        {"refresh_used", stats->refresh_used},
        {"refresh_reused", stats->refresh_reused},
        {"rows_served", stats->rows_served},
        {"bytes_served", stats->bytes_served},
        {"in_flight", stats->in_flight},
        {"max_in_flight", stats->max_in_flight},
        {"held", stats->held},
        {"download_with_authorization", stats->download_with_authorization},
    };

    buf_text(out, "\"requests\":{");
    for (enum call call = 0; call < CALL_CONTROL; call++)
        buf_format(out, "%s\"%s\":%lld", call > 0 ? "," : "", call_name(call),
                   (long long)stats->requests[call]);
    buf_char(out, '}');
    for (size_t i = 0; i < sizeof counters / sizeof counters[0]; i++)
        buf_format(out, ",\"%s\":%lld", counters[i].name, (long long)counters[i].value);
    if (with_log)
        write_log(stats, out);
}

const int64_t *stats_counter(const struct stats *stats, const char *name)
{
    enum call call = call_find(name);

    if (strcmp(name, "held") == 0)
        return &stats->held;
    return call < CALL_CONTROL ? &stats->requests[call] : NULL;
}
