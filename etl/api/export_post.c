#include "api/export_post.h"

#include "api/export_post_inner.h"
#include "api/service_error.h"
#include "base/clock.h"
#include "base/random.h"

enum export_post_verdict export_post_judge(const struct export_post_failure *failure)
{
    int status = failure->status;
    bool answered_no = status >= 300 && status < 500 && status != 408;
    if (status == 429)
        return EXPORT_POST_LIMITED;
    if (failure->kind != ERR_UNAVAILABLE || answered_no)
        return EXPORT_POST_REFUSED;
    return status || failure->sent ? EXPORT_POST_UNKNOWN : EXPORT_POST_UNSENT;
}

bool export_post_is_over(const struct export_post *post)
{
    return post->failures > post->api->settings->api.retries;
}

/* The next step, with its wait. A 2xx answer whose body could not be read counts as no answer. */
static struct verdict next_step(const struct export_post *post, const struct http_response *response)
{
    struct attempt attempt = {
        .answered = response->status >= 300,
        .status = response->status,
        .retry_after = response->retry_after,
        .date = response->date,
        .wall_ms = clock_wall_ms(),
        .failures = post->failures,
        .retries = UINT32_MAX,
        .first_wait_ms = post->api->settings->api.retry_wait_ms,
        .random = random_fraction(),
    };
    return retry_judge(&attempt);
}

static enum export_limit limit_of(const struct export_post *post, const struct http_response *response,
                                  int64_t retry_after_ms)
{
    char text[256];
    struct export_refusal refusal = {service_error_text(response, text, sizeof text), retry_after_ms};
    return export_quota_refused(post->quota, &refusal, clock_now_ms());
}

/* *again: the request had no effect, and the wait before the next one is over. */
static enum export_posted send_once(struct export_post *post, bool *again, struct err *err)
{
    SCOPED(http_response) struct http_response response = {0};
    uint64_t requests_before = post->api->requests;
    bool accepted = api_send(post->api, &post->request, post->acceptor, &response, err);
    post->status = response.status;
    *again = false;
    if (accepted) {
        export_quota_granted(post->quota);
        return EXPORT_POSTED;
    }
    /* No request was sent: the token, the database or the guard failed. That is not repeated here. */
    if (post->api->requests == requests_before)
        return EXPORT_POST_FAILED;
    struct export_post_failure failure = {err->kind, response.status, response.sent};
    struct verdict next = next_step(post, &response);
    switch (export_post_judge(&failure)) {
    case EXPORT_POST_REFUSED:
        post->api->write_is_forbidden |= response.status == 403;
        return EXPORT_POST_FAILED;
    case EXPORT_POST_LIMITED:
        if (limit_of(post, &response, next.wait_ms) == EXPORT_LIMIT_QUOTA)
            return EXPORT_POST_FULL;
        *again = api_wait(post->api, &next, err);
        return EXPORT_POST_FAILED;
    case EXPORT_POST_UNSENT:
        post->failures++;
        *again = !export_post_is_over(post) && api_wait(post->api, &next, err);
        return EXPORT_POST_FAILED;
    case EXPORT_POST_UNKNOWN:
        post->is_outcome_unknown = true;
        post->failures++;
        return api_wait(post->api, &next, err) ? EXPORT_POST_LOST : EXPORT_POST_FAILED;
    }
    return EXPORT_POST_FAILED;
}

enum export_posted export_post_send(struct export_post *post, struct err *err)
{
    bool again = true;
    enum export_posted posted = EXPORT_POST_FAILED;
    post->request.no_retry = true;
    while (again)
        posted = send_once(post, &again, err);
    return posted;
}
