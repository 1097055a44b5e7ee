#include "load/day_set.h"

#include "base/mem.h"
#include "job/job.h"

#include <stdlib.h>

#define DAYS (JOB_END_DAY - JOB_FIRST_DAY)
#define WORD_BITS 64

struct day_set {
    uint64_t words[DAYS / WORD_BITS + 1];
};

struct day_set *day_set_make(void)
{
    return mem_alloc(1, sizeof(struct day_set));
}

void day_set_release(struct day_set *set)
{
    free(set);
}

void day_set_cleanup(struct day_set **set)
{
    day_set_release(*set);
}

void day_set_add(struct day_set *set, date_t day)
{
    if (day < JOB_FIRST_DAY || day >= JOB_END_DAY)
        return;
    uint32_t place = (uint32_t)(day - JOB_FIRST_DAY);
    set->words[place / WORD_BITS] |= UINT64_C(1) << (place % WORD_BITS);
}

bool day_set_next(const struct day_set *set, date_t from, date_t *day)
{
    for (uint32_t place = from < JOB_FIRST_DAY ? 0 : (uint32_t)(from - JOB_FIRST_DAY); place < DAYS;) {
        uint64_t rest = set->words[place / WORD_BITS] >> (place % WORD_BITS);
        if (rest != 0) {
            *day = JOB_FIRST_DAY + (date_t)place + __builtin_ctzll(rest);
            return true;
        }
        place += WORD_BITS - place % WORD_BITS;
    }
    return false;
}
