/* What only report/ping.c and its unit tests use. */
#ifndef REPORT_PING_INNER_H
#define REPORT_PING_INNER_H

#include "report/ping.h"

/* Appends url with a segment added to its path, before its query: `…/start`. "": no segment. Pure. */
void ping_put_url(struct buf *out, const char *url, const char *segment);

/* Appends the body of the end ping. Pure. */
void ping_put_body(struct buf *out, const struct run_end *end);

#endif
