#include "base/clock.h"
#include "base/readable.h"
#include "base/text.h"
#include "report/share_report.h"
#include "report/status/advice.h"
#include "report/status/status_report.h"
#include "report/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void put_name(const struct status_job *job, struct buf *out)
{
    buf_print(out, "%s%s%s: ", job->job, job->contract ? " " : "", job->contract ? job->contract : "");
}

/* `failed 2026-11-22 01:00 UTC, 6 h ago` */
static void put_moment(const char *words, int64_t moment_ms, int64_t now_ms, struct buf *out)
{
    char minute[CLOCK_MINUTE_TEXT];
    char age[READABLE_TEXT];
    buf_print(out, "%s %s UTC, %s ago", words, clock_format_minute(moment_ms, minute),
              readable_age(now_ms - moment_ms, age));
}

/* A paragraph below the line that names the job. */
static void put_below(const char *words, const char *text, struct buf *out)
{
    SCOPED(buf) struct buf line = buf_make(BUF_OWN_TEXT);
    buf_print(&line, "%s%s", words, text);
    buf_put(out, "    ");
    status_put_wrapped(buf_text(&line), out);
}

static void put_advice(const struct status_job *job, const char *kind, const char *hint, struct buf *out)
{
    SCOPED(buf) struct buf advice = buf_make(BUF_OWN_TEXT);
    advice_put(&(struct advice_case){job->job, kind, hint, job->failures_in_a_row}, &advice);
    put_below("To do: ", buf_text(&advice), out);
}

static void put_failure(const struct status *status, const struct status_job *job, struct buf *out)
{
    const struct invocation *failed = job->judged;
    const struct run_row *row = failed->failure;
    char window[WINDOW_TEXT];
    SCOPED(buf) struct buf line = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf place = buf_make(BUF_OWN_TEXT);
    put_name(job, &line);
    buf_put(&line, "failed");
    if (advice_exit_code(row->error_kind) > 0)
        buf_print(&line, " (exit code %d)", advice_exit_code(row->error_kind));
    put_moment("", failed->ended_ms, status->now_ms, &line);
    if (job->failures_in_a_row > 1)
        buf_print(&line, ", %zu times in a row", job->failures_in_a_row);
    status_put_wrapped(buf_text(&line), out);
    if (row->window.bounded) {
        buf_put(&place, window_format(&row->window, window));
        status_put_chunks(failed, &place);
        put_below("Window ", buf_text(&place), out);
    }
    put_below("", row->error ? row->error : "no reason is known", out);
    put_advice(job, row->error_kind, row->error_hint, out);
}

static void put_death(const struct status *status, const struct status_job *job, struct buf *out)
{
    SCOPED(buf) struct buf line = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf reason = buf_make(BUF_OWN_TEXT);
    put_name(job, &line);
    put_moment("died, begun", job->judged->started_ms, status->now_ms, &line);
    status_put_wrapped(buf_text(&line), out);
    status_put_lost_runner(job->judged, &reason);
    put_below("", buf_text(&reason), out);
    put_advice(job, ADVICE_DIED, NULL, out);
}

static void put_overdue(const struct status *status, const struct status_job *job, struct buf *out)
{
    char gap[READABLE_TEXT];
    SCOPED(buf) struct buf line = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf reason = buf_make(BUF_OWN_TEXT);
    put_name(job, &line);
    put_moment("overdue, last run", job->last->started_ms, status->now_ms, &line);
    status_put_wrapped(buf_text(&line), out);
    if (job->gap_is_assumed)
        buf_put(&reason, "it has fewer than three runs, so one run every night is expected");
    else
        buf_print(&reason, "earlier runs were at most %s apart", readable_age(job->usual_gap_ms, gap));
    put_below("", buf_text(&reason), out);
    put_below("To do: ", "see whether the timer or cron job is still there", out);
}

static void put_broken(const struct status_job *job, struct buf *out)
{
    SCOPED(buf) struct buf line = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf advice = buf_make(BUF_OWN_TEXT);
    put_name(job, &line);
    buf_put(&line, "is not run, exit code 78");
    status_put_wrapped(buf_text(&line), out);
    put_below("", "its definition has errors", out);
    advice_put(&(struct advice_case){.job = job->job, .kind = err_kind_info(ERR_CONFIG)->name}, &advice);
    put_below("To do: ", buf_text(&advice), out);
}

