/* Shared by the files of api/queue, and used by their unit tests. */
#ifndef API_QUEUE_INNER_H
#define API_QUEUE_INNER_H

#include "api/queue.h"

/* Whether `one` is sent before `other`. False for equals: these keep the order in which they came. Pure. */
bool queue_request_is_before(const struct queue_request *one, const struct queue_request *other);

#endif
