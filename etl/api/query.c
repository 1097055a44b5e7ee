#include "api/query.h"

#include "api/poll.h"
#include "api/query_inner.h"
#include "api/service_error.h"
#include "api/url.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/progress.h"
#include "base/text.h"
#include "state/page_limit.h"

#include <stdlib.h>
#include <string.h>

void page_release(struct page *page)
{
    http_response_cleanup(&page->response);
    answer_release(&page->answer);
    arena_release(page->arena);
    *page = (struct page){0};
}

size_t page_bytes(const struct page *page)
{
    return page->response.body.length + page->answer.place_count * sizeof *page->answer.places;
}

struct query query_make(struct api *api, const char *contract, unsigned page_size)
{
    return (struct query){
        .api = api,
        .contract = contract,
        .page_size = page_size,
        .url = buf_make(BUF_OWN_TEXT),
        .ready_ms = -1,
        .expires_at_ms = CLOCK_NEVER,
    };
}

bool query_reserve(struct query *query, uint64_t requests, struct err *err)
{
    query->reservation.lifetime_ms = query->api->settings->api.result_lifetime_ms;
    return queue_reserve(query->api->queue, query->api->pg, &query->reservation, requests, err);
}

void query_cleanup(struct query *query)
{
    buf_release(&query->url);
}

/* An answer that the HTTP client's thread has read. */
struct parsed_page {
    struct arena *arena;
    struct answer answer;
    bool accepted;
    struct err err; /* why it is not accepted */
};

static void *parse_page(struct buf *body, uint64_t offset)
{
    struct parsed_page *parsed = mem_alloc(1, sizeof *parsed);
    parsed->arena = arena_make();
    struct answer_source source = {body, offset, parsed->arena};
    parsed->accepted = answer_read(&source, &parsed->answer, &parsed->err);
    return parsed;
}

static void release_parsed(void *context)
{
    struct parsed_page *parsed = context;
    answer_release(&parsed->answer);
    arena_release(parsed->arena);
    free(parsed);
}

static struct http_parser parser_of_page(uint64_t offset)
{
    return (struct http_parser){.parse = parse_page, .release = release_parsed, .argument = offset};
}

/* Moves the answer from the page's response to the page. The response of a 2xx answer always has one. */
static bool take_answer(void *context, struct buf *body, struct err *err)
{
    (void)body;
    struct page *page = context;
    struct parsed_page *parsed = page->response.parsed;
    answer_release(&page->answer);
    arena_release(page->arena);
    page->arena = parsed->arena;
    page->answer = parsed->answer;
    parsed->arena = NULL;
    parsed->answer = (struct answer){0};
    if (!parsed->accepted)
        *err = parsed->err;
    return parsed->accepted;
}

/* Updates the query's address from an answer; an answer without an address changes nothing. */
static bool store_url(struct query *query, const struct answer *answer, struct err *err)
{
    const char *base_url = query->api->settings->api.base_url;
    bool has_uri = answer->detail_uri && *answer->detail_uri;
    bool has_id = answer->id && *answer->id;
    if (query->url.length > 0 || (!has_uri && !has_id))
        return true;
    if (has_uri)
        return url_put_detail(&query->url, base_url, answer->detail_uri, err);
    url_put_query(&query->url, base_url, query->contract, answer->id);
    return true;
}

/* The requests that the result is expected to take: a poll that brings the first page, and the other pages.
 */
static uint64_t expected_requests(const struct query *query)
{
    return query->expected_rows / query->page_size + 1;
}

/* The result has just been seen for the first time. */
static void note_ready(struct query *query, int64_t ready_ms)
{
    query->ready_ms = ready_ms;
    query->expires_at_ms = clock_deadline(query->api->settings->api.result_lifetime_ms);
}

