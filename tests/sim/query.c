#include "query.h"

#include "clock.h"
#include "page.h"
#include "sim.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

static void query_free(struct query *query)
{
    free(query->id);
    free(query->key);
    free(query->contract);
    free(query->host);
    plan_release(query->plan);
    free(query);
}

void queries_free(struct queries *queries)
{
    for (size_t i = 0; i < queries->count; i++)
        query_free(queries->list[i]);
    queries->count = 0;
}

static struct query *query_find(const struct sim *sim, const char *id)
{
    for (size_t i = sim->queries.count; i-- > 0;)
        if (strcmp(sim->queries.list[i]->id, id) == 0)
            return sim->queries.list[i];
    return NULL;
}

bool query_was_shown(const struct sim *sim, const char *id)
{
    const struct query *query = query_find(sim, id);

    return query != NULL && query->shown_done;
}

static struct query *find_computed(const struct sim *sim, const char *key)
{
    for (size_t i = sim->queries.count; i-- > 0;)
        if (sim->queries.list[i]->done_ms >= 0 && strcmp(sim->queries.list[i]->key, key) == 0)
            return sim->queries.list[i];
    return NULL;
}

static void keep(struct queries *queries, struct query *query)
{
    if (queries->count == QUERY_MAX) {
        query_free(queries->list[0]);
        queries->count--;
        memmove(queries->list, queries->list + 1, queries->count * sizeof queries->list[0]);
    }
    queries->list[queries->count++] = query;
}

/* Under the lock. */
static char *detail_uri_of(const struct sim *sim, const struct query *query, const struct request *request)
{
    const char *root = request->config->detail_uri == DETAIL_URI_SHORT ? "/v1" : "/tokenflex/v1";

    if (request->rule != NULL && request->rule->detail_uri != NULL)
        return mem_text(request->rule->detail_uri);
    if (request->config->detail_uri == DETAIL_URI_ABSOLUTE)
        return mem_format("%s:%u%s/usage/%s/query/%s", query->host, sim->port, root, query->contract,
                          query->id);
    return mem_format("%s/usage/%s/query/%s", root, query->contract, query->id);
}

/* Moves the query on by one look at it and answers its status. */
static enum query_status look(struct query *query, const struct config *config, int64_t now_ms)
{
    bool first = !query->polled;

    query->polled = true;
    if (query->done_ms < 0 && query->polls_left > 0) {
        query->polls_left--;
        return first ? QUERY_QUEUED : QUERY_PROCESSING;
    }
    if (query->done_ms < 0 && now_ms < query->ready_ms)
        return first ? QUERY_QUEUED : QUERY_PROCESSING;
    if (query->fate != QUERY_DONE)
        return query->fate;
    if (query->done_ms < 0)
        query->done_ms = config->polls == 0 ? query->ready_ms : now_ms;
    return now_ms - query->done_ms > config->result_lifetime_ms ? QUERY_EXPIRED : QUERY_DONE;
}

/* offset and limit of the query string into page; false when refused. */
static bool read_limits(const struct request *request, struct page *page, struct reply *reply)
{
    const struct config *config = request->config;
    int64_t usual = config->default_limit < config->max_page ? config->default_limit : config->max_page;

    if (!text_form_number(request->form, "offset", 0, &page->offset) || page->offset < 0 ||
        !text_form_number(request->form, "limit", usual, &page->limit) || page->limit < 1) {
        reply_error(reply, 400, "offset must be a number from 0, limit one from 1.");
        return false;
    }
    page->limit_told = page->limit;
    if (page->limit <= config->max_page)
        return true;
    page->limit = config->max_page;
    if (config->over_limit == OVER_LIMIT_LOWER)
        page->limit_told = config->max_page;
    if (config->over_limit == OVER_LIMIT_REFUSE) {
        char *message = mem_format("limit must not exceed %lld.", (long long)config->max_page);

        reply_error(reply, 400, message);
        free(message);
        return false;
    }
    return true;
}

static struct query *query_make(struct sim *sim, struct request *request, struct query_body *body)
{
    const struct config *config = request->config;
    const struct rule *rule = request->rule;
    struct query *query = mem_zero(1, sizeof *query);
    char *hex = text_random_hex(28);

