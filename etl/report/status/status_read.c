#include "report/status/status.h"

/* Of each job and contract, at first: many nights of a job in months, and some of one in days. */
#define ROWS_AT_FIRST 100

/* More chunks than one go can have. */
#define ROWS_AT_MOST 30000

/* The histories that tell too little are read again, with more rows. */
static bool read_longer(struct pg *pg, struct arena *arena, struct run_list_of_job *history, struct err *err)
{
    struct run_list one;
    struct run_list_wanted wanted = {
        .job = history->job, .contract = history->contract, .most_rows = ROWS_AT_MOST};
    if (!run_list_read(pg, &wanted, arena, &one, err))
        return false;
    if (one.count == 1)
        *history = one.items[0];
    return true;
}

static bool read_histories(struct pg *pg, struct arena *arena, struct run_list *histories, struct err *err)
{
    struct run_list_wanted wanted = {.most_rows = ROWS_AT_FIRST};
    if (!run_list_read(pg, &wanted, arena, histories, err))
        return false;
    for (size_t i = 0; i < histories->count; i++)
        if (status_needs_more(&histories->items[i], arena) &&
            !read_longer(pg, arena, &histories->items[i], err))
            return false;
    return true;
}

static bool has_died(const struct run_list *histories)
{
    for (size_t i = 0; i < histories->count; i++)
        for (size_t row = 0; row < histories->items[i].row_count; row++)
            if (histories->items[i].rows[row].runner_is_gone)
                return true;
    return false;
}

/* A run that ends while it is looked at may still have its row and no longer its lock: who is gone the second
 * time too is gone. */
static bool read_twice_where_needed(struct pg *pg, struct arena *arena, struct run_list *histories,
                                    struct err *err)
{
    return read_histories(pg, arena, histories, err) &&
           (!has_died(histories) || read_histories(pg, arena, histories, err));
}

static bool look_at_budget(struct pg *pg, struct status *status, struct err *err)
{
    bool is_kept = status->has_table && status->budget.per_minute > 0;
    return !is_kept || budget_look(&status->budget, pg, &status->level, err);
}

static bool read_all(const struct status_options *options, struct pg *pg, struct arena *arena,
                     struct status *status, struct err *err)
{
    struct run_list histories;
    return read_twice_where_needed(pg, arena, &histories, err) &&
           status_make(options, &histories, arena, status, err) && look_at_budget(pg, status, err);
}

bool status_read(const struct status_options *options, struct pg *pg, struct arena *arena,
                 struct status *status, struct err *err)
{
    if (!pg_exec(pg, "begin read only", err))
        return false;
    bool read = read_all(options, pg, arena, status, err);
    pg_rollback(pg);
    return read;
}
