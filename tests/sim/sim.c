#include "sim.h"

#include "clock.h"
#include "date.h"
#include "download.h"
#include "oauth.h"
#include "reads.h"
#include "summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOLD_MAX_MS 600000
#define SETTLE_MAX_MS 5000

typedef void serve_call(struct sim *sim, struct request *request, struct reply *reply);

/* A pattern's `:` meets any segment; the first one is the contract unless the pattern has none. */
struct route {
    const char *method;
    const char *pattern;
    enum call call;
    const char *scope;
    serve_call *serve;
};

#define API "tokenflex/v1/"

static const struct route routes[] = {
    {"POST", "authentication/v2/token", CALL_TOKEN, NULL, oauth_token},
    {"GET", "authentication/v2/authorize", CALL_AUTHORIZE, NULL, oauth_authorize},
    {"POST", API "usage/:/query", CALL_SUBMIT, "data:read", query_submit},
    {"GET", API "usage/:/query/:", CALL_PAGE, "data:read", query_get},
    {"GET", API "usage/:/summary", CALL_SUMMARY, "data:read", summary_read},
    {"GET", API "usage/:/last", CALL_LAST, "data:read", reads_last},
    {"GET", API "contract", CALL_CONTRACT, "data:read", reads_contracts},
    {"GET", API "contract/:", CALL_CONTRACT, "data:read", reads_contract},
    {"GET", API "contract/:/enrichment", CALL_ENRICHMENT, "data:read", reads_enrichment},
    {"GET", API "contract/:/enrichment/:", CALL_ENRICHMENT, "data:read", reads_enrichment_values},
    {"GET", API "contract/:/:", CALL_VALUES, "data:read", reads_field_values},
    {"POST", API "export/:/requests", CALL_EXPORT_SUBMIT, "data:write", export_submit},
    {"GET", API "export/:/requests", CALL_EXPORT_LIST, "data:read", export_list},
    {"POST", API "export/:/requests/markRead", CALL_EXPORT_MARK_READ, "data:write", export_mark_read},
    {"GET", API "export/:/requests/:", CALL_EXPORT_STATUS, "data:read", export_status},
    {"DELETE", API "export/:/requests/:", CALL_EXPORT_DELETE, "data:write", export_delete},
    {"POST", API "export/:/requests/:/retry", CALL_EXPORT_RETRY, "data:write", export_retry},
    {"POST", API "export/:/requests/:/refreshUrl", CALL_EXPORT_REFRESH_URL, "data:write", export_refresh_url},
    {"GET", API "export/:/schedules", CALL_SCHEDULES, "data:read", export_schedules},
};

void sim_lock(struct sim *sim)
{
    pthread_mutex_lock(&sim->lock);
}

void sim_unlock(struct sim *sim)
{
    pthread_mutex_unlock(&sim->lock);
}

