/*
 * Contracts as the service lists them (Token Flex API, "Other reads": GET contract), and the last list, which
 * the tool's own schema remembers.
 */
#ifndef STATE_CONTRACTS_H
#define STATE_CONTRACTS_H

#include "base/arena.h"
#include "base/err.h"
#include "wire/pg/pg.h"

struct contract {
    const char *number;
    const char *name;  /* "" where the service names none */
    const char *start; /* the days as the service writes them; "" if it sends none */
    const char *end;
    bool is_active;
};

struct contracts {
    struct contract *items; /* in the service's order */
    size_t count;
};

/* Stores the list instead of the earlier one. Committed. */
MUST_CHECK bool contracts_remember(struct pg *pg, const char *account, const struct contracts *contracts,
                                   struct err *err);

/* Reads the last stored list, ordered by number. Without one, the list is empty. Only number and is_active
 * are stored: name is "", start and end are NULL. Texts live in arena. */
MUST_CHECK bool contracts_known(struct pg *pg, const char *account, struct arena *arena,
                                struct contracts *contracts, struct err *err);

#endif
