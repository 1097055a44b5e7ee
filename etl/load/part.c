#include "load/part.h"

#include "base/text.h"
#include "load/part_inner.h"
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

struct part_range part_period(enum job_partition_by by, date_t day)
{
    date_t from = by == JOB_PARTITION_YEAR ? year_start(day) : date_month_start(day);
    return (struct part_range){from, date_add_months(from, by == JOB_PARTITION_YEAR ? 12 : 1)};
}

static bool is_same(struct part_range one, struct part_range other)
{
    return one.from == other.from && one.to == other.to;
}

static bool has_ends(struct part_range range)
{
    return range.from != PART_NO_BEGIN && range.to != PART_NO_END;
}

/* The month or year that the range is; JOB_PARTITION_NONE: it is neither. */
static enum job_partition_by period_of(struct part_range range)
{
    if (!has_ends(range))
        return JOB_PARTITION_NONE;
    if (is_same(part_period(JOB_PARTITION_MONTH, range.from), range))
        return JOB_PARTITION_MONTH;
    return is_same(part_period(JOB_PARTITION_YEAR, range.from), range) ? JOB_PARTITION_YEAR
                                                                       : JOB_PARTITION_NONE;
}

enum job_partition_by part_pattern(const struct part_ranges *there, enum job_partition_by wanted)
{
    for (size_t i = there->count; i > 0; i--)
        if (has_ends(there->items[i - 1]))
            return period_of(there->items[i - 1]);
    return wanted;
}

static bool contains_day(struct part_range range, date_t day)
{
    return day >= range.from && day < range.to;
}

static bool is_covered(const struct part_ranges *there, date_t day)
{
    for (size_t i = 0; i < there->count; i++)
        if (contains_day(there->items[i], day))
            return true;
    return false;
}

static bool overlaps_one(const struct part_ranges *there, struct part_range range)
{
    for (size_t i = 0; i < there->count; i++)
        if (there->items[i].from < range.to && range.from < there->items[i].to)
            return true;
    return false;
}

bool part_hold_some(const struct part_ranges *there, const struct day_set *days)
{
    date_t day;
    for (size_t i = 0; i < there->count; i++)
        if (day_set_next(days, there->items[i].from, &day) && day < there->items[i].to)
            return true;
    return false;
}

bool part_find_missing(const struct day_set *days, const struct part_ranges *there, enum job_partition_by by,
                       struct arena *arena, struct part_ranges *missing, date_t *stray)
{
    date_t day;
    *missing = (struct part_ranges){0};
    for (date_t from = 0; day_set_next(days, from, &day);) {
        from = day + 1;
        if (is_covered(there, day))
            continue;
        struct part_range period = by == JOB_PARTITION_NONE ? part_gap(there, day) : part_period(by, day);
        *stray = day;
        if (by == JOB_PARTITION_NONE || overlaps_one(there, period))
            return false;
        *(struct part_range *)arena_push(arena, &missing->items, &missing->count, sizeof period) = period;
        from = period.to;
    }
    return true;
}

struct part_range part_gap(const struct part_ranges *there, date_t day)
{
    struct part_range gap = part_period(JOB_PARTITION_MONTH, day);
    for (size_t i = 0; i < there->count; i++) {
        const struct part_range *part = &there->items[i];
        if (part->to <= day && part->to > gap.from)
            gap.from = part->to;
        if (part->from > day && part->from < gap.to)
            gap.to = part->from;
    }
    return gap;
}

bool part_holds_all(struct part_range range, const struct day_set *days)
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

static void put_period(struct part_range range, unsigned number, char *out, size_t size)
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

const char *part_name(const char *table, struct part_range range, unsigned number, char *out)
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

void part_put_bounds(struct part_range range, struct buf *sql)
{
    char from[DATE_TEXT];
    char to[DATE_TEXT];
    buf_print(sql, "for values from ('%s') to ('%s')", date_format(range.from, from),
              date_format(range.to, to));
}

void part_put_create(const char *schema, const char *table, struct part_range range, struct buf *sql)
{
    char name[JOB_COLUMN_NAME];
    buf_put(sql, "create table ");
    pg_put_identifier(sql, schema);
    buf_put(sql, ".");
    pg_put_identifier(sql, part_name(table, range, 1, name));
    buf_put(sql, " partition of ");
    pg_put_identifier(sql, schema);
    buf_put(sql, ".");
    pg_put_identifier(sql, table);
    buf_put(sql, " ");
    part_put_bounds(range, sql);
}
