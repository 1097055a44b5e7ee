#include "load/snapshots.h"

#include "load/statement.h"
#include "state/target_window.h"

#include <inttypes.h>

#define NAMED_WINDOWS 3

/* Whether the rows are snapshots of a window, so that the windows have to be compared. */
static bool has_windows(const struct snapshot_load *load)
{
    const struct target *target = load->target;
    return target->windowed && target->job->target.mode == JOB_UPSERT && load->chunk.window->bounded;
}

static bool may_replace(const struct snapshot_load *load)
{
    return load->target->job->target.snapshots == JOB_SNAPSHOTS_LATEST;
}

static struct target_name name_of(const struct snapshot_load *load)
{
    return (struct target_name){load->target->schema, load->target->table};
}

static PGresult *query_windows(const struct snapshot_load *load, const struct window_days *days,
                               struct pg *pg, struct err *err)
{
    SCOPED(statement) struct statement statement = statement_make();
    statement_put(&statement, "select window_start, window_end, count(*) as rows from ");
    target_put_name(load->target, &statement.sql);
    statement_put(&statement, " where contract_number = ");
    statement_put_value(&statement, load->contract, "text");
    statement_put(&statement, " and window_start < ");
    statement_put_value(&statement, days->to, "date");
    statement_put(&statement, " and window_end > ");
    statement_put_value(&statement, days->from, "date");
    statement_put(&statement, " group by window_start, window_end order by window_start, window_end");
    return statement_run(&statement, pg, err);
}

/* Reads the windows that have rows and overlap the chunk's window. */
static bool read_held(const struct snapshot_load *load, struct pg *pg, struct arena *arena,
                      struct snapshots *held, struct err *err)
{
    struct window_days days;
    struct target_windows remembered;
    struct target_name name = name_of(load);
    window_put_days(load->chunk.window, &days);
    SCOPED(pg_result) PGresult *rows = query_windows(load, &days, pg, err);
    if (!rows)
        return err_wrap(err, "cannot read the windows of table %s.%s", name.schema, name.table);
    if (!target_window_read(pg, &name, load->contract, load->chunk.window, arena, &remembered, err))
        return false;
    for (int row = 0; row < PQntuples(rows); row++) {
        struct snapshot *item = arena_push(arena, &held->items, &held->count, sizeof *item);
        *item = (struct snapshot){.window.bounded = true, .rows = pg_count(rows, row, "rows")};
        if (!pg_day(rows, row, "window_start", &item->window.from) ||
            !pg_day(rows, row, "window_end", &item->window.to))
            return err_set(err, ERR_DATA, "table %s.%s has a window without valid days", name.schema,
                           name.table);
        const struct target_window *known = target_window_find(&remembered, load->contract, &item->window);
        item->is_moving = known && known->is_moving;
        item->as_of = known ? known->as_of : 0;
    }
    return true;
}

/* Appends the statement that deletes every row whose window overlaps the chunk's window. */
static void put_removal(const struct snapshot_load *load, struct buf *sql)
{
    struct window_days days;
    window_put_days(load->chunk.window, &days);
    buf_put(sql, "delete from ");
    target_put_name(load->target, sql);
    buf_put(sql, " where contract_number = ");
    pg_put_literal(sql, load->contract);
    buf_print(sql, " and window_start < '%s' and window_end > '%s'", days.to, days.from);
}

static bool refuse_current(const struct snapshot_load *load, const struct snapshot_decision *decision,
                           struct err *err)
{
    char ours[WINDOW_TEXT];
    char theirs[WINDOW_TEXT];
    char to[DATE_TEXT];
    err_set(err, ERR_CONFIG,
            "the window %s overlaps the job's own window of today, %s, which moves with the day: days in "
            "both would count twice",
            window_format(load->chunk.window, ours), window_format(&decision->other, theirs));
    return err_hint(err,
                    "let --to be %s or earlier: later days are loaded by a run without --from and --to; or "
                    "keep both windows: target.snapshots: all",
                    date_format(decision->other.from, to));
}

