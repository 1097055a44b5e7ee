#include "budget.h"

bool budget_take(struct budget *budget, int64_t per_minute, int64_t burst, int64_t now_ms, int64_t *wait_ms)
{
    double rate_ms = (double)per_minute / 60000.0;

    *wait_ms = 0;
    if (per_minute == 0)
        return true;
    if (!budget->started)
        *budget = (struct budget){(double)burst, now_ms, true};
    budget->tokens += (double)(now_ms - budget->filled_ms) * rate_ms;
    budget->filled_ms = now_ms;
    if (budget->tokens > (double)burst)
        budget->tokens = (double)burst;
    if (budget->tokens >= 1) {
        budget->tokens -= 1;
        return true;
    }
    *wait_ms = (int64_t)((1 - budget->tokens) / rate_ms) + 1;
    return false;
}
