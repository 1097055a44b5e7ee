#include "state/target_window.h"

#include "base/text.h"
#include "sql/statements.h"

bool target_window_read(struct pg *pg, const struct target_name *name, const char *contract,
                        const struct window *overlapped, struct arena *arena, struct target_windows *windows,
                        struct err *err)
{
    struct window_days days = {0};
    *windows = (struct target_windows){0};
    if (overlapped)
        window_put_days(overlapped, &days);
    SCOPED(pg_result)
    PGresult *found = pg_query(pg, SQL_TARGET_WINDOW_READ,
                               PG_PARAMS(name->schema, name->table, contract, days.from, days.to), err);
    if (!found)
        return err_wrap(err, "cannot read tokenflex_etl.target_window");
    for (int row = 0; row < PQntuples(found); row++) {
        struct target_window *window =
            arena_push(arena, &windows->items, &windows->count, sizeof *windows->items);
        *window = (struct target_window){
            .contract = arena_copy_text(arena, pg_value(found, row, "contract_number")),
            .window.bounded = true,
        };
        window->is_moving = pg_day(found, row, "as_of", &window->as_of);
        if (!pg_day(found, row, "window_start", &window->window.from) ||
            !pg_day(found, row, "window_end", &window->window.to))
            return err_set(err, ERR_BUG, "a window in tokenflex_etl.target_window has no days");
    }
    return true;
}

const struct target_window *target_window_find(const struct target_windows *windows, const char *contract,
                                               const struct window *window)
{
    for (size_t i = 0; i < windows->count; i++) {
        const struct target_window *item = &windows->items[i];
        if (item->window.from == window->from && item->window.to == window->to &&
            text_equal(item->contract, contract))
            return item;
    }
    return NULL;
}

bool target_window_remember(struct pg *pg, const struct target_name *name, const char *job,
                            const struct target_window *window, struct err *err)
{
    char as_of[DATE_TEXT];
    struct window_days days;
    window_put_days(&window->window, &days);
    date_format(window->as_of, as_of);
    SCOPED(pg_result)
    PGresult *remembered = pg_query(pg, SQL_TARGET_WINDOW_REMEMBER,
                                    PG_PARAMS(name->schema, name->table, window->contract, days.from, days.to,
                                              job, window->is_moving ? as_of : NULL),
                                    err);
    if (!remembered)
        return err_wrap(err, "cannot write tokenflex_etl.target_window");
    return pg_rows_affected(remembered) == 1 ||
           err_set(err, ERR_LATER,
                   "the row of table %s.%s in tokenflex_etl.target was deleted while the table was being "
                   "loaded",
                   name->schema, name->table);
}

bool target_window_forget_others(struct pg *pg, const struct target_name *name,
                                 const struct target_window *window, struct err *err)
{
    struct window_days days;
    window_put_days(&window->window, &days);
    SCOPED(pg_result)
    PGresult *forgotten =
        pg_query(pg, SQL_TARGET_WINDOW_FORGET,
                 PG_PARAMS(name->schema, name->table, window->contract, days.from, days.to), err);
    return forgotten || err_wrap(err, "cannot write the windows of targets");
}