/* Why a window that the table holds is in the way. */
struct obstacle {
    enum err_kind kind;
    const char *what; /* what is to be loaded */
    const char *why;
    const char *advice;
};

static bool refuse_held(const struct snapshot_load *load, const struct snapshot_decision *decision,
                        const struct obstacle *obstacle, struct err *err)
{
    char ours[WINDOW_TEXT];
    char theirs[WINDOW_TEXT];
    SCOPED(buf) struct buf removal = buf_make(BUF_OWN_TEXT);
    put_removal(load, &removal);
    err_set(err, obstacle->kind,
            "the %s %s overlaps the window %s that table %s.%s holds of contract %s, %s: days in both would "
            "count twice",
            obstacle->what, window_format(load->chunk.window, ours), window_format(&decision->other, theirs),
            load->target->schema, load->target->table, load->contract, obstacle->why);
    return err_hint(err, "%s remove the rows that are there: %s; or keep both windows: target.snapshots: all",
                    obstacle->advice, buf_text(&removal));
}

static bool refuse(const struct snapshot_load *load, const struct snapshot_decision *decision,
                   struct err *err)
{
    static const struct obstacle cut = {ERR_CONFIG, "window", "and does not contain it completely",
                                        "choose days that contain it completely, or do not overlap it; or"};
    static const struct obstacle given = {ERR_CONFIG, "job's moving window",
                                          "which a run with --from and --to, or with a fixed `until`, loaded",
                                          "either"};
    static const struct obstacle later = {ERR_LATER, "job's moving window",
                                          "which the run of a later day has loaded",
                                          "the next day's run replaces it; or"};
    switch (decision->refusal) {
    case SNAPSHOT_STAYS:
    case SNAPSHOT_SAME:
    case SNAPSHOT_REPLACED:
        break;
    case SNAPSHOT_CURRENT:
        return refuse_current(load, decision, err);
    case SNAPSHOT_CUT:
        return refuse_held(load, decision, &cut, err);
    case SNAPSHOT_GIVEN:
        return refuse_held(load, decision, &given, err);
    case SNAPSHOT_LATER:
        return refuse_held(load, decision, &later, err);
    }
    return err_set(err, ERR_BUG, "a window is refused for no reason");
}

bool snapshots_decide(const struct snapshot_load *load, struct pg *pg, struct arena *arena,
                      struct snapshot_decision *decision, struct err *err)
{
    struct snapshots held = {0};
    *decision = (struct snapshot_decision){0};
    if (!has_windows(load))
        return true;
    if (pg && load->target->exists && !read_held(load, pg, arena, &held, err))
        return false;
    snapshot_decide(&load->chunk, &held, arena, decision);
    if (may_replace(load))
        return !decision->is_refused || refuse(load, decision, err);
    decision->is_refused = false;
    decision->replaced = (struct snapshots){0};
    decision->rows_replaced = 0;
    return true;
}

bool snapshots_remember(const struct snapshot_load *load, const struct snapshot_decision *decision,
                        struct pg *pg, struct err *err)
{
    struct target_name name = name_of(load);
    struct target_window window = {
        .contract = load->contract,
        .window = decision->loaded.window,
        .is_moving = decision->loaded.is_moving,
        .as_of = decision->loaded.as_of,
    };
    if (!has_windows(load))
        return true;
    return target_window_remember(pg, &name, load->target->job->name, &window, err) &&
           (!may_replace(load) || target_window_forget_others(pg, &name, &window, err));
}

void snapshots_put_names(const struct snapshots *windows, struct buf *out)
{
    char name[WINDOW_TEXT];
    for (size_t i = 0; i < windows->count && i < NAMED_WINDOWS; i++)
        buf_print(out, "%s%s", i ? ", " : "", window_format(&windows->items[i].window, name));
    if (windows->count > NAMED_WINDOWS)
        buf_print(out, " and %zu more", windows->count - NAMED_WINDOWS);
}
