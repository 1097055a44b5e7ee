/*
 * The results of comparisons with the service's own totals, in tokenflex_etl.reconciliation: one set of rows
 * for each comparison, table and contract.
 */
#ifndef STATE_RECONCILIATION_H
#define STATE_RECONCILIATION_H

#include "base/arena.h"
#include "base/err.h"
#include "job/totals_rule.h"
#include "state/target_record.h"
#include "wire/pg/pg.h"

enum totals_status {
    TOTALS_EQUAL,
    TOTALS_DIFFERS,    /* and the service's figure has not changed: rows were lost or changed on our side, or
                          both were never equal */
    TOTALS_MOVED_ON,   /* it differs, and the service's figure has changed since both were last equal */
    TOTALS_RUNNING,    /* the month is not over */
    TOTALS_NOT_LOADED, /* the table does not hold the complete month */
};

/* equal, differs, moved_on, running, not_loaded. */
const char *totals_status_name(enum totals_status status);

/* Whether the table and the service differ. */
bool totals_is_difference(enum totals_status status);

struct reconciliation_line {
    struct totals_key key;
    const char *loaded; /* "0" if the table has no rows */
    const char *service;
    const char *difference; /* loaded - service */
    enum totals_status status;
    bool is_stuck; /* it differs as it did after the month was loaded again: another load would not help */
};

/* The results of earlier comparisons of the table and contract. NULL: there is none. */
struct totals_past {
    struct totals_key key;
    const char *equal_service;    /* the service's figure when both were equal last */
    const char *reloaded_service; /* both figures when they differed after the month was loaded again */
    const char *reloaded_loaded;
};

/* Which table and contract is compared. Borrowed. */
struct reconciliation_of {
    struct target_name name;
    const char *contract;
};

struct totals_pasts {
    struct totals_past *items;
    size_t count;
};

/* Reads the results of earlier comparisons. Lives in arena. */
MUST_CHECK bool reconciliation_past(struct pg *pg, const struct reconciliation_of *of, struct arena *arena,
                                    struct totals_pasts *pasts, struct err *err);

/* First days of months. */
struct totals_months {
    date_t *items;
    size_t count;
};

/*
 * Selects the months that the table holds completely: loads have covered every day of the month after it was
 * over (state/target_coverage), and the rows of the month have not been lost since. They are lost if no row
 * is left (`empty` lists the month) although the newest load of the month, or the last comparison, found
 * some: a partition was dropped, or old rows were deleted. Lives in arena.
 */
struct reconciliation_months {
    const struct totals_months *months;
    const struct totals_months *empty; /* of them, those that have no row in the table */
};
MUST_CHECK bool reconciliation_whole_months(struct pg *pg, const struct reconciliation_of *of,
                                            const struct reconciliation_months *asked, struct arena *arena,
                                            struct totals_months *whole, struct err *err);

/*
 * Whether a run would request the contract's summary: no run has requested it on this day (UTC), and one of
 * the tables holds, or will hold, a complete month that is over.
 */
struct reconciliation_due {
    const char *contract;
    const char *schema;
    const char *tables; /* names, one per line */
    bool will_hold;     /* one of the tables will hold such a month by then */
};
MUST_CHECK bool reconciliation_is_due(struct pg *pg, const struct reconciliation_due *due, bool *is_due,
                                      struct err *err);

/* Claims the request for the contract's summary on this day; *is_ours: no other run had claimed it. */
MUST_CHECK bool reconciliation_claim(struct pg *pg, const char *contract, bool *is_ours, struct err *err);

/* Releases the claim: no summary was received, and a later run of the day may request it. */
MUST_CHECK bool reconciliation_release(struct pg *pg, const char *contract, struct err *err);

/* Stores a comparison: one statement, committed outside a transaction. */
struct reconciliation_record {
    struct reconciliation_of of;
    const char *job;
    const char *invocation_id; /* a UUID; NULL: not known */
    const struct reconciliation_line *lines;
    size_t count;
    bool was_reloaded; /* the months that differed have been loaded again since the comparison before */
};
MUST_CHECK bool reconciliation_remember(struct pg *pg, const struct reconciliation_record *record,
                                        struct err *err);

#endif
