/* rebuild.h: what the new table lacks as a whole. */
#include "base/log.h"
#include "base/readable.h"
#include "load/rebuild/rebuild_inner.h"
#include "load/table_contents.h"

#include <inttypes.h>
#include <string.h>

/* The most months that a message names. */
#define MAX_NAMED 3

static bool read_months(const struct rebuild *rebuild, const char *table, struct pg *pg, struct arena *arena,
                        struct table_contents_months *months, struct err *err)
{
    const struct table_contents_request request = {rebuild->job, rebuild->schema, table};
    return table_contents_read_months(&request, pg, arena, months, err);
}

/* Whether the table has rows of the contract and month, or of the contract, where one of the two has no
 * months. */
static bool has_rows(const struct table_contents_months *table, const struct table_contents_month *month)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct table_contents_month *there = &table->items[i];
        bool is_comparable = *there->month && *month->month;
        if (text_equal(there->contract, month->contract) &&
            (!is_comparable || text_equal(there->month, month->month)))
            return true;
    }
    return false;
}

/* Appends the months of the old table that the new one has no row of. Returns their number. */
static size_t put_emptied(const struct table_contents_months *old, const struct table_contents_months *now,
                          struct buf *words)
{
    size_t count = 0;
    for (size_t i = 0; i < old->count; i++) {
        const struct table_contents_month *month = &old->items[i];
        if (has_rows(now, month) || ++count > MAX_NAMED)
            continue;
        buf_print(words, "%s%" PRIu64 " row%s of contract %s%s%s", count > 1 ? ", " : "", month->rows,
                  readable_plural(month->rows), month->contract, *month->month ? " in " : "", month->month);
    }
    if (count > MAX_NAMED)
        buf_print(words, ", and %zu more months", count - MAX_NAMED);
    return count;
}

bool rebuild_check_emptied(const struct rebuild *rebuild, struct pg *pg, struct err *err)
{
    struct table_contents_months old;
    struct table_contents_months now;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(buf) struct buf words = buf_make(BUF_OWN_TEXT);
    if (!read_months(rebuild, rebuild->table, pg, arena, &old, err) ||
        !read_months(rebuild, rebuild->successor, pg, arena, &now, err))
        return false;
    if (put_emptied(&old, &now, &words) == 0)
        return true;
    if (rebuild->accept || rebuild->job->checks.max_vanished_percent >= 100) {
        log_warn("rebuild-empties", "table %s.%s has %s, the new one has none: accepted", rebuild->schema,
                 rebuild->table, buf_text(&words));
        return true;
    }
    err_set(err, ERR_DATA, "table %s.%s is not replaced: it has %s, and the service has answered with none",
            rebuild->schema, rebuild->table, buf_text(&words));
    return err_hint(err, "if that is right, run it with --rebuild --accept");
}
