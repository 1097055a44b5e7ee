#include "api/query.h"

#include "api/url.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/stop.h"

#include <inttypes.h>

void page_release(struct page *page)
{
    http_response_cleanup(&page->response);
    arena_release(page->arena);
    *page = (struct page){0};
}

void page_cleanup(struct page *page)
{
    page_release(page);
}

struct query query_make(struct api *api, const char *contract, unsigned page_size)
{
    return (struct query){
        .api = api, .contract = contract, .page_size = page_size, .url = buf_make(BUF_OWN_TEXT)};
}

void query_cleanup(struct query *query)
{
    buf_release(&query->url);
}

static bool read_page(void *context, struct buf *body, struct err *err)
{
    struct page *page = context;
    arena_release(page->arena);
    page->arena = arena_make();
    struct answer_source source = {body, page->offset, page->arena};
    return answer_read(&source, &page->answer, err);
}

/* Where the query is to be asked for from now on: an answer without a place changes nothing. */
static bool keep_place(struct query *query, const struct answer *answer, struct err *err)
{
    const char *base_url = query->api->settings->api.base_url;
    if (query->url.length > 0 || (!answer->detail_uri && !answer->id))
        return true;
    if (answer->detail_uri)
        return url_put_detail(&query->url, base_url, answer->detail_uri, err);
    url_put_query(&query->url, base_url, query->contract, answer->id);
    return true;
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
    };
    buf_clear(&query->url);
    query->polls = 0;
    *page = (struct page){0};
    bool sent = api_send(query->api, &request, (struct api_acceptor){read_page, page}, &page->response, err);
    query->submitted_at_ms = clock_now_ms();
    if (!sent || !keep_place(query, &page->answer, err))
        return false;
    log_debug("query-submitted", "query submitted: %s", query_status_name(page->answer.status));
    return true;
}

struct api_call *query_start_page(struct query *query, uint64_t offset, struct err *err)
{
    SCOPED(buf) struct buf url = buf_make(BUF_OWN_TEXT);
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
        .what = offset == 0 ? "poll the query" : "fetch a page",
        .scope = "data:read",
        .max_bytes = QUERY_MAX_PAGE_BYTES,
    };
    return api_start(query->api, &request, err);
}

bool query_finish_page(struct query *query, struct api_call *call, uint64_t offset, struct page *page,
                       struct err *err)
{
    *page = (struct page){.offset = offset};
    return api_finish(query->api, call, (struct api_acceptor){read_page, page}, &page->response, err);
}

int64_t query_poll_wait_ms(int64_t first_ms, int64_t max_ms, unsigned polls)
{
    int64_t wait_ms = first_ms;
    for (unsigned i = 0; i < polls && wait_ms < max_ms; i++)
        wait_ms += wait_ms / 2 > 0 ? wait_ms / 2 : 1;
    return wait_ms < max_ms ? wait_ms : max_ms;
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

/* Sleeps until the next poll is due; *past when the query has had its time. */
static bool wait_for_poll(struct query *query, bool *past, struct err *err)
{
    const struct api_settings *settings = &query->api->settings->api;
    int64_t deadline_ms = query->submitted_at_ms + settings->query_deadline_ms;
    int64_t wait_ms = query_poll_wait_ms(settings->poll_first_ms, settings->poll_max_ms, query->polls);
    int64_t left_ms = deadline_ms - clock_now_ms();
    *past = left_ms <= 0;
    if (*past)
        return true;
    if (clock_now_ms() >= query->api->deadline_ms)
        return err_set(err, ERR_LATER, "the query is not done, and the job's timeout has passed");
    return stop_sleep(wait_ms < left_ms ? wait_ms : left_ms, err);
}

bool query_await(struct query *query, struct page *page, struct err *err)
{
    bool polled = false;
    while (!is_over(&page->answer)) {
        bool past = false;
        /* A cached result that came without its rows is there already: it is fetched, not waited for. */
        bool ready = page->answer.status == QUERY_DONE;
        if (ready && polled)
            return err_set(err, ERR_DATA, "the service says DONE, and gives no result");
        if (!ready && !wait_for_poll(query, &past, err))
            return false;
        if (past) {
            page->answer.status = QUERY_TIMEOUT;
            return true;
        }
        struct api_call *call = query_start_page(query, 0, err);
        page_release(page);
        if (!call || !query_finish_page(query, call, 0, page, err))
            return false;
        polled = ready || page->answer.status == QUERY_DONE;
        query->polls++;
        log_debug("query-polled", "poll %u: %s", query->polls, query_status_name(page->answer.status));
    }
    return true;
}
