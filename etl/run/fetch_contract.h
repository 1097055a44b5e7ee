/*
 * From what the service keeps of a contract to a chunk's staged rows: `source: contract`. One request, no
 * pages.
 */
#ifndef RUN_FETCH_CONTRACT_H
#define RUN_FETCH_CONTRACT_H

#include "run/fetch_task.h"
#include "run/fetched.h"

/*
 * Asks for the chunk's dataset and stages its rows. ERR_DATA when the answer is not what the dataset is made
 * of, or a value does not fit its column; other errors as api_send() has them.
 */
MUST_CHECK bool fetch_contract(const struct fetch_task *task, struct fetched *fetched, struct err *err);

#endif
