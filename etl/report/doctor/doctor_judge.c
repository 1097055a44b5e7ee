#include "report/doctor/doctor_judge.h"

#include "base/clock.h"
#include "base/program.h"
#include "base/readable.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)
/* A login that ends within this time is worth a warning: it is renewed by each nightly run, unless runs
 * fail. */
#define LOGIN_WARN_MS (3 * DAY_MS)
#define CLOCK_WARN_MS 30000
#define CLOCK_FAIL_MS 300000

/* The findings of one kind of file. */
struct tally {
    size_t errors;
    size_t warnings;
    const struct finding *first; /* the first error, or the first warning where there is no error */
};

static struct tally tally_of(const struct inspected_files *files, bool of_settings)
{
    struct tally tally = {0};
    for (size_t i = 0; i < files->findings->count; i++) {
        const struct finding *finding = &files->findings->items[i];
        bool is_error = finding->severity == SEVERITY_ERROR;
        bool is_wanted = text_equal(finding->place.file, files->settings_file) == of_settings;
        if (!is_wanted || finding->severity == SEVERITY_ADVICE)
            continue;
        if (!tally.first || (is_error && tally.errors == 0))
            tally.first = finding;
        tally.errors += is_error;
        tally.warnings += !is_error;
    }
    return tally;
}

static void judge_findings(struct doctor_checks *checks, const char *name, const char *advice,
                           const struct tally *tally)
{
    const struct finding *first = tally->first;
    char place[32] = "";
    if (first->place.line > 0)
        snprintf(place, sizeof place, ":%u:%u", first->place.line, first->place.column);
    if (tally->errors > 0)
        check_fail(checks, &(struct check_failure){name, ERR_CONFIG, advice},
                   "%zu error%s, the first: %s%s: %s", tally->errors, tally->errors == 1 ? "" : "s",
                   first->place.file, place, first->message);
    else
        check_warn(checks, name, advice, "%zu warning%s, the first: %s%s: %s", tally->warnings,
                   tally->warnings == 1 ? "" : "s", first->place.file, place, first->message);
}

static const char all_findings[] = "`tokenflex-etl check` shows all of them";

void judge_settings(struct doctor_checks *checks, const struct inspected_files *files)
{
    const struct tally tally = tally_of(files, true);
    if (tally.first)
        judge_findings(checks, "settings", all_findings, &tally);
    else if (files->settings_exist)
        check_ok(checks, "settings", "%s", files->settings_file);
    else
        check_ok(checks, "settings", "no settings file: the defaults and the environment variables apply");
}

void judge_jobs(struct doctor_checks *checks, const struct inspected_files *files)
{
    size_t enabled = 0;
    const struct tally tally = tally_of(files, false);
    for (size_t i = 0; i < files->jobs->count; i++)
        enabled += files->jobs->items[i].enabled;
    bool has_none = tally.errors == 1 && text_equal(tally.first->place.file, files->jobs_directory);
    if (has_none)
        judge_findings(checks, "jobs",
                       "copy jobs from /usr/share/tokenflex-etl/jobs (/usr/local/share after cmake "
                       "--install), or write one: `tokenflex-etl discover fields --contract NUMBER --job`; "
                       "jobs elsewhere: --jobs",
                       &tally);
    else if (tally.first)
        judge_findings(checks, "jobs", all_findings, &tally);
    else if (enabled == 0)
        check_warn(checks, "jobs", "set enabled: true in a job, or name jobs: tokenflex-etl run JOB",
                   "%zu in %s, none of them enabled: `run` would do nothing", files->jobs->count,
                   files->jobs_directory);
    else
        check_ok(checks, "jobs", "%zu in %s, %zu enabled", files->jobs->count, files->jobs_directory,
                 enabled);
}

