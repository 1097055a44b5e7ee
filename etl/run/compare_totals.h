/*
 * Compares the tokens that a table holds of a contract with the service's own totals: by month, and as finely
 * as the rows allow (job/totals_rule). Pure: no figure is rounded, and no request is made.
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
    const struct summary *summary; /* the complete summary of the contract */
    /* The sums of the table. Sums with the same key are added up, and categories may have their old names.
     * Months before the first or after the last of the summary are ignored: the service may not go back so
     * far, or may not have reached them yet. If the summary is empty and may_be_empty is set, all months
     * are ignored. */
    const struct totals_figure *loaded;
    size_t loaded_count;
    const date_t *whole_months; /* first days of the months that are completely loaded */
    size_t whole_count;
    const struct totals_past *past;
    size_t past_count;
    date_t today;          /* UTC */
    const char *tolerance; /* tokens by which a figure may differ, as decimal digits */
    bool may_be_empty;     /* an empty summary tells nothing; else it tells that there is no usage */
};

struct totals_result {
    struct reconciliation_line *lines; /* by month, contract year and category */
    size_t count;
    size_t differences;
};

/*
 * If all figures of the summary are whole numbers, the service may have rounded them: then a difference below
 * one token counts as equal, whatever the tolerance. Everything lives in arena; the members of facts are
 * borrowed. ERR_DATA for a figure that cannot be added up.
 */
MUST_CHECK bool totals_compare(const struct totals_facts *facts, struct arena *arena,
                               struct totals_result *result, struct err *err);

/*
 * The windows to load again, oldest first: the months with a difference, unless another load would not help
 * (is_stuck). Adjacent months form one window. Lives in arena.
 */
struct windows totals_windows_to_reload(const struct totals_result *result, struct arena *arena);

#endif
