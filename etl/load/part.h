/*
 * Partitions by ranges of days: which there are, which a load needs, and what new ones are called. Pure.
 *
 * New ones hold a calendar month or a calendar year each, as the newest of the table does.
 */
#ifndef LOAD_PART_H
#define LOAD_PART_H

#include "base/arena.h"
#include "base/buf.h"
#include "job/job.h"
#include "load/day_set.h"

/* Days [from, to): to is not among them. */
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

/* The month or year that holds the day. by: not JOB_PARTITION_NONE. */
struct part_range part_period(enum job_partition_by by, date_t day);

/*
 * How further partitions are to be cut: as the one with the newest days that has a begin and an end, where it
 * is a calendar month or year; as `wanted` where there is no such partition. JOB_PARTITION_NONE: it cannot be
 * told.
 */
enum job_partition_by part_pattern(const struct part_ranges *there, enum job_partition_by wanted);

/*
 * The periods that have a day of the set which no partition holds, in their order; they live in the arena.
 * False: *stray is a day for which there can be none, since its period overlaps a partition, or since `by` is
 * JOB_PARTITION_NONE.
 */
bool part_find_missing(const struct day_set *days, const struct part_ranges *there, enum job_partition_by by,
                       struct arena *arena, struct part_ranges *missing, date_t *stray);

/* Of the month that holds a day without a partition, the days around it that have none. */
struct part_range part_gap(const struct part_ranges *there, date_t day);

/* Whether a partition holds some day of the set. */
bool part_hold_some(const struct part_ranges *there, const struct day_set *days);

/* Whether every day of the set is within the range. */
bool part_holds_all(struct part_range range, const struct day_set *days);

/*
 * `usage_p2026_11`, `usage_p2026`, or with both days where it is neither month nor year. A table's name that
 * leaves no room is cut, with a hash of it behind. number: from 2 on it is added, `usage_p2026_11_2`, since
 * the name may be taken. out holds JOB_COLUMN_NAME bytes. Returns out.
 */
const char *part_name(const char *table, struct part_range range, unsigned number, char *out);

/* Appends `for values from ('2026-11-01') to ('2026-12-01')`. */
void part_put_bounds(struct part_range range, struct buf *sql);

/* Appends the statement by which somebody else would make the partition. */
void part_put_create(const char *schema, const char *table, struct part_range range, struct buf *sql);

#endif