void judge_login(struct doctor_checks *checks, const struct settings *settings, const struct login *login,
                 int64_t wall_ms)
{
    char advice[320];
    const struct check_failure failure = {"token", ERR_AUTH, advice};
    char until[CLOCK_TEXT];
    char access_until[CLOCK_TEXT];
    char what[TOKEN_STORE_TEXT];
    const char *place = token_store_place(settings);
    const char *how = settings->auth.token_store == TOKEN_STORE_FILE ? "mode 0600" : "encrypted";
    token_store_describe(settings, what);
    snprintf(advice, sizeof advice, "let an administrator log in: %s", program_login());
    if (!login) {
        check_fail(checks, &failure, "no administrator has logged in yet: there is no %s", what);
        return;
    }
    int64_t end_ms = login->refresh_from_ms + LOGIN_REFRESH_LIFETIME_MS;
    const char *client = buf_text(&login->client_id);
    clock_format(end_ms, until);
    if (!text_equal(client, settings->auth.client_id))
        check_fail(checks, &failure, "the %s belongs to client `%s`, the settings name `%s`", what, client,
                   settings->auth.client_id);
    else if (login->refused)
        check_fail(checks, &failure,
                   "the login of client `%s` has ended: the service has refused its refresh token", client);
    else if (end_ms <= wall_ms)
        check_fail(checks, &failure,
                   "the login of client `%s` has ended: its refresh token was good until %s", client, until);
    else if (end_ms - wall_ms < LOGIN_WARN_MS)
        check_warn(checks, "token", "run a job before then, which renews it, or log in again",
                   "the login of client `%s` ends in %.1f days: %s (%s)", client,
                   (double)(end_ms - wall_ms) / (double)DAY_MS, until, place);
    else
        check_ok(checks, "token", "client `%s`, login good until %s, access token %s %s (%s, %s)", client,
                 until, login->access_until_ms > wall_ms ? "until" : "expired at",
                 clock_format(login->access_until_ms, access_until), place, how);
}

