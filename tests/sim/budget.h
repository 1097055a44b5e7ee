/* A token bucket: `burst` requests at once, then `per_minute`. Pure but for its own state; time comes in. */
#ifndef SIM_BUDGET_H
#define SIM_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

struct budget {
    double tokens;
    int64_t filled_ms;
    bool started; /* a bucket starts full */
};

/* Takes one request. False when there is none; *wait_ms says when there will be. per_minute 0: always true.
 */
bool budget_take(struct budget *budget, int64_t per_minute, int64_t burst, int64_t now_ms, int64_t *wait_ms);

#endif
