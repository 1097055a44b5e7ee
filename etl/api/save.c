#include "api/save.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/stop.h"

#define FIRST_PAUSE_MS 100
#define MAX_PAUSE_MS 5000

bool save_persistently(const struct save_attempt *attempt, int64_t deadline_ms, struct err *err)
{
    struct err stopped;
    for (int64_t pause_ms = FIRST_PAUSE_MS;;
         pause_ms = pause_ms < MAX_PAUSE_MS / 2 ? 2 * pause_ms : MAX_PAUSE_MS) {
        if (attempt->run(attempt->context, err))
            return true;
        if (clock_now_ms() + pause_ms > deadline_ms)
            return false;
        log_warn(attempt->event, "%s; trying again in %.1f s", err->text, (double)pause_ms / 1000);
        progress_wait("to store the login again", clock_deadline(pause_ms));
        if (!stop_sleep(pause_ms, &stopped))
            return attempt->run(attempt->context, err);
    }
}
