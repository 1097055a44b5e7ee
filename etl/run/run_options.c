#include "run/run_options.h"

bool run_is_shared(const struct run_options *options)
{
    return *options->settings->run.share && !options->rebuild && !options->schedule.reload;
}

bool run_may_skip_unchanged(const struct run_options *options)
{
    return !options->schedule.window.given && !options->schedule.reload && !options->again &&
           !options->rebuild;
}
