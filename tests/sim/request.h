/* One request as received: decoded path, body, the headers that matter, and what it meets (settings, rule).
 */
#ifndef SIM_REQUEST_H
#define SIM_REQUEST_H

#include "reply.h"
#include "script.h"

#define REQUEST_MAX_PARTS 8
#define REQUEST_MAX_BODY ((size_t)16 << 20)

struct request {
    char *method;
    char *uri;                      /* as received */
    const char *form;               /* the query string; "" when there is none */
    char *parts[REQUEST_MAX_PARTS]; /* path segments, percent-decoded, empty ones dropped */
    size_t part_count;
    struct buf body;
    char *authorization; /* NULL when absent; so is the next */
    char *host;
    bool on_download_port;
    int64_t began_ms;

    enum call call;
    const char *contract; /* a part, or NULL */
    const char *scope;    /* that the call needs; NULL: no bearer needed */
    struct config *config;
    struct script *script;
    const struct rule *rule;
    bool two_legged; /* bearer by client credentials */
};

/* Splits the URI; takes a copy of it. */
struct request *request_make(const char *uri);
void request_free(struct request *request);

/* The body as text, never NULL. */
const char *request_body(const struct request *request);

/* "http://host" for URLs in answers: the configured public host, else the request's own, without the port.
 * The caller frees. */
char *request_host(const struct request *request);

#endif
