/*
 * Fetches the service's own record of a contract into the stage of a chunk: `source: contract`. One request,
 * no pages. Token Flex API, "Other reads".
 */
#ifndef RUN_FETCH_CONTRACT_H
#define RUN_FETCH_CONTRACT_H

#include "run/fetch_task.h"
#include "run/fetched.h"

/*
 * Requests the chunk's dataset and stages its rows. ERR_DATA if the answer does not have the form of the
 * dataset, or a value does not fit its column; other errors as from api_send().
 */
MUST_CHECK bool fetch_contract(const struct fetch_task *task, struct fetched *fetched, struct err *err);

#endif