static void put_difference(const struct status_job *job, struct buf *out)
{
    char month[DATE_TEXT];
    const struct reconciliation_figure *figure = job->difference;
    SCOPED(buf) struct buf line = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf reason = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf advice = buf_make(BUF_OWN_TEXT);
    put_name(job, &line);
    buf_print(&line, "differs from the service's own totals in %zu figure%s", job->differences,
              readable_plural(job->differences));
    status_put_wrapped(buf_text(&line), out);
    buf_print(&reason, "%.7s%s%s: the table has %s tokens, the service has %s (%s)",
              date_format(figure->month, month), figure->category ? " " : "",
              figure->category ? figure->category : "", figure->loaded, figure->service, figure->status);
    put_below("", buf_text(&reason), out);
    buf_print(&advice, "tokenflex-etl reconcile %s --repair", job->job);
    put_below("To do: ", buf_text(&advice), out);
}

static void put_problem(const struct status *status, const struct status_job *job, struct buf *out)
{
    switch (job->problem) {
    case STATUS_OK:
        break;
    case STATUS_BROKEN:
        put_broken(job, out);
        break;
    case STATUS_FAILED:
        put_failure(status, job, out);
        break;
    case STATUS_DIED:
        put_death(status, job, out);
        break;
    case STATUS_OVERDUE:
        put_overdue(status, job, out);
        break;
    case STATUS_DIFFERS:
        put_difference(job, out);
        break;
    }
}

static size_t count_problems(const struct status *status)
{
    size_t count = 0;
    for (size_t i = 0; i < status->job_count; i++)
        count += status->jobs[i].problem != STATUS_OK;
    return count;
}

static void put_problems(const struct status *status, struct buf *out)
{
    size_t problems = count_problems(status);
    if (!status->has_table)
        buf_put(out, "Nothing has run in this database yet: it has no schema tokenflex_etl, which\n"
                     "`tokenflex-etl init` makes, and `run` where it may.\n");
    if (status->job_count == 0)
        buf_put(out, "There are no jobs.\n");
    else if (problems > 0)
        buf_print(out, "%zu of %zu %s attention.\n\n", problems, status->job_count,
                  problems == 1 ? "needs" : "need");
    else if (status->has_table)
        buf_put(out, "Nothing is wrong.\n");
    for (size_t i = 0; i < status->job_count; i++)
        put_problem(status, &status->jobs[i], out);
}

static void put_running(const struct status *status, struct buf *out)
{
    bool any = false;
    for (size_t i = 0; i < status->job_count; i++) {
        const struct status_job *job = &status->jobs[i];
        char window[WINDOW_TEXT];
        SCOPED(buf) struct buf line = buf_make(BUF_OWN_TEXT);
        if (!job->last || job->last->status != INVOCATION_RUNNING)
            continue;
        const struct run_row *row = job->last->newest;
        put_name(job, &line);
        put_moment("running since", job->last->started_ms, status->now_ms, &line);
        buf_print(&line, ", process %d on %s%s%s", row->pid, row->host, row->window.bounded ? ", at " : "",
                  window_format(&row->window, window));
        buf_put(out, any ? "" : "\n");
        status_put_wrapped(buf_text(&line), out);
        any = true;
    }
}

static void put_schema_changes(const struct status *status, struct buf *out)
{
    bool any = false;
    for (size_t i = 0; i < status->job_count; i++) {
        const struct status_job *job = &status->jobs[i];
        for (size_t change = 0; job->last && change < job->last->schema_changes.count; change++) {
            SCOPED(buf) struct buf line = buf_make(BUF_OWN_TEXT);
            put_name(job, &line);
            buf_put(&line, job->last->schema_changes.items[change]);
            buf_put(out, any ? "" : "\nTables that the last run has changed:\n");
            status_put_wrapped(buf_text(&line), out);
            any = true;
        }
    }
}

/* Whether the definitions allow the job to run. */
static const char *definition_of(const struct status_job *job)
{
    if (!job->configured)
        return "no longer configured";
    return job->enabled ? "enabled" : "disabled";
}

static void add_moments(const struct status *status, const struct status_job *job, struct table *table)
{
    char text[CLOCK_MINUTE_TEXT];
    char age[READABLE_TEXT];
    char day[DATE_TEXT];
    table_add(table, job->last ? clock_format_minute(job->last->started_ms, text) : "-");
    if (job->success)
        snprintf(text, sizeof text, "%.20s ago", readable_age(status->now_ms - job->success->ended_ms, age));
    table_add(table, job->success ? text : "never");
    table_add(table, job->has_data ? date_format(job->data_through, day) : "-");
}

