/*
 * One table and contract, held against a summary of the service.
 */
#ifndef RUN_RECONCILE_ITEM_H
#define RUN_RECONCILE_ITEM_H

#include "run/compare_totals.h"
#include "run/compare_years.h"
#include "wire/pg/pg.h"

/* One table and contract. */
struct reconcile_item {
    const struct job *job; /* the first of those that load it */
    const char *contract;
    struct totals_rule rule;
    struct totals_result result;
    struct years_result years; /* the contract's years, shown beside the result */
    bool lacks_years;          /* they could be shown, but no table has the contract's record */
    struct err err;            /* kind ERR_NONE: result holds */
    bool has_summary;          /* the service has answered */
    struct summary summary;    /* that result is a comparison with */
    struct windows reload;     /* what a repair has loaded again; none: nothing */
    bool was_reloaded;         /* all of that is loaded */
};

/* Everything is borrowed. */
struct reconcile_item_facts {
    const char *schema;    /* database.schema */
    const char *tolerance; /* reconcile_tolerance */
    date_t today;          /* UTC */
    const char *invocation_id;
    /* Every job there is: those of the dataset contract_years load the contract's record. NULL: the
     * contract's years are not shown. */
    const struct jobs *defined;
};

/*
 * Compares the item's table as it is now with item->summary, and fills item->result; shows it beside the
 * contract's record, and fills item->years. What prevents the latter is a warning in the log. Everything
 * lives in arena. Errors as month_sums_read() has them.
 */
MUST_CHECK bool reconcile_item_compare(struct reconcile_item *item, const struct reconcile_item_facts *facts,
                                       struct pg *pg, struct arena *arena, struct err *err);

/* Keeps item->result (state/reconciliation). */
MUST_CHECK bool reconcile_item_remember(const struct reconcile_item *item,
                                        const struct reconcile_item_facts *facts, struct pg *pg,
                                        struct err *err);

#endif
