#include "known.h"

#include "change.h"
#include "clock.h"
#include "config.h"

#include <stdio.h>

struct sight {
    const struct known *known;
    bool gone;
    usage_visit *visit;
    void *context;
};

struct known known_now(const struct config *config, const struct contract *contract)
{
    return (struct known){config, contract, world_of(config, contract),
                          config->today > 0 ? config->today : clock_today()};
}

static void see(void *context, const struct usage *record)
{
    const struct sight *sight = context;
    const struct known *known = sight->known;
    struct usage usage = *record;

    for (size_t i = 0; i < known->config->change_count; i++)
        if (!change_apply(&known->config->changes[i], known->contract->number, known->today, &usage))
            return;
    if (usage.known_day <= known->today && (sight->gone || !usage.gone))
        sight->visit(sight->context, &usage);
}

void known_each(const struct known *known, int64_t from, int64_t to, bool gone, usage_visit *visit,
                void *context)
{
    struct sight sight = {known, gone, visit, context};
    const struct config *config = known->config;
    int64_t end = to < known->today ? to : known->today;
    struct usage added;

    for (int64_t day = from > known->world.start_day ? from : known->world.start_day; day < end; day++) {
        world_day(&known->world, day, see, &sight);
        for (size_t i = 0; i < config->change_count; i++)
            if (change_adds(&config->changes[i], &known->world, known->contract->number, known->today, day,
                            &added))
                visit(context, &added);
    }
}

size_t known_text(const struct known *known, int place, const char *field, uint64_t value, char *out)
{
    if (value != USAGE_NULL && value >= CHANGE_TEXT && value - CHANGE_TEXT < known->config->change_count &&
        (place == VALUE_USER || place >= USAGE_CUSTOM))
        return (size_t)snprintf(out, WORLD_TEXT_BYTES, "%s",
                                known->config->changes[value - CHANGE_TEXT].text);
    return world_text(place, field, value, out);
}