static void put_states(const struct status *status, struct buf *out)
{
    static const char *const headings[] = {"job",          "contract",     "status",    "last run (UTC)",
                                           "last success", "data through", "definition"};
    bool all_are_run = true;
    for (size_t i = 0; i < status->job_count; i++)
        all_are_run &= status->jobs[i].configured && status->jobs[i].enabled;
    struct table *table = table_make(headings, COUNT_OF(headings) - all_are_run);
    for (size_t i = 0; i < status->job_count; i++) {
        const struct status_job *job = &status->jobs[i];
        table_add(table, job->job);
        table_add(table, job->contract ? job->contract : "-");
        table_add(table, job->last ? invocation_status_name(job->last->status) : "never run");
        add_moments(status, job, table);
        if (!all_are_run)
            table_add(table, definition_of(job));
    }
    buf_put(out, "\n");
    table_put(table, out);
    table_release(table);
}

static bool is_first_of_contract(const struct status *status, size_t place)
{
    for (size_t i = 0; i < place; i++)
        if (status->jobs[i].has_service_data &&
            text_equal(status->jobs[i].contract, status->jobs[place].contract))
            return false;
    return true;
}

/* For each contract the latest day of its jobs. */
static void put_service_data(const struct status *status, struct buf *out)
{
    bool any = false;
    for (size_t i = 0; i < status->job_count; i++) {
        const struct status_job *job = &status->jobs[i];
        date_t latest = job->service_data_through;
        char day[DATE_TEXT];
        if (!job->has_service_data || !is_first_of_contract(status, i))
            continue;
        for (size_t k = i + 1; k < status->job_count; k++)
            if (status->jobs[k].has_service_data && text_equal(status->jobs[k].contract, job->contract) &&
                status->jobs[k].service_data_through > latest)
                latest = status->jobs[k].service_data_through;
        buf_print(out, "%s%s: the service's data through %s\n", any ? "" : "\n", job->contract,
                  date_format(latest, day));
        any = true;
    }
}

static void put_rows(const struct status *status, struct buf *out)
{
    static const char *const headings[] = {"job",      "contract", ">read",       ">inserted",
                                           ">updated", ">deleted", ">last chunk", ">seconds"};
    struct table *table = table_make(headings, COUNT_OF(headings));
    bool any = false;
    for (size_t i = 0; i < status->job_count; i++) {
        const struct status_job *job = &status->jobs[i];
        const struct invocation *loaded = job->loaded;
        if (!loaded)
            continue;
        any = true;
        table_add(table, job->job);
        table_add(table, job->contract);
        table_add_number(table, loaded->rows_read);
        table_add_number(table, loaded->counts.inserted);
        table_add_number(table, loaded->counts.updated);
        table_add_number(table, loaded->counts.deleted);
        table_add_number(table, loaded->loaded->rows_read);
        table_add_number(table, (unsigned long long)(invocation_elapsed_ms(loaded, status->now_ms) / 1000));
    }
    if (any) {
        buf_put(out, "\nRows of the last success:\n");
        table_put(table, out);
    }
    table_release(table);
}

static const char *trend_word(enum invocation_status status)
{
    switch (status) {
    case INVOCATION_RUNNING:
        return "run";
    case INVOCATION_DIED:
        return "died";
    case INVOCATION_FAILED:
        return "fail";
    case INVOCATION_SKIPPED:
        return "skip";
    case INVOCATION_SUCCEEDED:
        break;
    }
    return "";
}

/* The word for an invocation that did not succeed, or that loaded nothing. */
static const char *word_without_rows(const struct invocation *one)
{
    return one->status == INVOCATION_SUCCEEDED ? "skip" : trend_word(one->status);
}

/* How the trend shows a run: its number of rows, or why there are none; or its number of requests. */
static const char *trend_text(const struct status_job *job, size_t place, bool of_rows, char *out)
{
    if (place >= job->trend_count)
        return "";
    const struct invocation *one = &job->trend[place];
    if (of_rows && (one->status != INVOCATION_SUCCEEDED || !one->loaded))
        snprintf(out, READABLE_TEXT, "%s", word_without_rows(one));
    else
        readable_short_number(of_rows ? one->rows_read : one->requests, out);
    return out;
}

static int trend_width(const struct status *status, bool of_rows)
{
    char text[READABLE_TEXT];
    size_t width = 1;
    for (size_t i = 0; i < status->job_count; i++) {
        for (size_t place = 0; place < status->jobs[i].trend_count; place++) {
            size_t one = strlen(trend_text(&status->jobs[i], place, of_rows, text));
            width = one > width ? one : width;
        }
    }
    return (int)width;
}

