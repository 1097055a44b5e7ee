/*
 * Partitions by ranges of days: which exist, which a load needs, and the names of new ones. Pure.
 *
 * A new partition is for one calendar month or calendar year, like the newest partition of the table.
 */
#ifndef LOAD_PART_H
#define LOAD_PART_H

#include "base/arena.h"
#include "base/buf.h"
#include "job/job.h"
#include "load/day_set.h"

/* Days from `from`, inclusive, to `to`, exclusive. */
struct part_range {
    date_t from; /* PART_NO_BEGIN: all days before `to` */
    date_t to;   /* PART_NO_END: all days from `from` on */
};

#define PART_NO_BEGIN INT32_MIN
#define PART_NO_END INT32_MAX

struct part_ranges {
    struct part_range *items; /* no two overlap; in the order of their days */
    size_t count;
};

/*
 * The period of new partitions: that of the newest partition that has a first and a last day, if that period
 * is a calendar month or year; `wanted` if no partition has both. JOB_PARTITION_NONE: the period of the
 * newest is something else, so that no partition can be added.
 */
enum job_partition_by part_pattern(const struct part_ranges *there, enum job_partition_by wanted);

/*
 * The periods of days in the set that no partition has, in order; they live in the arena. False: *stray is a
 * day for which no partition is possible, because its period overlaps a partition, or because `by` is
 * JOB_PARTITION_NONE.
 */
bool part_find_missing(const struct day_set *days, const struct part_ranges *there, enum job_partition_by by,
                       struct arena *arena, struct part_ranges *missing, date_t *stray);

/* For a day without a partition: the days around it, within its month, that have no partition either. */
struct part_range part_gap(const struct part_ranges *there, date_t day);

/* Whether a partition holds some day of the set. */
bool part_hold_some(const struct part_ranges *there, const struct day_set *days);

/* Whether every day of the set is within the range. */
bool part_holds_all(struct part_range range, const struct day_set *days);

/*
 * The name of a partition: `usage_p2026_11`, `usage_p2026`, or with the first and last day if it is neither a
 * month nor a year. A table name that is too long is cut and gets a hash as suffix. number: from 2 on it is
 * appended, `usage_p2026_11_2`, for the case that the name is in use. out has JOB_COLUMN_NAME bytes. Returns
 * out.
 */
const char *part_name(const char *table, struct part_range range, unsigned number, char *out);

/* Appends `for values from ('2026-11-01') to ('2026-12-01')`. */
void part_put_bounds(struct part_range range, struct buf *sql);

/* Appends the statement that creates the partition, for the owner of the table. */
void part_put_create(const char *schema, const char *table, struct part_range range, struct buf *sql);

#endif