bool query_submit(struct query *query, const char *body, struct page *page, struct err *err)
{
    SCOPED(buf) struct buf url = buf_make(BUF_OWN_TEXT);
    url_put_submit(&url, query->api->settings->api.base_url, query->contract);
    struct api_request request = {
        .method = HTTP_POST,
        .url = buf_text(&url),
        .body = body,
        .contract = query->contract,
        .what = "submit the query",
        .scope = "data:read",
        .max_bytes = QUERY_MAX_PAGE_BYTES,
        .parser = parser_of_page(0),
        .queue_request = {.urgency = URGENCY_SUBMIT,
                          .expires_at_ms = CLOCK_NEVER,
                          .requests_needed = expected_requests(query),
                          .reservation = &query->reservation},
    };
    const struct api_settings *settings = &query->api->settings->api;
    /* The result is ready by the query's deadline and is kept for its lifetime; after both, nothing can be
     * fetched.
     */
    query->reservation.lifetime_ms = settings->query_deadline_ms + settings->result_lifetime_ms;
    progress_phase("submitting");
    buf_clear(&query->url);
    query->polls = 0;
    query->unobserved_ms = 0;
    query->expires_at_ms = CLOCK_NEVER;
    *page = (struct page){0};
    bool sent =
        api_send(query->api, &request, (struct api_acceptor){take_answer, page}, &page->response, err);
    query->submitted_at_ms = clock_now_ms();
    if (!sent || !store_url(query, &page->answer, err))
        return false;
    if (page->answer.status == QUERY_DONE)
        note_ready(query, -1);
    log_info("query-submitted", "query submitted: %s", query_status_name(page->answer.status));
    return true;
}

bool query_resume(struct query *query, const char *url, int64_t age_ms, struct page *page)
{
    const char *base_url = query->api->settings->api.base_url;
    *page = (struct page){.answer = {.status = QUERY_QUEUED}};
    if (!text_starts_with(url, base_url) || url[strlen(base_url)] != '/')
        return false;
    buf_clear(&query->url);
    buf_put(&query->url, url);
    query->polls = 0;
    query->unobserved_ms = 0;
    query->expires_at_ms = CLOCK_NEVER;
    query->submitted_at_ms = clock_now_ms() - age_ms;
    return true;
}

struct api_call *query_start_page(struct query *query, uint64_t offset, struct err *err)
{
    SCOPED(buf) struct buf url = buf_make(BUF_OWN_TEXT);
    bool polls = query->expires_at_ms == CLOCK_NEVER;
    if (query->url.length == 0) {
        err_set(err, ERR_DATA,
                "the service named neither id nor detail_uri of the query, and its answer is not whole");
        return NULL;
    }
    buf_put(&url, buf_text(&query->url));
    url_put_page(&url, offset, query->page_size);
    struct api_request request = {
        .method = HTTP_GET,
        .url = buf_text(&url),
        .contract = query->contract,
        .what = polls ? "poll the query" : "fetch a page",
        .scope = "data:read",
        .max_bytes = QUERY_MAX_PAGE_BYTES,
        .parser = parser_of_page(offset),
        .queue_request = {.urgency = polls ? URGENCY_POLL : URGENCY_PAGE,
                          .expires_at_ms = query->expires_at_ms},
    };
    struct api_call *call = api_start(query->api, &request, err);
    query->poll_sent_ms = clock_now_ms();
    return call;
}

/* Round sizes, which services allow: a limit of 1000 is met exactly. Token Flex API, "Query". */
unsigned query_page_size_below(unsigned rows)
{
    static const unsigned ladder[] = {5000, 2000, 1000, 500, 250};
    for (size_t i = 0; i < COUNT_OF(ladder); i++)
        if (ladder[i] < rows)
            return ladder[i];
    return QUERY_MIN_PAGE;
}

/* The service refuses pages of the current size. */
static void lower_page_size(struct query *query)
{
    query->page_size = query_page_size_below(query->page_size);
    log_warn("page-size", "the service refuses pages so large; asking for %u rows from now on",
             query->page_size);
}

/* Stores the page size that the service grants, so that the account's other jobs need not find it out. */
static bool remember_page_size(struct query *query, struct err *err)
{
    struct budget budget = budget_of(query->api->settings);
    /* Where there is a limit, the request of the page was taken from the account's row. */
    budget.was_used = budget.per_minute > 0;
    return page_limit_learn(query->api->pg, &budget, query->page_size, err);
}

/* Whether the service grants fewer rows per page than requested. A full page shows that, but not the last
 * page: its `limit` may be its own number of rows. */
static bool is_granted_less(const struct query *query, const struct page *page)
{
    const struct answer *answer = &page->answer;
    bool is_full = answer->has_result && answer->row_count == answer->limit;
    return is_full && answer->limit > 0 && answer->limit < query->page_size &&
           page->offset + answer->row_count < answer->total;
}

