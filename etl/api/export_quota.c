#include "api/export_quota.h"

#include <string.h>

#define FIRST_RETRY_WAIT_MS 30000
#define MAX_RETRY_WAIT_MS 300000

bool export_quota_may_ask(const struct export_quota *quota, int64_t now_ms)
{
    if (quota->refusals == 0)
        return quota->outstanding < EXPORT_QUOTA;
    if (now_ms < quota->try_at_ms)
        return false;
    return quota->outstanding < quota->outstanding_then || now_ms >= quota->retry_from_ms;
}

static int64_t pause_ms(unsigned refusals)
{
    int64_t wait_ms = FIRST_RETRY_WAIT_MS;
    for (unsigned i = 1; i < refusals && wait_ms < MAX_RETRY_WAIT_MS; i++)
        wait_ms += wait_ms / 2;
    return wait_ms < MAX_RETRY_WAIT_MS ? wait_ms : MAX_RETRY_WAIT_MS;
}

static void note(struct export_quota *quota, int64_t retry_after_ms, int64_t now_ms)
{
    quota->refusals++;
    quota->rate_waited = false;
    quota->outstanding_then = quota->outstanding;
    quota->try_at_ms = now_ms + retry_after_ms;
    quota->retry_from_ms = now_ms + pause_ms(quota->refusals);
}

enum export_limit export_quota_refused(struct export_quota *quota, const struct export_refusal *refusal,
                                       int64_t now_ms)
{
    bool is_named = strcasestr(refusal->text, "pending export") != NULL;
    if (!is_named && quota->outstanding == 0 && !quota->rate_waited && quota->refusals == 0) {
        quota->rate_waited = true;
        return EXPORT_LIMIT_RATE;
    }
    note(quota, refusal->retry_after_ms, now_ms);
    return EXPORT_LIMIT_QUOTA;
}

void export_quota_note_full(struct export_quota *quota, int64_t now_ms)
{
    note(quota, 0, now_ms);
}

void export_quota_granted(struct export_quota *quota)
{
    *quota = (struct export_quota){.outstanding = quota->outstanding};
}
