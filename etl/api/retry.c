#include "api/retry.h"

#include "base/clock.h"
#include "base/text.h"

#include <string.h>

#define FLOOR_MS 1000
#define MAX_BACKOFF_MS 60000
/* Nobody means to send a client away for longer; what claims to is taken as this. */
#define MAX_RETRY_AFTER_MS (24 * INT64_C(3600000))

static int64_t clamp(int64_t wait_ms)
{
    return wait_ms < FLOOR_MS ? FLOOR_MS : wait_ms > MAX_RETRY_AFTER_MS ? MAX_RETRY_AFTER_MS : wait_ms;
}

int64_t retry_after_ms(const char *header, int64_t wall_ms)
{
    uint64_t seconds;
    int64_t moment_ms;
    if (text_to_uint(header, UINT32_MAX, &seconds))
        return clamp((int64_t)seconds * 1000);
    if (*header && header[strspn(header, "0123456789")] == '\0')
        return MAX_RETRY_AFTER_MS;
    if (clock_parse_http_date(header, &moment_ms))
        return clamp(moment_ms - wall_ms);
    return FLOOR_MS;
}

int64_t retry_backoff_ms(int64_t first_ms, unsigned failures, double dice)
{
    int64_t most_ms = first_ms > MAX_BACKOFF_MS ? first_ms : MAX_BACKOFF_MS;
    int64_t ceiling_ms = first_ms;
    for (unsigned doubled = 0; doubled < failures && ceiling_ms > 0 && ceiling_ms < most_ms; doubled++)
        ceiling_ms *= 2;
    if (ceiling_ms > most_ms)
        ceiling_ms = most_ms;
    return (int64_t)((double)ceiling_ms * dice);
}

static struct verdict fail(enum err_kind kind)
{
    return (struct verdict){.action = VERDICT_FAIL, .kind = kind};
}

static struct verdict passing_fault(const struct attempt *attempt)
{
    if (attempt->failures >= attempt->retries)
        return fail(ERR_UNAVAILABLE);
    int64_t wait_ms = retry_backoff_ms(attempt->first_wait_ms, attempt->failures, attempt->dice);
    int64_t asked_ms = attempt->answered && *attempt->retry_after
                           ? retry_after_ms(attempt->retry_after, attempt->wall_ms)
                           : 0;
    return (struct verdict){VERDICT_RETRY, wait_ms > asked_ms ? wait_ms : asked_ms, ERR_UNAVAILABLE};
}

struct verdict retry_judge(const struct attempt *attempt)
{
    int status = attempt->status;
    if (!attempt->answered || status >= 500 || status == 408)
        return passing_fault(attempt);
    if (status >= 200 && status < 300)
        return (struct verdict){.action = VERDICT_ACCEPT};
    if (status == 429)
        return (struct verdict){VERDICT_WAIT, retry_after_ms(attempt->retry_after, attempt->wall_ms),
                                ERR_LATER};
    if (status == 401)
        return attempt->token_renewed ? fail(ERR_AUTH) : (struct verdict){.action = VERDICT_RENEW_TOKEN};
    if (status == 403)
        return fail(ERR_AUTH);
    if (status >= 400)
        return fail(ERR_CONFIG);
    return fail(ERR_UNAVAILABLE);
}
