/*
 * What a command needs to call the service: HTTP client, access token, and the queue in front of the request
 * budget. Shared by all threads of the process.
 */
#ifndef RUN_SERVICE_H
#define RUN_SERVICE_H

#include "api/api.h"

struct service {
    const struct settings *settings;
    struct http_client *http;
    struct token_source *tokens;
    struct queue *queue;
};

/* settings are borrowed until service_close(). Sends no request. */
MUST_CHECK bool service_open(const struct settings *settings, const struct http_options *http,
                             struct service *service, struct err *err);
void service_close(struct service *service); /* an all-zero service is allowed */

/* The options of an HTTP client, from the settings. */
struct http_options service_http_options(const struct settings *settings, const char *user_agent);

/* The API access of one thread. pg is the connection to the budget; deadline_ms as in struct api. */
struct api service_api(const struct service *service, struct pg *pg, int64_t deadline_ms);

#endif
