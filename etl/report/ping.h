/*
 * Pings: a run tells run.ping_url that it starts and how it ended, the way healthchecks.io takes it, so that
 * somebody is told of a night that failed, and of one that did not happen at all.
 *
 *     start     POST URL/start
 *     success   POST URL
 *     failure   POST URL/EXITCODE, with a few lines on what failed
 *
 * A ping never fails a run and never holds one up: the start goes out beside the work, and the end takes ten
 * seconds at most, however the receiver behaves. What goes wrong is a warning with the receiver's host alone,
 * for whoever knows the URL can send pings. The receiver may be anybody's: it is told the errors of the log,
 * which hold no secret, but for those that quote rows.
 */
#ifndef REPORT_PING_H
#define REPORT_PING_H

#include "base/buf.h"
#include "job/settings.h"
#include "report/run_ending.h"

struct ping; /* opaque */

/* Sends the start, without waiting for it. NULL where run.ping_url is not set. settings are borrowed. */
struct ping *ping_begin(const struct settings *settings, const char *user_agent);

/* Sends the end, also after a stop, and ends the ping. NULL is allowed. */
void ping_end(struct ping *ping, const struct run_ending *ending);

/* url with a segment added to its path, its query kept behind it: `…/start`. "" adds none. Pure. */
void ping_put_url(struct buf *out, const char *url, const char *segment);

/* What the end's ping says. Pure. */
void ping_put_body(struct buf *out, const struct run_ending *ending);

#endif
