#include "load/vanished.h"

#include "base/log.h"
#include "base/readable.h"

#include <inttypes.h>

enum vanished_verdict vanished_judge(const struct vanished *vanished)
{
    bool is_empty = vanished->rows_received == 0;
    bool is_fewer = vanished->comparable_vanished > vanished->comparable_new;
    if (vanished->max_percent >= 100 || vanished->rows_before == 0)
        return VANISHED_ALLOWED;
    if (is_empty)
        return VANISHED_ALL;
    if (vanished->comparable_before <= VANISHED_FEW_ROWS || !is_fewer)
        return VANISHED_ALLOWED;
    double fewer = (double)(vanished->comparable_vanished - vanished->comparable_new);
    bool is_too_many = fewer * 100 > vanished->max_percent * (double)vanished->comparable_before;
    return is_too_many ? VANISHED_TOO_MANY : VANISHED_ALLOWED;
}

/* Appends which windows the rows are of. */
static void put_windows(const struct vanished *vanished, struct buf *out)
{
    buf_put(out, "of this contract and window");
    if (vanished->replaced)
        buf_print(out, " (and of %s, which it replaces)", vanished->replaced);
}

static bool refuse_empty(const struct vanished *vanished, struct err *err)
{
    SCOPED(buf) struct buf windows = buf_make(BUF_OWN_TEXT);
    put_windows(vanished, &windows);
    return err_set(err, ERR_DATA, "the answer is empty, and the table %s.%s has %" PRIu64 " row%s %s",
                   vanished->schema, vanished->table, vanished->rows_before,
                   readable_plural(vanished->rows_before), buf_text(&windows));
}

static bool refuse_many(const struct vanished *vanished, struct err *err)
{
    SCOPED(buf) struct buf windows = buf_make(BUF_OWN_TEXT);
    put_windows(vanished, &windows);
    if (vanished->comparable_before < vanished->rows_before)
        buf_put(&windows, ", of days that were over when they were loaded");
    return err_set(err, ERR_DATA,
                   "of the %" PRIu64 " rows that the table %s.%s has %s, %" PRIu64
                   " are no longer in the answer, and %" PRIu64
                   " are new in it: on balance more than the %.15g%% of checks.max_vanished",
                   vanished->comparable_before, vanished->schema, vanished->table, buf_text(&windows),
                   vanished->comparable_vanished, vanished->comparable_new, vanished->max_percent);
}

bool vanished_check(const struct vanished *vanished, struct err *err)
{
    switch (vanished_judge(vanished)) {
    case VANISHED_ALLOWED:
        return true;
    case VANISHED_ALL:
        (void)refuse_empty(vanished, err);
        break;
    case VANISHED_TOO_MANY:
        (void)refuse_many(vanished, err);
        break;
    }
    if (!vanished->accept)
        return err_hint(err, "if the answer is right, let this run load it with `run --accept`, or every run "
                             "with `checks.max_vanished: 100%%`");
    log_warn("max-vanished", "%s; loaded (--accept)", err->text);
    buf_print(vanished->accepted, "%s%s", vanished->accepted->length ? "\n" : "", err->text);
    err_clear(err);
    return true;
}
