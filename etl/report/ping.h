/*
 * Pings: a run reports its start and its result to run.ping_url, in the protocol of healthchecks.io, so that
 * the receiver can raise an alert if a nightly run fails or does not start at all.
 *
 *     start     POST URL/start
 *     success   POST URL
 *     failure   POST URL/EXITCODE, with a few lines on what failed
 *
 * A ping never makes a run fail and never delays its work: the start is sent while the work begins, and the
 * end takes at most ten seconds, whatever the receiver does. A failed ping is a warning, which names only the
 * host of the URL, because anyone who knows the whole URL can send pings. The receiver may belong to a third
 * party: it gets the error texts of the log, which contain no secrets. Texts that quote rows (ERR_DATA) are
 * replaced.
 */
#ifndef REPORT_PING_H
#define REPORT_PING_H

#include "base/buf.h"
#include "job/settings.h"
#include "report/run_end.h"

struct ping; /* opaque */

/* Sends the start without waiting for the answer. Returns NULL if run.ping_url is not set, or, with a
 * warning, if no HTTP client can be made. settings are borrowed. ping_end() frees the ping. */
struct ping *ping_begin(const struct settings *settings, const char *user_agent);

/* Sends the end, also after a stop, and frees the ping. NULL is allowed. */
void ping_end(struct ping *ping, const struct run_end *end);

#endif