/* Oldest first. All have the same width, so that the runs of one night line up. */
static void add_trend(const struct status_job *job, bool of_rows, int width, struct table *table)
{
    SCOPED(buf) struct buf line = buf_make(BUF_OWN_TEXT);
    char text[READABLE_TEXT];
    for (size_t place = STATUS_TREND; place-- > 0;)
        buf_print(&line, "%*s%s", width, trend_text(job, place, of_rows, text), place > 0 ? " " : "");
    table_add(table, buf_text(&line));
}

static void put_trends(const struct status *status, struct buf *out)
{
    static const char *const headings[] = {"job", "contract", ">rows", ">requests"};
    struct table *table = table_make(headings, COUNT_OF(headings));
    int rows_width = trend_width(status, true);
    int requests_width = trend_width(status, false);
    bool any = false;
    for (size_t i = 0; i < status->job_count; i++) {
        const struct status_job *job = &status->jobs[i];
        if (!job->last)
            continue;
        any |= job->trend_count > 1;
        table_add(table, job->job);
        table_add(table, job->contract);
        add_trend(job, true, rows_width, table);
        add_trend(job, false, requests_width, table);
    }
    if (any) {
        buf_print(out, "\nThe last %d runs, the newest on the right:\n", STATUS_TREND);
        table_put(table, out);
    }
    table_release(table);
}

static void put_kept_exports(const struct status *status, struct buf *out)
{
    if (status->kept_export_count == 0)
        return;
    buf_put(out, "\nExports that are still at the service, since deleting them has failed:\n");
    for (size_t i = 0; i < status->kept_export_count; i++) {
        const struct undeleted_export *kept = &status->kept_exports[i];
        buf_print(out, "    %s %s run %" PRId64 ": %s\n", kept->job, kept->contract, kept->run_id, kept->key);
    }
    buf_put(out, "    The next run of the contract that loads an export deletes them. By hand: DELETE "
                 "export/CONTRACT/requests/KEY\n");
}

static void put_stale_views(const struct status *status, struct buf *out)
{
    if (status->stale_views.count == 0)
        return;
    buf_put(out, "\nReport views that are out of date (tokenflex-etl init --reports creates them for the "
                 "tables that exist now): ");
    buf_put_list(out, &status->stale_views);
    buf_put(out, "\n");
}

static void put_block(const struct status *status, struct buf *out)
{
    char text[CLOCK_MINUTE_TEXT];
    char age[READABLE_TEXT];
    char statement[BUDGET_UNBLOCK_TEXT];
    if (status->level.blocked_ms <= 0)
        return;
    buf_print(out,
              "    Requests wait for %s (until %s UTC), because the service answered 429; to send them "
              "earlier, run:\n"
              "        %s;\n",
              readable_age(status->level.blocked_ms, age),
              clock_format_minute(status->now_ms + status->level.blocked_ms, text),
              budget_unblock_statement(&status->budget, statement));
}

static void put_budget(const struct status *status, struct buf *out)
{
    double rate = budget_rate(&status->budget, &status->level);
    const struct budget *budget = &status->budget;
    char text[CLOCK_MINUTE_TEXT];
    char age[READABLE_TEXT];
    buf_print(out, "\nRequest budget of account %s: ", budget->account);
    if (budget->per_minute <= 0) {
        buf_put(out, "no limit on our side\n");
        put_block(status, out);
        return;
    }
    int64_t full_at_ms = status_full_at_ms(status);
    buf_print(out, "%" PRIu64 " of %.9g left", status_available(status), budget_capacity(budget));
    if (full_at_ms > status->now_ms)
        buf_print(out, ", full in %s (%s UTC)", readable_age(full_at_ms - status->now_ms, age),
                  clock_format_minute(full_at_ms, text));
    buf_put(out, "\n");
    if (status->level.requests <= -1)
        buf_print(out, "    %.0f more are needed by waiting runs\n", -status->level.requests);
    if (status->level.reserved > 0)
        buf_print(out, "    %" PRIu64 " are reserved for results under way\n", status->level.reserved);
    if (rate < budget->per_minute)
        buf_print(out, "    %.3g a minute instead of %.9g for now, lowered after 429 responses\n", rate,
                  budget->per_minute);
    else if (rate > budget->per_minute)
        buf_print(out, "    %.3g a minute for now, raised from %.9g\n", rate, budget->per_minute);
    put_block(status, out);
}

void status_put_text(const struct status *status, struct buf *out)
{
    put_problems(status, out);
    put_running(status, out);
    put_schema_changes(status, out);
    if (status->job_count > 0) {
        put_states(status, out);
        put_service_data(status, out);
        put_rows(status, out);
        put_trends(status, out);
    }
    status_put_token_budgets(status, out);
    share_report_put_text(&status->share, out);
    put_kept_exports(status, out);
    put_stale_views(status, out);
    put_budget(status, out);
}
