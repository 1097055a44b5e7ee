/* queue.h: which request is first, and for how long a submit waits. Pure. */
#include "api/queue_inner.h"

bool queue_request_is_before(const struct queue_request *one, const struct queue_request *other)
{
    if (one->urgency != other->urgency)
        return one->urgency < other->urgency;
    return one->expires_at_ms < other->expires_at_ms;
}

/* How long it takes until the bucket holds this many requests. */
static int64_t fill_wait_ms(double requests, const struct budget *budget, const struct budget_level *level)
{
    /* Slightly below the maximum: a bucket this full counts as full. */
    return budget_fill_ms(budget, level, requests - 0.01);
}

int64_t queue_submit_wait_ms(const struct budget *budget, const struct budget_level *level,
                             const struct submit_facts *facts)
{
    double flows = budget_rate(budget, level) / 60000 * (double)facts->lifetime_ms;
    double own = 1 + (double)facts->requests_needed - flows;
    bool waits_for_burst = level->burst_ms == 0 || level->burst_ms <= facts->max_wait_ms;
    double reachable = waits_for_burst ? budget_capacity(budget) : level->ceiling;
    if (own > reachable)
        own = reachable;
    int64_t alone_ms = fill_wait_ms(own, budget, level);
    if (level->reserved == 0)
        return alone_ms;
    int64_t beside_ms = fill_wait_ms(own + (double)level->reserved, budget, level);
    int64_t after_ms = level->reserved_ms > alone_ms ? level->reserved_ms : alone_ms;
    return beside_ms < after_ms ? beside_ms : after_ms;
}
