/*
 * The contracts that the user sees. Token Flex API, "Other reads": GET contract.
 */
#ifndef API_CONTRACT_H
#define API_CONTRACT_H

#include "api/api.h"
#include "base/arena.h"
#include "state/contracts.h"

/*
 * Requests the list: one request. Texts live in arena. ERR_AUTH when it is empty: only a Token Flex
 * administrator sees contracts; ERR_DATA when an entry lacks its number.
 */
MUST_CHECK bool contract_list(struct api *api, struct arena *arena, struct contracts *contracts,
                              struct err *err);

/* Reads the list from the service's answer: pure. An empty one is not an error here. Entries with the same
 * number become one, so that nothing is loaded twice: the first active one, else the first one. */
MUST_CHECK bool contract_read(const char *bytes, size_t length, struct arena *arena,
                              struct contracts *contracts, struct err *err);

#endif
