#include "run/run_options.h"

bool run_is_shared(const struct run_options *options)
{
    return *options->settings->run.share && !options->rebuild && !options->schedule.reload;
}

bool run_wants_fresh(const struct run_options *options)
{
    return options->rebuild || options->again || options->schedule.reload;
}

int64_t run_wait_ms(const struct run_options *options, const struct job *job)
{
    bool has_share = *options->settings->run.share;
    return has_share && options->rebuild && job->timeout_ms > options->wait_ms ? job->timeout_ms
                                                                               : options->wait_ms;
}

bool run_may_skip_unchanged(const struct run_options *options)
{
    return !options->schedule.window.given && !options->schedule.reload && !options->again &&
           !options->rebuild;
}
