#include "report/status/history.h"

#include "report/status/history_inner.h"

/* If too few rows were read, this many times as many are read next. */
#define GROWTH 10

/* More rows than one invocation can have chunks. */
#define MAX_ROWS 30000

/* A failure that stands is looked for among so many invocations, if none of the job's own window succeeded.
 */
#define LOOK_BACK 100

void history_fold(const struct run_list_of_job *history, struct arena *arena, struct invocations *invocations)
{
    invocation_fold(history->rows, history->row_count, arena, invocations);
    if (!history->is_whole && invocations->count > 0)
        invocations->count--;
}

bool history_needs_more(const struct run_list_of_job *history, const struct history_wanted *wanted,
                        struct arena *arena)
{
    struct invocations invocations;
    if (history->is_whole)
        return false;
    history_fold(history, arena, &invocations);
    return invocations.count < wanted->invocations || !invocation_find_loaded(&invocations) ||
           (invocations.count < LOOK_BACK && !invocation_has_regular_success(&invocations));
}

static bool read_more(const struct history_wanted *wanted, struct pg *pg, struct arena *arena,
                      struct run_list_of_job *history, struct err *err)
{
    struct run_list_wanted rows = {history->job, history->contract, wanted->rows_at_first};
    while (rows.max_rows < MAX_ROWS && history_needs_more(history, wanted, arena)) {
        struct run_list one;
        rows.max_rows *= GROWTH;
        if (rows.max_rows > MAX_ROWS)
            rows.max_rows = MAX_ROWS;
        if (!run_list_read(pg, &rows, arena, &one, err))
            return false;
        if (one.count != 1)
            return true;
        *history = one.items[0];
    }
    return true;
}

static bool read_once(const struct history_wanted *wanted, struct pg *pg, struct arena *arena,
                      struct run_list *list, struct err *err)
{
    struct run_list_wanted rows = {.max_rows = wanted->rows_at_first};
    if (!run_list_read(pg, &rows, arena, list, err))
        return false;
    for (size_t i = 0; i < list->count; i++)
        if (!read_more(wanted, pg, arena, &list->items[i], err))
            return false;
    return true;
}

static bool has_died(const struct run_list *list, struct arena *arena)
{
    for (size_t i = 0; i < list->count; i++) {
        struct invocations invocations;
        history_fold(&list->items[i], arena, &invocations);
        if (invocations.count > 0 && invocations.items[0].status == INVOCATION_DIED)
            return true;
    }
    return false;
}

/* An invocation that ends during the read may have released its lock after its rows were read, and would look
 * dead. So a dead invocation is read a second time: if its runner is then still gone, it has died. */
bool history_read(const struct history_wanted *wanted, struct pg *pg, struct arena *arena,
                  struct run_list *list, struct err *err)
{
    return read_once(wanted, pg, arena, list, err) &&
           (!has_died(list, arena) || read_once(wanted, pg, arena, list, err));
}
