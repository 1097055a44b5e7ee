#include "report/doctor/doctor.h"

#include "base/clock.h"
#include "report/doctor/doctor_inner.h"
#include "run/source_facts.h"

static const char *find_exporter(const struct jobs *jobs)
{
    for (size_t i = 0; i < jobs->count; i++)
        if (jobs->items[i].enabled && text_equal(source_of_job(&jobs->items[i]), "export"))
            return jobs->items[i].name;
    return NULL;
}

static void examine_scopes(struct doctor *doctor, const struct login *login)
{
    const struct auth_settings *auth = &doctor->settings.auth;
    SCOPED(buf) struct buf asked = buf_make(BUF_OWN_TEXT);
    oauth_put_scopes(&doctor->settings, &asked);
    struct scope_facts facts = {
        .granted = login ? buf_text(&login->scopes) : buf_text(&asked),
        .where = login ? "the login" : "auth.scopes",
        .exporter = find_exporter(doctor->options->files.jobs),
    };
    if (auth->flow == AUTH_ACCESS_TOKEN)
        check_ok(doctor->checks, "scopes",
                 "the scopes of auth.access_token are not known; exports need data:write");
    else
        judge_scopes(doctor->checks, &facts);
}

/* Requests a token to prove that the service issues one. This costs no request of the budget. */
static void examine_credentials(struct doctor *doctor)
{
    struct err err;
    SCOPED(token) struct token token = token_none();
    if (!doctor_open_service(doctor, &err) ||
        !token_get(doctor->service.tokens, clock_deadline(DOCTOR_ANSWER_MS), &token, &err))
        check_error(doctor->checks, "token", &err);
    else
        check_ok(doctor->checks, "token", "the service gives client `%s` a token",
                 doctor->settings.auth.client_id);
}

static void examine_login(struct doctor *doctor)
{
    struct err err;
    bool exists;
    bool is_in_database = doctor->settings.auth.token_store == TOKEN_STORE_DATABASE;
    struct login login = login_make();
    if (is_in_database && !doctor_connect(doctor, &err)) {
        check_skip(doctor->checks, "token", "no database, which keeps the login");
        examine_scopes(doctor, NULL);
    } else if (!token_store_read_unlocked(&doctor->settings, doctor->pg, &login, &exists, &err)) {
        check_error(doctor->checks, "token", &err);
        examine_scopes(doctor, NULL);
    } else {
        judge_login(doctor->checks, &doctor->settings, exists ? &login : NULL, clock_wall_ms());
        examine_scopes(doctor, exists ? &login : NULL);
    }
    login_cleanup(&login);
}

static void examine_token(struct doctor *doctor)
{
    struct err err;
    if (!settings_check_auth(&doctor->settings, &err)) {
        check_error(doctor->checks, "token", &err);
        examine_scopes(doctor, NULL);
        return;
    }
    switch (doctor->settings.auth.flow) {
    case AUTH_REFRESH_TOKEN:
        examine_login(doctor);
        return;
    case AUTH_CLIENT_CREDENTIALS:
        examine_credentials(doctor);
        break;
    case AUTH_ACCESS_TOKEN:
        check_warn(doctor->checks, "token",
                   "for runs every night: auth.flow refresh_token, and `tokenflex-etl auth login`",
                   "auth.access_token is used: access tokens expire after about an hour, and this one cannot "
                   "be renewed");
        break;
    }
    examine_scopes(doctor, NULL);
}

static void examine_timers(struct doctor *doctor)
{
    struct timers timers;
    timers_find(doctor->options->etc, doctor->checks->arena, &timers);
    judge_timers(doctor->checks, &timers);
}

/* Without usable settings these checks cannot be made: the addresses to ask are not known. */
static void skip_all(struct doctor_checks *checks)
{
    static const char *const names[] = {
        "token",      "scopes", "database", "database_version", "connections", "pooler",    "database_clock",
        "privileges", "schema", "tables",   "budget",           "api",         "contracts", "clock"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        check_skip(checks, names[i], "the settings have errors");
}

void doctor_examine(const struct doctor_options *options, struct doctor_checks *checks)
{
    struct doctor doctor = {.options = options, .checks = checks, .settings = *options->settings};
    doctor.settings.api.retries = doctor.settings.api.retries > 0 ? 1 : 0;
    judge_settings(checks, &options->files);
    judge_jobs(checks, &options->files);
    if (check_has_not_failed(checks, "settings")) {
        examine_token(&doctor);
        doctor_examine_database(&doctor);
        doctor_examine_service(&doctor);
    } else {
        skip_all(checks);
    }
    examine_timers(&doctor);
    pg_close(doctor.pg);
    service_close(&doctor.service);
}
