/*
 * The ranges of days of partitions: which partitions a load needs, and the names of new ones. Pure.
 *
 * A new partition is for one calendar month or calendar year, like the newest partition of the table.
 */
#ifndef LOAD_PARTITION_RANGE_H
#define LOAD_PARTITION_RANGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "job/job.h"
#include "load/day_set.h"

/* Days from `from`, inclusive, to `to`, exclusive. */
struct partition_range {
    date_t from; /* PARTITION_NO_BEGIN: all days before `to` */
    date_t to;   /* PARTITION_NO_END: all days from `from` on */
};

#define PARTITION_NO_BEGIN INT32_MIN
#define PARTITION_NO_END INT32_MAX

struct partition_ranges {
    struct partition_range *items; /* no two overlap; in the order of their days */
    size_t count;
};

/*
 * The period of new partitions: that of the newest partition that has a first and a last day, if that period
 * is a calendar month or year; `wanted` if no partition has both. JOB_PARTITION_NONE: the period of the
 * newest is something else, so that no partition can be added.
 */
enum job_partition_by partition_ranges_new_period(const struct partition_ranges *existing,
                                                  enum job_partition_by wanted);

/*
 * The periods, in order, of the days in the set that are in no existing partition; they live in the arena.
 * False: *stray is a day for which no partition is possible, because its period overlaps a partition, or
 * because `by` is JOB_PARTITION_NONE.
 */
bool partition_ranges_find_missing(const struct day_set *days, const struct partition_ranges *existing,
                                   enum job_partition_by by, struct arena *arena,
                                   struct partition_ranges *missing, date_t *stray);

/* For a day without a partition: the range around it, within its month, that overlaps no partition. */
struct partition_range partition_ranges_gap(const struct partition_ranges *existing, date_t day);

/* Whether a partition holds some day of the set. */
bool partition_ranges_hold_some(const struct partition_ranges *existing, const struct day_set *days);

/* Whether every day of the set is within the range. */
bool partition_range_holds_all(struct partition_range range, const struct day_set *days);

/*
 * The name of a partition: `usage_p2026_11`, `usage_p2026`, or with its first day and the day after its last
 * if it is neither a month nor a year. A table name that is too long is cut and gets a hash as suffix.
 * number: from 2 on it is appended, `usage_p2026_11_2`, for the case that the name is in use. out has
 * JOB_COLUMN_NAME bytes. Returns out.
 */
const char *partition_range_name(const char *table, struct partition_range range, unsigned number, char *out);

/* Appends `for values from ('2026-11-01') to ('2026-12-01')`. */
void partition_range_put_bounds(struct partition_range range, struct buf *sql);

/* Appends the statement that creates the partition, for the owner of the table. */
void partition_range_put_create(const char *schema, const char *table, struct partition_range range,
                                struct buf *sql);

#endif
