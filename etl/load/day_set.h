/*
 * A set of days from JOB_FIRST_DAY until before JOB_END_DAY (job/job.h). Other days are not added.
 */
#ifndef LOAD_DAY_SET_H
#define LOAD_DAY_SET_H

#include "base/date.h"

struct day_set; /* opaque; one bit per day: 45 KiB */

struct day_set *day_set_make(void);
void day_set_release(struct day_set *set);  /* NULL is allowed */
void day_set_cleanup(struct day_set **set); /* for SCOPED(day_set) */

void day_set_add(struct day_set *set, date_t day);

/* The first day of the set that is not before `from`. False where there is none. */
bool day_set_next(const struct day_set *set, date_t from, date_t *day);

#endif
