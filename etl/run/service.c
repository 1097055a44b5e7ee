#include "run/service.h"

struct http_options service_http_options(const struct settings *settings, const char *user_agent)
{
    return (struct http_options){.user_agent = user_agent, .ca_file = settings->api.ca_file};
}

bool service_open(const struct settings *settings, const struct http_options *http, struct service *service,
                  struct err *err)
{
    struct budget budget = budget_of(settings);
    *service = (struct service){.settings = settings, .http = http_client_make(http, err)};
    if (!service->http)
        return false;
    service->tokens = token_make(settings, service->http);
    service->queue = queue_make(&budget, settings->api.result_lifetime_ms);
    return true;
}

void service_close(struct service *service)
{
    queue_release(service->queue);
    token_release(service->tokens);
    http_client_release(service->http);
    *service = (struct service){0};
}

struct api service_api(const struct service *service, struct pg *pg, int64_t deadline_ms)
{
    return (struct api){
        .settings = service->settings,
        .http = service->http,
        .tokens = service->tokens,
        .queue = service->queue,
        .pg = pg,
        .deadline_ms = deadline_ms,
    };
}
