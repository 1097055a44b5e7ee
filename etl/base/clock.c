#include "base/clock.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_now_ms(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_wall_ms(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t clock_deadline(int64_t wait_ms)
{
    int64_t now = clock_now_ms();
    return wait_ms > CLOCK_NEVER - now ? CLOCK_NEVER : now + wait_ms;
}

const char *clock_format(int64_t wall_ms, char *out)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm parts;
    char stamp[24];
    gmtime_r(&seconds, &parts);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(out, CLOCK_TEXT, "%s.%03dZ", stamp, (int)(wall_ms % 1000));
    return out;
}

const char *clock_format_minute(int64_t wall_ms, char *out)
{
    char text[CLOCK_TEXT];
    clock_format(wall_ms, text);
    snprintf(out, CLOCK_MINUTE_TEXT, "%.10s %.5s", text, text + sizeof "2026-11-22T" - 1);
    return out;
}

static const struct {
    const char *name;
    int64_t ms;
} units[] = {{"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};

bool duration_parse(const char *text, int64_t *duration_ms)
{
    size_t digits = strspn(text, "0123456789");
    char number[16];
    uint64_t amount;
    if (digits == 0 || digits >= sizeof number)
        return false;
    memcpy(number, text, digits);
    number[digits] = '\0';
    if (!text_to_uint(number, UINT32_MAX, &amount))
        return false;
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (text_equal(text + digits, units[i].name)) {
            *duration_ms = (int64_t)amount * units[i].ms;
            return true;
        }
    }
    return false;
}

const char *duration_format(int64_t duration_ms, char *out)
{
    size_t unit = 0;
    while (unit < COUNT_OF(units) - 1 && (duration_ms % units[unit].ms != 0 || duration_ms == 0))
        unit++;
    snprintf(out, DURATION_TEXT, "%" PRId64 "%s", duration_ms / units[unit].ms, units[unit].name);
    return out;
}
