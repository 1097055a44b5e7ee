#include "base/macros.h"
#include "report/html/html_blocks.h"

static const struct html_column restatements[] = {
    {.name = "table_name", .heading = "Table", .kind = HTML_TEXT},
    {.name = "month", .heading = "Month", .kind = HTML_TEXT},
    {.name = "before", .heading = "Before", .kind = HTML_NUMBER},
    {.name = "after", .heading = "After", .kind = HTML_NUMBER},
    {.name = "difference", .heading = "Difference", .kind = HTML_SIGNED},
    {.name = "rows_changed", .heading = "Rows changed", .kind = HTML_COUNT},
    {.name = "rows_added", .heading = "Added", .kind = HTML_COUNT},
    {.name = "rows_vanished", .heading = "Vanished", .kind = HTML_COUNT},
    {.name = "restated_on", .heading = "Last on", .kind = HTML_TEXT},
};

static const struct html_column reconciliation[] = {
    {.name = "table_name", .heading = "Table", .kind = HTML_TEXT},
    {.name = "first_month", .heading = "From", .kind = HTML_TEXT},
    {.name = "last_month", .heading = "To", .kind = HTML_TEXT},
    {.name = "figures", .heading = "Figures", .kind = HTML_COUNT},
    {.name = "differences", .heading = "Different", .kind = HTML_COUNT},
    {.name = "loaded", .heading = "Loaded", .kind = HTML_NUMBER},
    {.name = "service", .heading = "Service", .kind = HTML_NUMBER},
    {.name = "difference", .heading = "Difference", .kind = HTML_SIGNED},
    {.name = "checked_on", .heading = "Compared on", .kind = HTML_TEXT},
};

static const struct html_column differences[] = {
    {.name = "table_name", .heading = "Table", .kind = HTML_TEXT},
    {.name = "month", .heading = "Month", .kind = HTML_TEXT},
    {.name = "usage_category", .heading = "Category", .kind = HTML_TEXT},
    {.name = "loaded", .heading = "Loaded", .kind = HTML_NUMBER},
    {.name = "service", .heading = "Service", .kind = HTML_NUMBER},
    {.name = "difference", .heading = "Difference", .kind = HTML_SIGNED},
    {.name = "status", .heading = "Status", .kind = HTML_TEXT},
};

static const struct html_column freshness[] = {
    {.name = "table_name", .heading = "Table", .kind = HTML_TEXT},
    {.name = "last_day", .heading = "Loaded through", .kind = HTML_TEXT},
    {.name = "last_day_age", .heading = "Days ago", .kind = HTML_COUNT},
    {.name = "missing_days", .heading = "Days missing", .kind = HTML_COUNT},
    {.name = "last_synced_at", .heading = "Last synchronized (UTC)", .kind = HTML_TEXT},
    {.name = "remark", .heading = "Remark", .kind = HTML_PROSE, .is_optional = true},
};

static const struct html_column failures[] = {
    {.name = "job", .heading = "Job", .kind = HTML_TEXT},
    {.name = "error", .heading = "Error", .kind = HTML_PROSE},
    {.name = "error_hint", .heading = "What to do", .kind = HTML_PROSE, .is_optional = true},
    {.name = "failed_at", .heading = "Failed (UTC)", .kind = HTML_TEXT},
    {.name = "last_success_at", .heading = "Last success (UTC)", .kind = HTML_TEXT},
};

const struct html_block html_blocks_data[] = {
    {
        .title = "Restatements",
        .question = "Which tokens that were already loaded has the service changed in the last 90 days?",
        .part = PAGE_RESTATEMENTS,
        .table = {.columns = restatements, .count = COUNT_OF(restatements)},
        .none = "None: no load of the last 90 days has changed tokens of days that were loaded before.",
        .note = "At most 40 lines, the newest first. <code>tokenflex-etl changes</code> shows all, with "
                "every metric.",
    },
    {
        .title = "Comparison with the service",
        .question = "Do the tables hold what the service’s own totals say?",
        .part = PAGE_RECONCILIATION,
        .table = {.columns = reconciliation, .count = COUNT_OF(reconciliation), .has_kinds = true},
        .none = "No table of this contract has been compared yet: a run does so at most once a day, "
                "<code>tokenflex-etl reconcile</code> at any time.",
        .note = "The last comparison of each table, over the months that were over and completely loaded.",
    },
    {
        .title = "Differences",
        .question = "Which months differ from the service’s own totals?",
        .part = PAGE_DIFFERENCES,
        .table = {.columns = differences, .count = COUNT_OF(differences)},
        .none = "None.",
        .note = "<code>tokenflex-etl reconcile --repair</code> loads these months again. <em>moved on</em>: "
                "the service’s figure "
                "has changed since both were equal last.",
    },
    {
        .title = "Age of the data",
        .question = "Up to which day is each table loaded?",
        .part = PAGE_FRESHNESS,
        .table = {.columns = freshness, .count = COUNT_OF(freshness)},
        .none = "Nothing of this contract has been loaded yet.",
    },
    {
        .title = "Failed jobs",
        .question = "Which jobs failed, and have not loaded these days since?",
        .part = PAGE_FAILURES,
        .table = {.columns = failures, .count = COUNT_OF(failures), .has_kinds = true},
        .none = "None.",
        .note = "<code>tokenflex-etl status</code> says more.",
    },
    {0},
};
