/*
 * The contracts that the service listed last, as the tool's own schema remembers them.
 */
#ifndef LOAD_CONTRACT_LOG_H
#define LOAD_CONTRACT_LOG_H

#include "api/contract.h"
#include "wire/pg/pg.h"

/* Takes the place of the list before. Committed. */
MUST_CHECK bool contract_log_remember(struct pg *pg, const char *account, const struct contracts *contracts,
                                      struct err *err);

/* The list as it was; empty where there was none. Ordered by number; texts live in arena. */
MUST_CHECK bool contract_log_known(struct pg *pg, const char *account, struct arena *arena,
                                   struct contracts *contracts, struct err *err);

#endif
