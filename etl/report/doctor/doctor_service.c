#include "api/url.h"
#include "base/clock.h"
#include "base/http_date.h"
#include "report/doctor/doctor_inner.h"

#include <inttypes.h>
#include <stdio.h>

#define MAX_LIST ((size_t)16 << 20)

bool doctor_open_service(struct doctor *doctor, struct err *err)
{
    struct http_options http = service_http_options(&doctor->settings, doctor->options->user_agent);
    http.connect_timeout_ms = DOCTOR_STALL_MS;
    http.stall_timeout_ms = DOCTOR_STALL_MS;
    return doctor->service.http || service_open(&doctor->settings, &http, &doctor->service, err);
}

/* The list of contracts, and facts about the request. */
struct answer {
    struct arena *arena;
    struct contracts contracts;
    struct http_response response;
    uint64_t requests;
    int64_t middle_ms; /* the wall clock halfway between request and answer */
};

static bool accept(void *context, struct buf *body, struct err *err)
{
    struct answer *answer = context;
    return contract_read(buf_text(body), body->length, answer->arena, &answer->contracts, err);
}

static bool ask(struct doctor *doctor, struct answer *answer, struct err *err)
{
    SCOPED(buf) struct buf url = buf_make(BUF_OWN_TEXT);
    if (!doctor_open_service(doctor, err))
        return false;
    struct pg *budget = doctor->has_budget_table ? doctor->pg : NULL;
    struct api api = service_api(&doctor->service, budget, clock_deadline(DOCTOR_ANSWER_MS));
    buf_print(&url, "%s" API_ROOT "/contract", doctor->settings.api.base_url);
    const struct api_request request = {
        .method = HTTP_GET,
        .url = buf_text(&url),
        .what = "list the contracts",
        .scope = "data:read",
        .max_bytes = MAX_LIST,
        .queue_request = {.urgency = URGENCY_POLL, .expires_at_ms = CLOCK_NEVER},
    };
    bool answered = api_send(&api, &request, (struct api_acceptor){accept, answer}, &answer->response, err);
    answer->middle_ms = clock_wall_ms() - answer->response.elapsed_ms / 2;
    answer->requests = api.requests;
    return answered;
}

/* A refused request also counts. */
static void put_cost(const struct doctor *doctor, const struct answer *answer, char *out, size_t size)
{
    snprintf(out, size, "%" PRIu64 " request%s%s spent", answer->requests, answer->requests == 1 ? "" : "s",
             doctor->settings.api.per_minute > 0 ? " of the budget" : "");
}

static void put_api(struct doctor *doctor, const struct answer *answer, bool answered, const struct err *err)
{
    char cost[64];
    struct doctor_checks *checks = doctor->checks;
    const char *service = doctor->settings.api.base_url;
    const char *tls = text_starts_with(service, "https://") ? "its certificate is good" : "without TLS";
    bool told_to_wait = answer->response.status == 429 || answer->requests == 0;
    put_cost(doctor, answer, cost, sizeof cost);
    if (!answered && err->kind == ERR_LATER && told_to_wait)
        check_skip(checks, "api", "%s; %s", err->text, cost);
    else if (!answered)
        check_fail(
            checks,
            &(struct check_failure){"api", err->kind == ERR_LATER ? ERR_UNAVAILABLE : err->kind, err->hint},
            "%s; %s", err->text, cost);
    else if (answer->contracts.count == 0)
        check_fail(
            checks,
            &(struct check_failure){"api", ERR_AUTH,
                                    "only a Token Flex administrator sees contracts: log in as one, or "
                                    "have the client id tied to one"},
            "%s answers, and lists no contracts; %s", service, cost);
    else
        check_ok(checks, "api", "%s answered in %.2f s, %s; %s", service,
                 (double)answer->response.elapsed_ms / 1000, tls, cost);
}

/* The Date header has whole seconds: on average it lies half a second in the past. */
static void examine_clock(struct doctor *doctor, const struct answer *answer)
{
    int64_t served_ms;
    if (http_date_parse(answer->response.date, clock_wall_ms(), &served_ms))
        judge_clock(doctor->checks, "clock", "the service", answer->middle_ms - served_ms - 500);
    else
        check_skip(doctor->checks, "clock", "the service has sent no date");
}

/* Adds a skipped check that says why the service must not be called; false: it may be. */
static bool is_held_back(struct doctor *doctor)
{
    char until[CLOCK_TEXT];
    struct doctor_checks *checks = doctor->checks;
    const struct check *token = check_find(checks, "token");
    if (!check_has_not_failed(checks, "token") || (token && token->skipped))
        check_skip(checks, "api", "no token");
    else if (doctor->budget_wait_ms == DOCTOR_NO_BUDGET)
        check_skip(checks, "api", "the request budget cannot be read: see budget");
    else if (doctor->budget_wait_ms > 0)
        check_skip(checks, "api", "the request budget allows no request until %s",
                   clock_format(clock_wall_ms() + doctor->budget_wait_ms, until));
    else
        return false;
    return true;
}

void doctor_examine_service(struct doctor *doctor)
{
    struct err err = {0};
    struct answer answer = {.arena = doctor->checks->arena};
    bool held_back = is_held_back(doctor);
    bool answered = !held_back && ask(doctor, &answer, &err);
    if (!held_back)
        put_api(doctor, &answer, answered, &err);
    if (answer.contracts.count > 0)
        judge_contracts(doctor->checks, doctor->options->files.jobs, &answer.contracts);
    else
        check_skip(doctor->checks, "contracts", "see api");
    if (answer.response.status > 0)
        examine_clock(doctor, &answer);
    else
        check_skip(doctor->checks, "clock", "see api");
    http_response_cleanup(&answer.response);
}
