#include "report/plan/plan_share.h"

#include "run/share.h"
#include "run/share_list.h"
#include "run/share_rule.h"

static bool has_open_round(const struct work_view *view)
{
    for (size_t i = 0; i < view->count; i++)
        if (view->rounds[i].closed_ms == 0)
            return true;
    return false;
}

/* As a run that starts now. */
static bool look_at_round(const struct run_options *options, struct pg *pg, struct arena *arena,
                          struct plan_share *share, struct err *err)
{
    struct work_found found;
    char name[SHARE_FACT_NAME];
    size_t more = 0;
    SCOPED(buf) struct buf facts = buf_make(BUF_OWN_TEXT);
    struct share_start start = {.found = &found, .windows_move = !options->schedule.window.given};
    if (!work_today(pg, &start.today, err) ||
        !work_find(pg, options->settings->run.share, options->task, arena, &found, err))
        return false;
    share_put_facts(options, &facts);
    start.differs = found.exists && share_facts_differ(buf_text(&facts), found.facts, name, &more);
    share->today = start.today;
    switch (share_start_step(&start)) {
    case SHARE_OPEN:
        break;
    case SHARE_JOIN:
        share->today = found.round.today;
        break;
    case SHARE_REFUSE:
        (void)share_refuse(&found, name, more, &share->refused);
        break;
    }
    return true;
}

bool plan_share_read(const struct run_options *options, struct pg *pg, struct arena *arena,
                     struct plan_share *share, struct err *err)
{
    *share = (struct plan_share){.today = options->schedule.today};
    if (!pg || !run_is_shared(options))
        return true;
    if (!work_view_read(pg, options->settings->run.share, options->task, arena, &share->view, err))
        return false;
    return has_open_round(&share->view) ? look_at_round(options, pg, arena, share, err)
                                        : work_today(pg, &share->today, err);
}