static bool has_scope(const char *granted, const char *scope)
{
    size_t length = strlen(scope);
    for (const char *at = granted; (at = strstr(at, scope)); at += length)
        if ((at == granted || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

void judge_scopes(struct doctor_checks *checks, const struct scope_facts *facts)
{
    char advice[320];
    const struct check_failure failure = {"scopes", ERR_AUTH, advice};
    snprintf(advice, sizeof advice, "add it to auth.scopes; if a login is stored, log in again: %s",
             program_login());
    bool may_write = has_scope(facts->granted, "data:write");
    if (!has_scope(facts->granted, "data:read"))
        check_fail(checks, &failure, "%s lacks data:read: no request is possible", facts->where);
    else if (!may_write && facts->exporter)
        check_fail(checks, &failure,
                   "%s lacks data:write, and the job %s uses the Export API, which needs it", facts->where,
                   facts->exporter);
    else if (!may_write)
        check_warn(checks, "scopes", advice,
                   "%s lacks data:write: a query that is too large cannot be replaced by an export",
                   facts->where);
    else
        check_ok(checks, "scopes", "%s has %s", facts->where, facts->granted);
}

int64_t judge_budget_wait_ms(const struct budget *budget, const struct budget_level *level)
{
    if (budget->per_minute <= 0)
        return level->blocked_ms;
    double least = budget_capacity(budget) < 1 ? budget_capacity(budget) : 1;
    int64_t refill_ms = budget_fill_ms(budget, level, least);
    return refill_ms > level->blocked_ms ? refill_ms : level->blocked_ms;
}

void judge_budget(struct doctor_checks *checks, const struct budget *budget, const struct budget_level *level,
                  int64_t wall_ms)
{
    char until[CLOCK_TEXT];
    char statement[BUDGET_UNBLOCK_TEXT];
    int64_t wait_ms = judge_budget_wait_ms(budget, level);
    double rate = budget_rate(budget, level);
    double left = level->requests < 0 ? 0 : level->requests;
    clock_format(wall_ms + wait_ms, until);
    if (level->blocked_ms > 0 && wait_ms == level->blocked_ms)
        check_warn(checks, "budget",
                   arena_print(checks->arena,
                               "wait, or end it: %s; if this happens often, lower api.rate_limit",
                               budget_unblock_statement(budget, statement)),
                   "the service has asked the account `%s` to wait until %s", budget->account, until);
    else if (budget->per_minute <= 0)
        check_ok(checks, "budget", "no limit on our side (api.rate_limit.per_minute: 0)");
    else if (wait_ms > 0)
        check_warn(checks, "budget", "wait: runs do so by themselves",
                   "spent: the next request of account `%s` may be made at %s", budget->account, until);
    else
        check_ok(checks, "budget", "%u of %u requests left of account `%s`, %g more a minute", (unsigned)left,
                 (unsigned)budget_capacity(budget), budget->account, rate);
}

void judge_clock(struct doctor_checks *checks, const char *name, const char *whose, int64_t ahead_ms)
{
    static const char advice[] = "let NTP set the clocks (timedatectl, chronyc tracking)";
    char span[READABLE_TEXT];
    int64_t apart_ms = ahead_ms < 0 ? -ahead_ms : ahead_ms;
    const char *direction = ahead_ms < 0 ? "behind" : "ahead of";
    readable_difference(ahead_ms, span);
    if (apart_ms >= CLOCK_FAIL_MS)
        check_fail(checks, &(struct check_failure){name, ERR_CONFIG, advice},
                   "this machine's clock is %s %s %s's: tokens and windows would be wrong", span, direction,
                   whose);
    else if (apart_ms >= CLOCK_WARN_MS)
        check_warn(checks, name, advice, "this machine's clock is %s %s %s's", span, direction, whose);
    else
        check_ok(checks, name, "this machine's clock is within %s of %s's", apart_ms < 2000 ? "2 s" : span,
                 whose);
}

static bool sees(const struct contracts *seen, const char *number)
{
    for (size_t i = 0; i < seen->count; i++)
        if (text_equal(seen->items[i].number, number))
            return true;
    return false;
}

void judge_contracts(struct doctor_checks *checks, const struct jobs *jobs, const struct contracts *seen)
{
    static const struct check_failure unseen = {
        "contracts", ERR_AUTH,
        "`tokenflex-etl discover contracts` lists those the user sees; the shipped jobs take theirs from "
        "TOKENFLEX_CONTRACT"};
    size_t named = 0;
    for (size_t i = 0; i < jobs->count; i++) {
        const struct job *job = &jobs->items[i];
        for (size_t k = 0; job->enabled && k < job->contract_numbers.count; k++, named++) {
            const char *number = job->contract_numbers.items[k];
            if (sees(seen, number))
                continue;
            check_fail(checks, &unseen, "the job %s names contract %s, which the user does not see",
                       job->name, number);
            return;
        }
    }
    check_ok(checks, "contracts", "%zu seen, with all that enabled jobs name", seen->count);
}

static void put_list(struct buf *out, const char *what, const struct text_list *list)
{
    if (list->count > 0)
        buf_print(out, "%s%s", out->length ? ", " : "", what);
    buf_put_list(out, list);
}

void judge_timers(struct doctor_checks *checks, const struct timers *timers)
{
    SCOPED(buf) struct buf found = buf_make(BUF_OWN_TEXT);
    put_list(&found, "enabled: ", &timers->units);
    put_list(&found, "cron: ", &timers->cron_files);
    if (found.length > 0)
        check_ok(checks, "timers", "%s", buf_text(&found));
    else
        check_warn(checks, "timers",
                   "this is right if something else starts runs, such as a user's crontab; otherwise enable "
                   "tokenflex-etl@TAG.timer, and check what it uses with tokenflex-etl-as-service doctor",
                   "no enabled tokenflex-etl@*.timer and no line of /etc/crontab or /etc/cron.d starts runs");
}
