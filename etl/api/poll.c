#include "api/poll.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/stop.h"

/* A shorter wait is not worth a line of the log. */
#define MIN_LOGGED_WAIT_MS 2500

bool poll_wait(const struct api *api, const struct poll_wait *wait, struct err *err)
{
    int64_t now_ms = clock_now_ms();
    int64_t wait_ms = wait->until_ms > now_ms ? wait->until_ms - now_ms : 0;
    /* Only the first of many polls is logged at the normal level. */
    bool is_logged = wait->polls == 0 && wait_ms >= MIN_LOGGED_WAIT_MS;
    if (wait->until_ms > api->deadline_ms)
        return err_set(err, ERR_LATER, "%s, and the next poll would pass the job's timeout", wait->what);
    progress_wait("for the next poll", wait->until_ms);
    log_write_numbers(is_logged ? LOG_INFO : LOG_DEBUG, "poll-wait", LOG_NUMBERS({"wait_ms", wait_ms}),
                      "asking again in %.1f s whether it is done", (double)wait_ms / 1000);
    return wait_ms == 0 || stop_sleep(wait_ms, err);
}
