#include "api/retry.h"

#include "base/http_date.h"

#include <string.h>
#include <strings.h>

#define MAX_BACKOFF_MS 60000

static int64_t clamp(int64_t wait_ms)
{
    return wait_ms < RETRY_AFTER_MIN_MS   ? RETRY_AFTER_MIN_MS
           : wait_ms > RETRY_AFTER_MAX_MS ? RETRY_AFTER_MAX_MS
                                          : wait_ms;
}

static bool read_unit(const char *text, int64_t *unit_ms)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {{"", 1000},       {"s", 1000},       {"sec", 1000},     {"secs", 1000},
                 {"second", 1000}, {"seconds", 1000}, {"ms", 1},         {"m", 60000},
                 {"min", 60000},   {"mins", 60000},   {"minute", 60000}, {"minutes", 60000},
                 {"h", 3600000},   {"hour", 3600000}, {"hours", 3600000}};
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (strcasecmp(text, units[i].name) == 0) {
            *unit_ms = units[i].ms;
            return true;
        }
    }
    return false;
}

/* Reads `5`, `4.5`, `5s`: whole seconds, rounded up; more than an hour counts as an hour. */
static bool read_number(const char *text, int64_t *wait_ms)
{
    int64_t unit_ms;
    int64_t whole = 0;
    size_t digits = strspn(text, "0123456789");
    const char *fraction = text + digits + (text[digits] == '.');
    size_t fraction_digits = text[digits] == '.' ? strspn(fraction, "0123456789") : 0;
    const char *unit = fraction + fraction_digits;
    if (digits + fraction_digits == 0 || !read_unit(unit + strspn(unit, " "), &unit_ms))
        return false;
    for (size_t i = 0; i < digits && whole <= RETRY_AFTER_MAX_MS; i++)
        whole = whole * 10 + (text[i] - '0');
    double amount_ms = (double)whole * (double)unit_ms;
    double scale_ms = (double)unit_ms;
    for (size_t i = 0; i < fraction_digits; i++)
        amount_ms += (fraction[i] - '0') * (scale_ms /= 10);
    if (amount_ms > RETRY_AFTER_MAX_MS)
        amount_ms = RETRY_AFTER_MAX_MS;
    int64_t seconds = (int64_t)(amount_ms / 1000);
    *wait_ms = (seconds + ((double)seconds * 1000 < amount_ms)) * 1000;
    return true;
}

int64_t retry_after_ms(const struct retry_after *after)
{
    int64_t wait_ms;
    int64_t moment_ms;
    int64_t now_ms = after->wall_ms;
    const char *header = after->header + strspn(after->header, " \t");
    if (read_number(header, &wait_ms))
        return clamp(wait_ms);
    if (!http_date_parse(header, after->wall_ms, &moment_ms))
        return RETRY_AFTER_UNREADABLE_MS;
    if (after->date && http_date_parse(after->date, after->wall_ms, &wait_ms))
        now_ms = wait_ms;
    return clamp(moment_ms - now_ms);
}

int64_t retry_backoff_ms(int64_t first_ms, unsigned failures, double random)
{
    int64_t max_ms = first_ms > MAX_BACKOFF_MS ? first_ms : MAX_BACKOFF_MS;
    int64_t ceiling_ms = first_ms;
    for (unsigned doubled = 0; doubled < failures && ceiling_ms > 0 && ceiling_ms < max_ms; doubled++)
        ceiling_ms *= 2;
    if (ceiling_ms > max_ms)
        ceiling_ms = max_ms;
    return (int64_t)((double)ceiling_ms * random);
}

static struct verdict fail(enum err_kind kind)
{
    return (struct verdict){.action = VERDICT_FAIL, .kind = kind};
}

static bool has_header(const struct attempt *attempt)
{
    return attempt->retry_after && *attempt->retry_after;
}

static int64_t asked_ms(const struct attempt *attempt)
{
    return retry_after_ms(&(struct retry_after){attempt->retry_after, attempt->date, attempt->wall_ms});
}

/* The wait after a 429. Without Retry-After it doubles each time: a second, two, four, up to a minute. */
static int64_t limited_ms(const struct attempt *attempt)
{
    int64_t wait_ms = RETRY_AFTER_MIN_MS;
    if (has_header(attempt))
        return asked_ms(attempt);
    for (unsigned i = 0; i < attempt->refusals && wait_ms < RETRY_AFTER_UNREADABLE_MS; i++)
        wait_ms *= 2;
    return wait_ms < RETRY_AFTER_UNREADABLE_MS ? wait_ms : RETRY_AFTER_UNREADABLE_MS;
}

static struct verdict temporary_fault(const struct attempt *attempt)
{
    if (attempt->failures >= attempt->retries)
        return fail(ERR_UNAVAILABLE);
    int64_t wait_ms = retry_backoff_ms(attempt->first_wait_ms, attempt->failures, attempt->random);
    int64_t min_ms = attempt->answered && has_header(attempt) ? asked_ms(attempt) : 0;
    return (struct verdict){VERDICT_RETRY, wait_ms > min_ms ? wait_ms : min_ms, ERR_UNAVAILABLE};
}

struct verdict retry_judge(const struct attempt *attempt)
{
    int status = attempt->status;
    if (!attempt->answered || status >= 500 || status == 408)
        return temporary_fault(attempt);
    if (status >= 200 && status < 300)
        return (struct verdict){.action = VERDICT_ACCEPT};
    if (status == 429)
        return (struct verdict){VERDICT_WAIT, limited_ms(attempt), ERR_LATER};
    if (status == 401) {
        bool is_final = attempt->token_is_new || attempt->token_refusals + 1 >= RETRY_TOKEN_REFUSALS;
        return is_final ? fail(ERR_AUTH) : (struct verdict){.action = VERDICT_RENEW_TOKEN};
    }
    if (status == 403)
        return fail(ERR_AUTH);
    if (status >= 400)
        return fail(ERR_CONFIG);
    return fail(ERR_UNAVAILABLE);
}