void sim_init(struct sim *sim, struct config *config, struct script *script)
{
    pthread_condattr_t monotonic;

    pthread_mutex_init(&sim->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&sim->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    sim->first_config = config_hold(config);
    sim->config = config;
    sim->script = script;
    sim->started_ms = clock_ms();
    sim_seed_tokens(sim);
}

static void forget(struct sim *sim)
{
    queries_free(&sim->queries);
    exports_free(&sim->exports);
    for (enum grant_kind kind = 0; kind < GRANT_KIND_COUNT; kind++)
        tokens_forget(&sim->tokens, kind);
    stats_reset(&sim->stats);
}

void sim_free(struct sim *sim)
{
    forget(sim);
    script_release(sim->script);
    config_release(sim->config);
    config_release(sim->first_config);
    pthread_cond_destroy(&sim->changed);
    pthread_mutex_destroy(&sim->lock);
}

void sim_reset(struct sim *sim, bool keep_config)
{
    char *reason = NULL;

    forget(sim);
    sim->budget = sim->token_budget = (struct budget){0};
    sim->cuts_made = 0;
    script_release(sim->script);
    sim->script = script_make(json_object_new_array(), &reason);
    if (!keep_config) {
        config_release(sim->config);
        sim->config = config_hold(sim->first_config);
    }
    sim_seed_tokens(sim);
}

void sim_seed_tokens(struct sim *sim)
{
    for (size_t i = 0; i < sim->config->refresh_token_count; i++)
        if (tokens_find(&sim->tokens, GRANT_REFRESH, sim->config->refresh_tokens[i]) == NULL)
            tokens_give(&sim->tokens,
                        &(struct grant_terms){.kind = GRANT_REFRESH,
                                              .text = sim->config->refresh_tokens[i],
                                              .scopes = "data:read data:write",
                                              .until_ms = clock_ms() + sim->config->refresh_lifetime_ms});
}

void sim_stop(struct sim *sim)
{
    sim_lock(sim);
    sim->stopping = true;
    pthread_cond_broadcast(&sim->changed);
    sim_unlock(sim);
}

/* Under the lock: waits for `ms`, or until something changed. False once the time is over. */
static bool wait_change(struct sim *sim, int64_t until_ms)
{
    struct timespec until = {.tv_sec = (time_t)(until_ms / 1000),
                             .tv_nsec = (long)(until_ms % 1000) * 1000000};

    return clock_ms() < until_ms && pthread_cond_timedwait(&sim->changed, &sim->lock, &until) == 0;
}

static void delay(struct sim *sim, int64_t ms)
{
    int64_t until_ms = clock_ms() + ms;

    if (ms <= 0)
        return;
    sim_lock(sim);
    while (!sim->stopping && clock_ms() < until_ms)
        wait_change(sim, until_ms);
    sim_unlock(sim);
}

static void hold(struct sim *sim)
{
    int64_t until_ms = clock_ms() + HOLD_MAX_MS;

    sim_lock(sim);
    uint64_t releases = sim->releases;
    sim->stats.held++;
    pthread_cond_broadcast(&sim->changed);
    while (!sim->stopping && sim->releases == releases && clock_ms() < until_ms)
        wait_change(sim, until_ms);
    if (sim->releases == releases)
        sim->stats.held--;
    sim_unlock(sim);
}

void sim_release(struct sim *sim)
{
    sim->releases++;
    sim->stats.held = 0;
    pthread_cond_broadcast(&sim->changed);
}

void sim_settle(struct sim *sim)
{
    int64_t until_ms = clock_ms() + SETTLE_MAX_MS;

    while (!sim->stopping && sim->serving > sim->stats.held && clock_ms() < until_ms)
        wait_change(sim, until_ms);
}

/* Whether the request's path is the pattern; *contract is the segment of the first `:`. */
static bool route_meets(const struct route *route, struct request *request, const char **contract)
{
    const char *at = route->pattern;

    *contract = NULL;
    for (size_t i = 0; i < request->part_count; i++) {
        size_t length = strcspn(at, "/");

        if (length == 0)
            return false;
        if (length == 1 && *at == ':')
            *contract = *contract != NULL ? *contract : request->parts[i];
        else if (strlen(request->parts[i]) != length || strncmp(at, request->parts[i], length) != 0)
            return false;
        at += length;
        at += *at == '/';
    }
    return *at == '\0';
}

static const struct route *find_route(struct request *request, bool *path_known)
{
    const char *contract;

    *path_known = false;
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        if (!route_meets(&routes[i], request, &contract))
            continue;
        *path_known = true;
        if (strcmp(routes[i].method, request->method) == 0) {
            request->contract = contract;
            return &routes[i];
        }
    }
    return NULL;
}

/* Names the call and takes what it meets: the settings and a rule. */
static void begin(struct sim *sim, struct request *request, const struct route *route)
{
    if (!request->on_download_port)
        request->call = route != NULL ? route->call : CALL_OTHER;
    sim_lock(sim);
    if (request->call == CALL_PAGE && !query_was_shown(sim, request->parts[5]))
        request->call = CALL_POLL;
    request->scope = route != NULL ? route->scope : NULL;
    request->config = config_hold(sim->config);
    request->script = script_hold(sim->script);
    request->rule =
        script_match(sim->script, request->call, request->contract, request->uri, request_body(request));
    sim_unlock(sim);
}

static void reply_by_rule(const struct rule *rule, struct reply *reply)
{
    unsigned status = rule->status != RULE_NONE ? (unsigned)rule->status : rule->redirect != NULL ? 302 : 200;

    reply->close = rule->close == CLOSE_BEFORE;
    reply_usual(reply, status);
    if (rule->body != NULL) {
        buf_free(&reply->body);
        buf_text(&reply->body, rule->body);
    }
    if (rule->redirect != NULL)
        reply_header(reply, "Location", rule->redirect);
}

/* `iso:+5`: in five seconds by the service's clock, in that form; anything else as it is. */
static void add_retry_after(const char *text, const struct config *config, struct reply *reply)
{
    char date[DATE_BYTES];
    const char *colon = strchr(text, ':');
    int64_t moment = clock_utc_seconds() + config->clock_ahead_s + (colon != NULL ? atoll(colon + 1) : 0);
    bool is_date = colon != NULL && date_in_form(text, (size_t)(colon - text), moment, date) != NULL;

    reply_header(reply, "Retry-After", is_date ? date : text);
}

static void add_rule_headers(const struct rule *rule, const struct config *config, struct reply *reply)
{
    if (rule->retry_after != NULL)
        add_retry_after(rule->retry_after, config, reply);
    if (rule->headers == NULL)
        return;
    json_object_object_foreach(rule->headers, name, value)
    {
        if (strcasecmp(name, "Content-Type") == 0)
            reply->content_type = json_object_get_string(value);
        else
            reply_header(reply, name, json_object_get_string(value));
    }
}

