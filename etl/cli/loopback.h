/* A listener on 127.0.0.1 for the redirect from the service's login page. Uses libmicrohttpd. */
#ifndef CLI_LOOPBACK_H
#define CLI_LOOPBACK_H

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

struct loopback; /* opaque */

/* The port of the callback URL that the documentation has users register. */
#define LOOPBACK_PORT 8080

/* NULL on error. */
struct loopback *loopback_open(uint16_t port, struct err *err);
void loopback_close(struct loopback *loopback); /* NULL is allowed */

/*
 * Waits for a request to LOOPBACK_PATH and appends its query to url, from `?` on, without the path. The
 * browser shows a page that tells the user to return to the terminal. ERR_AUTH if no request came within
 * wait_ms, or if the query is too long; ERR_STOPPED.
 */
#define LOOPBACK_PATH "/callback"
MUST_CHECK bool loopback_wait(struct loopback *loopback, int64_t wait_ms, struct buf *url, struct err *err);

#endif
