/*
 * What a command needs to ask the service anything: HTTP client, access token, the line in front of the
 * request budget. Shared by all threads of the process.
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

/* Settings are borrowed until service_close(). Asks nothing yet. */
MUST_CHECK bool service_open(const struct settings *settings, const struct http_options *http,
                             struct service *service, struct err *err);
void service_close(struct service *service); /* one that is all zero is allowed */

/* The options of an HTTP client, as the settings have them. */
struct http_options service_http_options(const struct settings *settings, const char *user_agent);

/* One thread's way to the service: pg is where it keeps the budget; deadline_ms as in struct api. */
struct api service_api(const struct service *service, struct pg *pg, int64_t deadline_ms);

#endif
