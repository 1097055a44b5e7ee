/*
 * Compares one table and contract with a summary of the service.
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
    struct years_result years; /* the contract's years, shown with the result */
    bool lacks_years;          /* the years could be shown, but no table has the contract's record */
    struct err err;            /* kind ERR_NONE: result is valid */
    bool has_summary;          /* the service has answered */
    struct summary summary;    /* the summary that result was compared with */
    struct windows reload;     /* what a repair loads again; none: nothing */
    bool was_reloaded;         /* all of it was loaded */
};

/* Everything is borrowed. */
struct reconcile_item_facts {
    const char *schema;    /* database.schema */
    const char *tolerance; /* reconcile_tolerance */
    date_t today;          /* UTC */
    const char *invocation_id;
    /* All jobs: those of the dataset contract_years load the contract's record. NULL: the contract's years
     * are not shown. */
    const struct jobs *defined;
    bool after_run; /* an automatic comparison after a run, not the command `reconcile` */
};

/*
 * Compares the item's table as it is now with item->summary and fills item->result; compares it with the
 * contract's record and fills item->years. If only the latter fails, that is a warning in the log. Everything
 * lives in arena. Errors as from month_sums_read() and totals_compare().
 */
MUST_CHECK bool reconcile_item_compare(struct reconcile_item *item, const struct reconcile_item_facts *facts,
                                       struct pg *pg, struct arena *arena, struct err *err);

/* Stores item->result (state/reconciliation). */
MUST_CHECK bool reconcile_item_remember(const struct reconcile_item *item,
                                        const struct reconcile_item_facts *facts, struct pg *pg,
                                        struct err *err);

#endif