/* Changes the finished answer as the rule says. */
static void spoil(const struct rule *rule, const struct config *config, struct reply *reply)
{
    const char *found =
        rule->find != NULL && reply->body.data != NULL ? strstr(reply->body.data, rule->find) : NULL;

    if (found != NULL) {
        struct buf changed = BUF_MAX(REPLY_MAX_BYTES);

        buf_add(&changed, reply->body.data, (size_t)(found - reply->body.data));
        buf_text(&changed, rule->with);
        buf_text(&changed, found + strlen(rule->find));
        buf_free(&reply->body);
        reply->body = changed;
    }
    if (rule->trailing != NULL && reply->stream == NULL)
        buf_text(&reply->body, rule->trailing);
    if (rule->close_at != RULE_NONE)
        reply->cut_at = rule->close_at;
    if (rule->close_in_header != RULE_NONE)
        reply->header_cut_at = rule->close_in_header;
    reply->close |= rule->close == CLOSE_AFTER;
    add_rule_headers(rule, config, reply);
}

static bool within_budget(struct sim *sim, const struct request *request, struct reply *reply)
{
    int64_t wait_ms;

    sim_lock(sim);
    bool within = budget_take(&sim->budget, request->config->rate_per_minute, request->config->rate_burst,
                              clock_ms(), &wait_ms);
    sim->stats.refused_429 += !within;
    sim_unlock(sim);
    if (!within)
        reply_quota(reply, (wait_ms + 999) / 1000);
    return within;
}

/* The user sees the contract; `null` stands for exports made elsewhere. */
static bool contract_seen(const struct request *request, struct reply *reply)
{
    const struct config *config = request->config;
    bool null_contract = request->call == CALL_EXPORT_LIST && request->contract != NULL &&
                         strcmp(request->contract, "null") == 0;

    if (request->contract == NULL || null_contract)
        return true;
    if (config->administrator && config_contract(config, request->contract) != NULL)
        return true;
    reply_error(reply, 403, "The user has no access to this contract.");
    return false;
}

/* The service's clock, as its answers tell it. */
static void tell_date(const struct config *config, struct reply *reply)
{
    char date[DATE_BYTES];

    if (config->clock_ahead_s != 0)
        reply_header(reply, "Date", date_http(clock_utc_seconds() + config->clock_ahead_s, date));
}

void sim_serve(struct sim *sim, struct request *request, struct reply *reply)
{
    bool path_known = true;
    const struct route *route = request->on_download_port ? NULL : find_route(request, &path_known);

    sim_lock(sim);
    sim->serving++;
    sim_unlock(sim);
    begin(sim, request, route);
    if (request->scope != NULL)
        delay(sim, request->config->latency_ms);
    if (request->rule != NULL && request->rule->hold)
        hold(sim);
    if (request->rule != NULL)
        delay(sim, request->rule->delay_ms);
    if (request->rule != NULL && rule_answers(request->rule)) {
        reply_by_rule(request->rule, reply);
    } else if (request->on_download_port) {
        download_serve(sim, request, reply);
    } else if (route == NULL) {
        reply_error(reply, path_known ? 405 : 404,
                    path_known ? "Not with this method." : "There is no such resource.");
    } else if (route->scope == NULL) {
        route->serve(sim, request, reply);
    } else if (oauth_admit(sim, request, reply) && within_budget(sim, request, reply) &&
               contract_seen(request, reply)) {
        route->serve(sim, request, reply);
    }
    if (request->rule != NULL)
        spoil(request->rule, request->config, reply);
    if (reply->body.overflowed)
        reply_error(reply, 500, "The answer is too large for the simulator.");
    tell_date(request->config, reply);
}

void sim_account(struct sim *sim, const struct request *request, const struct reply *reply)
{
    bool told = request->call == CALL_SUBMIT || request->call == CALL_EXPORT_SUBMIT;
    char *path = mem_text(request->uri);
    int64_t now_ms = clock_ms();

    if (request->call == CALL_DOWNLOAD || request->call == CALL_AUTHORIZE)
        path[strcspn(path, "?")] = '\0';
    struct stats_entry entry = {.at_ms = request->began_ms - sim->started_ms,
                                .took_ms = now_ms - request->began_ms,
                                .call = request->call,
                                .method = mem_text(request->method),
                                .path = path,
                                .body = told ? mem_text(request_body(request)) : NULL,
                                .status = reply->close ? 0 : reply->status,
                                .query_status = reply->query_status,
                                .rows = (int64_t)reply->rows,
                                .ruled = request->rule != NULL};
    sim_lock(sim);
    sim->serving--;
    stats_add(&sim->stats, &entry);
    sim->stats.bytes_served += reply->close ? 0 : (int64_t)reply->body.length;
    sim->stats.unauthorized += reply->status == 401 && request->scope != NULL;
    sim->stats.budgeted +=
        request->scope != NULL && (reply->close || (reply->status != 401 && reply->status != 429));
    pthread_cond_broadcast(&sim->changed);
    sim_unlock(sim);
}
