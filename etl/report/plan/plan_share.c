#include "report/plan/plan_share.h"

bool plan_share_read(const struct run_options *options, struct pg *pg, struct arena *arena,
                     struct work_view *view, struct err *err)
{
    *view = (struct work_view){0};
    return !pg || !run_is_shared(options) ||
           work_view_read(pg, options->settings->run.share, options->task, arena, view, err);
}