bool query_finish_page(struct query *query, struct api_call *call, uint64_t offset, struct page *page,
                       struct err *err)
{
    bool lowered = false;
    for (;;) {
        *page = (struct page){.offset = offset};
        if (api_finish(query->api, call, (struct api_acceptor){take_answer, page}, &page->response, err))
            break;
        if (service_error_is_gone(page->response.status)) {
            log_info("query-gone", "%s", err->text);
            page->answer.status = QUERY_EXPIRED;
            return true;
        }
        if (page->response.status != 400)
            return false;
        if (query->page_size <= QUERY_MIN_PAGE)
            return lowered ? err_wrap(err, "also with the smallest page_size, %d rows", QUERY_MIN_PAGE)
                           : false;
        page_release(page);
        lower_page_size(query);
        lowered = true;
        call = query_start_page(query, offset, err);
        if (!call)
            return false;
    }
    if (lowered && !remember_page_size(query, err))
        return false;
    if (is_granted_less(query, page))
        query->page_size = (unsigned)page->answer.limit;
    return true;
}

static bool is_over(const struct answer *answer)
{
    switch (answer->status) {
    case QUERY_QUEUED:
    case QUERY_PROCESSING:
        return false;
    case QUERY_DONE:
        return answer->has_result;
    case QUERY_FAILED:
    case QUERY_TIMEOUT:
    case QUERY_EXPIRED:
        return true;
    }
    return true;
}

static int64_t next_poll_ms(const struct query *query, int64_t now_ms)
{
    const struct api_settings *settings = &query->api->settings->api;
    struct poll_schedule schedule = {
        .first_ms = settings->poll_first_ms,
        .max_ms = settings->poll_max_ms,
        .expected_ms = query->expected_ms,
        .submitted_ms = query->submitted_at_ms,
    };
    return poll_schedule_next_ms(&schedule, query->polls, now_ms);
}

/* Sleeps until the next poll is due; *past if the query has run past its deadline. */
static bool wait_for_poll(struct query *query, bool *past, struct err *err)
{
    int64_t deadline_ms =
        query->submitted_at_ms + query->unobserved_ms + query->api->settings->api.query_deadline_ms;
    int64_t poll_ms = next_poll_ms(query, clock_now_ms());
    struct poll_wait wait = {
        .what = "the query is not done",
        .polls = query->polls,
        .until_ms = poll_ms < deadline_ms ? poll_ms : deadline_ms,
    };
    query->poll_due_ms = next_poll_ms(query, query->poll_sent_ms);
    *past = poll_schedule_is_overdue(query->polls, query->poll_sent_ms, deadline_ms);
    return *past || poll_wait(query->api, &wait, err);
}

static int64_t ready_ms_of(const struct query *query)
{
    return poll_schedule_ready_ms(&(struct poll_found){
        .submitted_ms = query->submitted_at_ms,
        .due_ms = query->poll_due_ms,
        .sent_ms = query->poll_sent_ms,
        .unobserved_ms = query->unobserved_ms,
    });
}

/* One GET of the first page. */
static bool poll(struct query *query, struct page *page, struct err *err)
{
    struct api_call *call = query_start_page(query, 0, err);
    page_release(page);
    if (!call || !query_finish_page(query, call, 0, page, err))
        return false;
    log_debug("query-polled", "poll %u: %s", query->polls + 1, query_status_name(page->answer.status));
    if (page->answer.status == QUERY_DONE && query->expires_at_ms == CLOCK_NEVER)
        note_ready(query, ready_ms_of(query));
    if (page->answer.status == QUERY_QUEUED || page->answer.status == QUERY_PROCESSING) {
        query->unobserved_ms += poll_schedule_late_ms(query->poll_due_ms, query->poll_sent_ms);
        query->polls++;
    }
    return true;
}

bool query_await(struct query *query, struct page *page, struct err *err)
{
    bool ready_before = false;
    progress_phase("polling");
    while (!is_over(&page->answer)) {
        bool past = false;
        /* A cached result that came without its rows is ready: it is fetched without a wait. */
        bool ready = page->answer.status == QUERY_DONE;
        if (ready && ready_before)
            return err_set(err, ERR_DATA, "the service says DONE, and gives no result");
        ready_before = ready;
        if (!ready && !wait_for_poll(query, &past, err))
            return false;
        if (past) {
            page->answer.status = QUERY_TIMEOUT;
            return true;
        }
        if (!poll(query, page, err))
            return false;
    }
    return true;
}
