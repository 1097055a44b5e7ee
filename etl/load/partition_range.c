#include "load/partition_range.h"

#include "base/text.h"
#include "load/partition_range_inner.h"
#include "wire/pg/pg.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The length of the hash after a name that was cut: `_0123abcd`. */
#define HASH_TEXT 9

static date_t year_start(date_t day)
{
    int year;
    int month;
    int day_of_month;
    date_parts(day, &year, &month, &day_of_month);
    return date_add_months(date_month_start(day), 1 - month);
}

struct partition_range partition_range_around(enum job_partition_by by, date_t day)
{
    date_t from = by == JOB_PARTITION_YEAR ? year_start(day) : date_month_start(day);
    return (struct partition_range){from, date_add_months(from, by == JOB_PARTITION_YEAR ? 12 : 1)};
}

static bool is_same(struct partition_range one, struct partition_range other)
{
    return one.from == other.from && one.to == other.to;
}

static bool has_ends(struct partition_range range)
{
    return range.from != PARTITION_NO_BEGIN && range.to != PARTITION_NO_END;
}

/* The month or year that the range is; JOB_PARTITION_NONE: it is neither. */
static enum job_partition_by period_of(struct partition_range range)
{
    if (!has_ends(range))
        return JOB_PARTITION_NONE;
    if (is_same(partition_range_around(JOB_PARTITION_MONTH, range.from), range))
        return JOB_PARTITION_MONTH;
    return is_same(partition_range_around(JOB_PARTITION_YEAR, range.from), range) ? JOB_PARTITION_YEAR
                                                                                  : JOB_PARTITION_NONE;
}

enum job_partition_by partition_ranges_new_period(const struct partition_ranges *existing,
                                                  enum job_partition_by wanted)
{
    for (size_t i = existing->count; i > 0; i--)
        if (has_ends(existing->items[i - 1]))
            return period_of(existing->items[i - 1]);
    return wanted;
}

static bool contains_day(struct partition_range range, date_t day)
{
    return day >= range.from && day < range.to;
}

static bool is_covered(const struct partition_ranges *existing, date_t day)
{
    for (size_t i = 0; i < existing->count; i++)
        if (contains_day(existing->items[i], day))
            return true;
    return false;
}

static bool overlaps_one(const struct partition_ranges *existing, struct partition_range range)
{
    for (size_t i = 0; i < existing->count; i++)
        if (existing->items[i].from < range.to && range.from < existing->items[i].to)
            return true;
    return false;
}

bool partition_ranges_hold_some(const struct partition_ranges *existing, const struct day_set *days)
{
    date_t day;
    for (size_t i = 0; i < existing->count; i++)
        if (day_set_next(days, existing->items[i].from, &day) && day < existing->items[i].to)
            return true;
    return false;
}

bool partition_ranges_find_missing(const struct day_set *days, const struct partition_ranges *existing,
                                   enum job_partition_by by, struct arena *arena,
                                   struct partition_ranges *missing, date_t *stray)
{
    date_t day;
    *missing = (struct partition_ranges){0};
    for (date_t from = 0; day_set_next(days, from, &day);) {
        from = day + 1;
        if (is_covered(existing, day))
            continue;
        struct partition_range period =
            by == JOB_PARTITION_NONE ? partition_ranges_gap(existing, day) : partition_range_around(by, day);
        *stray = day;
        if (by == JOB_PARTITION_NONE || overlaps_one(existing, period))
            return false;
        *(struct partition_range *)arena_push(arena, &missing->items, &missing->count, sizeof period) =
            period;
        from = period.to;
    }
    return true;
}

struct partition_range partition_ranges_gap(const struct partition_ranges *existing, date_t day)
{
    struct partition_range gap = partition_range_around(JOB_PARTITION_MONTH, day);
    for (size_t i = 0; i < existing->count; i++) {
        const struct partition_range *part = &existing->items[i];
        if (part->to <= day && part->to > gap.from)
            gap.from = part->to;
        if (part->from > day && part->from < gap.to)
            gap.to = part->from;
    }
    return gap;
}

bool partition_range_holds_all(struct partition_range range, const struct day_set *days)
{
    date_t first;
    date_t behind;
    return (!day_set_next(days, JOB_FIRST_DAY, &first) || first >= range.from) &&
           !day_set_next(days, range.to, &behind);
}

/* FNV-1a. */
static uint32_t hash_of(const char *text)
{
    uint32_t hash = 2166136261U;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619U;
    return hash;
}

static void put_period(struct partition_range range, unsigned number, char *out, size_t size)
{
    int year;
    int month;
    int day;
    char tail[12] = "";
    date_parts(range.from, &year, &month, &day);
    if (number > 1)
        snprintf(tail, sizeof tail, "_%u", number);
    switch (period_of(range)) {
    case JOB_PARTITION_YEAR:
        snprintf(out, size, "_p%04d%s", year, tail);
        break;
    case JOB_PARTITION_MONTH:
        snprintf(out, size, "_p%04d_%02d%s", year, month, tail);
        break;
    case JOB_PARTITION_NONE: {
        int last_year;
        int last_month;
        int last_day;
        date_parts(range.to, &last_year, &last_month, &last_day);
        snprintf(out, size, "_p%04d%02d%02d_%04d%02d%02d%s", year, month, day, last_year, last_month,
                 last_day, tail);
        break;
    }
    }
}

const char *partition_range_name(const char *table, struct partition_range range, unsigned number, char *out)
{
    char period[48];
    put_period(range, number, period, sizeof period);
    size_t room = JOB_COLUMN_NAME - 1 - strlen(period);
    snprintf(out, JOB_COLUMN_NAME, "%s", table);
    if (strlen(table) > room) {
        out[room - HASH_TEXT] = '\0';
        text_trim_broken_utf8(out);
        size_t used = strlen(out);
        snprintf(out + used, JOB_COLUMN_NAME - used, "_%08" PRIx32, hash_of(table));
    }
    strcat(out, period);
    return out;
}

void partition_range_put_bounds(struct partition_range range, struct buf *sql)
{
    char from[DATE_TEXT];
    char to[DATE_TEXT];
    buf_print(sql, "for values from ('%s') to ('%s')", date_format(range.from, from),
              date_format(range.to, to));
}

void partition_range_put_create(const char *schema, const char *table, struct partition_range range,
                                struct buf *sql)
{
    char name[JOB_COLUMN_NAME];
    buf_put(sql, "create table ");
    pg_put_identifier(sql, schema);
    buf_put(sql, ".");
    pg_put_identifier(sql, partition_range_name(table, range, 1, name));
    buf_put(sql, " partition of ");
    pg_put_identifier(sql, schema);
    buf_put(sql, ".");
    pg_put_identifier(sql, table);
    buf_put(sql, " ");
    partition_range_put_bounds(range, sql);
}
