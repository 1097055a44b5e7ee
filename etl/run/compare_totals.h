/*
 * What a table holds of a contract against the service's own totals: month by month, and as finely as the
 * rows allow (job/totals_rule). Pure: no figure is rounded, and nothing is asked.
 */
#ifndef RUN_COMPARE_TOTALS_H
#define RUN_COMPARE_TOTALS_H

#include "api/summary.h"
#include "base/arena.h"
#include "job/totals_rule.h"
#include "job/window.h"
#include "state/reconciliation.h"

/* Everything is borrowed. */
struct totals_facts {
    const struct totals_rule *rule;
    const struct summary *summary; /* all of the contract's */
    /* The table's sums: those of one key are added up, and categories may have their old names. Figures of
     * months before the summary's first and after its last are left out: the service may not go back so far,
     * or not be at it yet. */
    const struct totals_figure *loaded;
    size_t loaded_count;
    const date_t *whole_months; /* first days of the months that the table holds whole */
    size_t whole_count;
    const struct totals_past *past;
    size_t past_count;
    date_t today;          /* UTC */
    const char *tolerance; /* tokens by which a figure may differ, as decimal digits */
};

struct totals_result {
    struct totals_line *lines; /* by month, contract year and category */
    size_t count;
    size_t differences;
};

/*
 * Where all figures of the summary are whole, the service may have rounded them: a difference of less than
 * one token is none then, whatever the tolerance. Everything lives in arena; what facts has is borrowed.
 * ERR_DATA for a figure that cannot be added up.
 */
MUST_CHECK bool totals_compare(const struct totals_facts *facts, struct arena *arena,
                               struct totals_result *result, struct err *err);

/*
 * The windows to load again, oldest first: months with a difference that is not stuck; months that follow one
 * another are one window. Lives in arena.
 */
struct windows totals_windows_to_reload(const struct totals_result *result, struct arena *arena);

#endif
