/*
 * Settings: tokenflex-etl.yaml in typed form, defaults filled in. Durations are in milliseconds.
 */
#ifndef JOB_SETTINGS_H
#define JOB_SETTINGS_H

#include "base/err.h"
#include "base/finding.h"
#include "base/text.h"
#include "job/distribute_by.h"
#include "job/token_budget.h"

#include <stdint.h>

enum token_store_kind { TOKEN_STORE_FILE, TOKEN_STORE_DATABASE };
enum auth_flow { AUTH_REFRESH_TOKEN, AUTH_CLIENT_CREDENTIALS, AUTH_ACCESS_TOKEN };

/* As `auth.flow` has them, by enum auth_flow; ended by NULL. */
extern const char *const auth_flow_names[];

struct api_settings {
    const char *base_url; /* without a final slash */
    bool allow_insecure;
    double per_minute; /* 0: no limit on our side */
    unsigned burst;
    int64_t period_ms;     /* from the beginning of one burst to the next */
    double max_per_minute; /* the rate may rise to this, or to per_minute if that is larger */
    const char *account;   /* the user whose limit it is; "": the client id stands for the user */
    int64_t poll_first_ms;
    int64_t poll_max_ms;
    int64_t query_deadline_ms;
    int64_t result_lifetime_ms;
    unsigned retries;
    int64_t retry_wait_ms;
    const char *ca_file; /* NULL: the system's */
};

/* Contains secrets: client_secret and access_token are never logged. */
struct auth_settings {
    enum auth_flow flow;
    const char *client_id;     /* "" where not given */
    const char *client_secret; /* "" where not given */
    const char
        *client_secret_file; /* NULL where not given; a path, like the others with `~` already replaced */
    struct place client_secret_place; /* of the key client_secret_file; its file is NULL where not given */
    const char *credentials_file;     /* $CREDENTIALS_DIRECTORY/client_secret, to be read where it exists and
                                         neither of the two is given; NULL outside systemd */
    const char *access_token;         /* "" where not given */
    const char *token_file;           /* "" where not given and neither STATE_DIRECTORY nor HOME is known */
    enum token_store_kind token_store;
    const char *token_key_file;       /* NULL where not given */
    const char *token_key_credential; /* $CREDENTIALS_DIRECTORY/token_key, where token_key_file is not given;
                                         NULL outside systemd */
    struct text_list scopes;
};

struct database_settings {
    const char *dsn;        /* "" : libpq's own defaults */
    struct place dsn_place; /* of the key; the whole file where it has none */
    const char *schema;
    struct text_list grant_select_to;
    enum job_distribute_by distribute_by; /* of tables whose jobs say nothing */
};

struct run_settings {
    unsigned parallel_jobs;
    const char *metrics_file;   /* "" : none */
    const char *report_file;    /* "" : none */
    const char *ping_url;       /* "" : none; a secret: it is enough to send pings */
    unsigned keep_runs_days;    /* in the run table; 0: for ever */
    unsigned keep_history_days; /* old versions of rows (target.history); 0: for ever */
    const char *share;          /* hosts that name the same share do its work together; "": none */
};

struct settings {
    const char *file; /* NULL: no file, defaults alone */
    struct api_settings api;
    struct auth_settings auth;
    struct database_settings database;
    struct run_settings run;
    struct token_budgets budgets;
    const char *reconcile_tolerance; /* tokens by which a compared figure may differ, as decimal digits */
};

/*
 * Whether settings and environment have everything that the flow needs. `run` checks this; an offline check
 * must not require it. ERR_CONFIG, with the key and the variable in the hint.
 */
MUST_CHECK bool settings_check_auth(const struct settings *settings, struct err *err);

/* Whether a login in a file has a path. Part of settings_check_auth(). */
MUST_CHECK bool settings_check_token_file(const struct settings *settings, struct err *err);

#endif
