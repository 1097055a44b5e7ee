#include "api/poll_schedule.h"

#define LONG_WAIT_MS 10000
#define LEAST_LATE_MS 1000

int64_t poll_schedule_step_ms(int64_t first_ms, int64_t max_ms, unsigned waits)
{
    int64_t wait_ms = first_ms;
    for (unsigned i = 0; i < waits && wait_ms < max_ms; i++)
        wait_ms += wait_ms / 2 > 0 ? wait_ms / 2 : 1;
    return wait_ms < max_ms ? wait_ms : max_ms;
}

int64_t poll_schedule_next_ms(const struct poll_schedule *schedule, unsigned polls, int64_t now_ms)
{
    if (polls == 0 && schedule->expected_ms > 0)
        return schedule->submitted_ms + schedule->expected_ms;
    if (polls == 0)
        return schedule->submitted_ms + poll_schedule_step_ms(schedule->first_ms, schedule->max_ms, 0);
    unsigned waits = schedule->expected_ms > 0 ? polls - 1 : polls;
    return now_ms + poll_schedule_step_ms(schedule->first_ms, schedule->max_ms, waits);
}

int64_t poll_schedule_late_ms(int64_t due_ms, int64_t sent_ms)
{
    return sent_ms - due_ms >= LEAST_LATE_MS ? sent_ms - due_ms : 0;
}

int64_t poll_schedule_ready_ms(const struct poll_found *found)
{
    int64_t at_ms = found->due_ms < found->sent_ms ? found->due_ms : found->sent_ms;
    int64_t observed_ms = at_ms - found->submitted_ms - found->unobserved_ms;
    return observed_ms > 0 ? observed_ms : 0;
}

bool poll_schedule_is_overdue(unsigned polls, int64_t sent_ms, int64_t deadline_ms)
{
    return polls > 0 && sent_ms >= deadline_ms;
}

int64_t poll_schedule_remembered_ms(unsigned polls, int64_t expected_ms, int64_t ready_ms)
{
    bool waited_by_history = polls == 0 && expected_ms >= LONG_WAIT_MS;
    return waited_by_history ? ready_ms - ready_ms / 10 : ready_ms;
}