    query->id = mem_format("%s%s", config->id_form == ID_PREFIXED ? "query:" : "", hex);
    free(hex);
    query->contract = mem_text(request->contract);
    query->key = mem_format("%s\n%s", request->contract, request_body(request));
    query->host = request_host(request);
    query->fate = rule != NULL && rule->query_status != QUERY_NO_STATUS
                      ? rule->query_status
                      : (enum query_status)config->query_status;
    query->polls_left = config->polls;
    query->ready_ms = clock_ms() + config->query_ms;
    query->done_ms = -1;

    sim_lock(sim);
    struct query *computed = config->cached == CACHED_REPEAT ? find_computed(sim, query->key) : NULL;
    if (computed != NULL)
        query->plan = plan_hold(computed->plan);
    if ((computed != NULL || config->cached == CACHED_ALWAYS) && query->fate == QUERY_DONE) {
        query->done_ms = clock_ms();
        query->shown_done = true;
    }
    sim_unlock(sim);
    if (query->plan == NULL)
        query->plan = plan_make(request->config, config_contract(config, request->contract), body);
    return query;
}

void query_submit(struct sim *sim, struct request *request, struct reply *reply)
{
    struct query_body body;
    struct page page = {.status = QUERY_QUEUED, .rule = request->rule};
    char *message = NULL;

    if (!body_read(request_body(request), BODY_QUERY, &body, &message)) {
        reply_error(reply, 400, message);
    } else if (read_limits(request, &page, reply)) {
        struct query *query = query_make(sim, request, &body);

        sim_lock(sim);
        char *detail_uri = detail_uri_of(sim, query, request);
        sim_unlock(sim);
        page.id = request->rule != NULL && request->rule->id != NULL ? request->rule->id : query->id;
        page.detail_uri = detail_uri;
        page.status = query->shown_done ? QUERY_DONE : QUERY_QUEUED;
        page.plan = query->plan;
        page.trailing_comma =
            request->config->trailing_comma || request->config->dataset == DATASET_WALKTHROUGH;
        reply->query_status = page.status;
        reply->rows = page_write(&page, &reply->body);
        reply->status = (unsigned)request->config->created_status;
        sim_lock(sim);
        keep(&sim->queries, query);
        sim_unlock(sim);
        free(detail_uri);
    }
    free(message);
    body_free(&body);
}

/* The status of this answer: what a rule says, else what the query's life says. Under the lock. */
static enum query_status status_now(struct query *query, const struct request *request)
{
    enum query_status ruled = request->rule != NULL ? request->rule->query_status : QUERY_NO_STATUS;

    if (ruled == QUERY_FAILED || ruled == QUERY_TIMEOUT || ruled == QUERY_EXPIRED) {
        query->fate = ruled;
        query->polls_left = 0;
        query->ready_ms = 0;
    }
    if (ruled == QUERY_QUEUED || ruled == QUERY_PROCESSING)
        return ruled;
    return look(query, request->config, clock_ms());
}

void query_get(struct sim *sim, struct request *request, struct reply *reply)
{
    struct page page = {.rule = request->rule, .id = request->rule != NULL ? request->rule->id : NULL};
    char *detail_uri = NULL;
    char *id = NULL;

    if (!read_limits(request, &page, reply))
        return;
    sim_lock(sim);
    struct query *query = query_find(sim, request->parts[5]);
    bool ours = query != NULL && strcmp(query->contract, request->contract) == 0;
    if (ours) {
        page.status = status_now(query, request);
        query->shown_done |= page.status == QUERY_DONE;
        page.plan = plan_hold(query->plan);
        id = mem_text(page.id != NULL ? page.id : query->id);
        detail_uri = detail_uri_of(sim, query, request);
    }
    sim_unlock(sim);
    if (query == NULL)
        reply_error(reply, 404, "There is no such query.");
    else if (!ours)
        reply_error(reply, 403, "The query belongs to another contract.");
    if (!ours)
        return;
    if (page.status != QUERY_DONE || page.id != NULL) {
        page.id = id;
        page.detail_uri = detail_uri;
    }
    page.trailing_comma = request->config->trailing_comma || request->config->dataset == DATASET_WALKTHROUGH;
    reply->query_status = page.status;
    reply->rows = page_write(&page, &reply->body);
    plan_release(page.plan);
    free(detail_uri);
    free(id);
}
