#include "job/settings_keys.h"

#include "job/job.h"
#include "job/settings.h"
#include "job/settings_url.h"
#include "wire/json/json_reader.h"

#include <string.h>

static void read_schema(const struct key_value *value, void *member)
{
    const char *expected = "a name of lower-case letters, digits and `_`, at most 63 bytes long";
    const char *text = key_text(value, expected);
    if (!text)
        return;
    if (!job_is_identifier(text))
        key_refuse(value, expected);
    else if (text_starts_with(text, "pg_"))
        finding_error(
            value->context->findings, value->node->place,
            "`%s` is `%s`, and PostgreSQL keeps names that begin with pg_ for itself: choose another",
            value->path, text);
    else if (text_equal(text, "tokenflex_etl"))
        finding_error(value->context->findings, value->node->place,
                      "`%s` is `tokenflex_etl`, where the tool keeps its own tables: choose another",
                      value->path);
    else
        *(const char **)member = arena_copy_text(value->context->arena, text);
}

/* Stored as decimal digits: it is compared with exact sums. */
static void read_tolerance(const struct key_value *value, void *member)
{
    const char *expected = "a number of tokens such as 0 or 0.5, at most 20 digits long";
    const char *text = key_text(value, expected);
    if (!text)
        return;
    size_t length = strlen(text);
    if (length <= 20 && strspn(text, "0123456789.") == length && json_is_number(text, length))
        *(const char **)member = arena_copy_text(value->context->arena, text);
    else
        key_refuse(value, expected);
}

static const char *const stores[] = {
    [TOKEN_STORE_FILE] = "file",
    [TOKEN_STORE_DATABASE] = "database",
    NULL,
};

#define API(member) offsetof(struct api_settings, member)
#define AUTH(member) offsetof(struct auth_settings, member)
#define DATABASE(member) offsetof(struct database_settings, member)
#define RUN(member) offsetof(struct run_settings, member)

/* rate_limit and poll are mappings in the file, and members of struct api_settings: their tables start there
 * too. */
static const struct key rate_limit_keys[] = {
    {.name = "per_minute",
     .kind = KEY_RATE,
     .at = API(per_minute),
     .most = 100000,
     .default_value = "5",
     .text = "Requests a minute. 0: no limit on the side of this program."},
    {.name = "burst",
     .kind = KEY_COUNT,
     .at = API(burst),
     .least = 1,
     .most = 100000,
     .default_value = "50",
     .text = "How many requests the service accepts at once after a pause. The program uses one fewer, as a "
             "reserve."},
    {.name = "period",
     .kind = KEY_DURATION,
     .at = API(period_ms),
     .default_value = "8h",
     .text = "The service allows one burst in this time. Until it has passed, the requests of a burst do not "
             "come back: the program sends what is left of it, and `per_minute` requests a minute."},
    {.name = "account",
     .kind = KEY_TEXT,
     .at = API(account),
     .may_be_empty = true,
     .default_value = "\"\"",
     .text = "The name of the service's user to whom the limit belongs. Several client ids of one user share "
             "one budget if their settings name the same account. Empty: the client id is the account."},
    {.name = "max_per_minute",
     .kind = KEY_RATE,
     .at = API(max_per_minute),
     .most = 100000,
     .default_value = "0",
     .text = "After 429 responses the rate is reduced, and rises again by a tenth of `per_minute` an hour. "
             "With this key it continues to rise up to this many requests a minute, until the service "
             "refuses one. 0: never above `per_minute`."},
    {0},
};

static const struct key poll_keys[] = {
    {.name = "first",
     .kind = KEY_DURATION,
     .at = API(poll_first_ms),
     .default_value = "2s",
     .text = "The first poll after a submit, if no earlier run of the job has shown how long it takes."},
    {.name = "max",
     .kind = KEY_DURATION,
     .at = API(poll_max_ms),
     .default_value = "30s",
     .text = "The time between later polls grows up to this."},
    {0},
};

static const struct key api_keys[] = {
    {.name = "base_url",
     .kind = KEY_OTHER,
     .at = API(base_url),
     .read = settings_read_url,
     .value = "an address",
     .default_value = "https://developer.api.autodesk.com",
     .text = "The address of the service, without `/tokenflex/v1`. `http://` is allowed only for a loopback "
             "address, unless `api.allow_insecure` is true."},
    {.name = "allow_insecure",
     .kind = KEY_FLAG,
     .at = API(allow_insecure),
     .default_value = "false",
     .text = "Whether `http://` is allowed for other machines too. It sends the token unencrypted; use it "
             "only for tests in a closed network."},
    {.name = "rate_limit",
     .kind = KEY_MAPPING,
     .table = rate_limit_keys,
     .text = "The rate limit of the service for one user, over all hosts and programs."},
    {.name = "poll",
     .kind = KEY_MAPPING,
     .table = poll_keys,
     .text = "How often the program asks whether a query or an export is done."},
    {.name = "query_deadline",
     .kind = KEY_DURATION,
     .at = API(query_deadline_ms),
     .default_value = "5m",
     .text = "A query that is not done after this time counts as timed out."},
    {.name = "result_lifetime",
     .kind = KEY_DURATION,
     .at = API(result_lifetime_ms),
     .default_value = "5m",
     .text = "How long the service keeps a result."},
    {.name = "retries",
     .kind = KEY_COUNT,
     .at = API(retries),
     .most = 100,
     .default_value = "5",
     .text =
         "How often a request is repeated after a temporary error: no connection, 5xx, an answer cut short."},
    {.name = "retry_wait",
     .kind = KEY_DURATION,
     .at = API(retry_wait_ms),
     .default_value = "1s",
     .text =
         "The longest wait before the first repetition. Before each later one the longest wait doubles, up "
         "to a minute. The actual wait is random, so that several programs do not ask at the same moment."},
    {.name = "ca_file",
     .kind = KEY_PATH,
     .at = API(ca_file),
     .text = "Trusted certificates in PEM format, instead of the system's. The check of certificates cannot "
             "be switched off."},
    {0},
};

static const struct key auth_keys[] = {
    {.name = "flow",
     .kind = KEY_CHOICE,
     .at = AUTH(flow),
     .choices = auth_flow_names,
     .default_value = "refresh_token",
     .text = "`refresh_token`: the login of an administrator, see `tokenflex-etl auth`. "
             "`client_credentials`: client id and secret, without a login; only if Autodesk has tied the "
             "client id to an administrator. "
             "`access_token`: a token from another source, for up to an hour of manual work."},
    {.name = "client_id",
     .kind = KEY_TEXT,
     .at = AUTH(client_id),
     .may_be_empty = true,
     .default_value = "${TOKENFLEX_CLIENT_ID:-}",
     .text = "The client id of the application at Autodesk."},
    {.name = "client_secret",
     .is_secret = true,
     .kind = KEY_TEXT,
     .at = AUTH(client_secret),
     .may_be_empty = true,
     .default_value = "${TOKENFLEX_CLIENT_SECRET:-}",
     .text = "The secret of the application; empty for a public client. If neither this key nor "
             "`auth.client_secret_file` gives a secret, the systemd credential `client_secret` is used."},
    {.name = "client_secret_file",
     .kind = KEY_PATH,
     .at = AUTH(client_secret_file),
     .text = "A file with the secret, instead of `auth.client_secret`. Spaces are part of the secret; a "
             "newline at the end is not."},
    {.name = "access_token",
     .is_secret = true,
     .kind = KEY_TEXT,
     .at = AUTH(access_token),
     .may_be_empty = true,
     .default_value = "${TOKENFLEX_ACCESS_TOKEN:-}",
     .text = "The token for the flow `access_token`."},
    {.name = "token_file",
     .kind = KEY_PATH,
     .at = AUTH(token_file),
     .default_value = "~/.local/state/tokenflex-etl/token.json",
     .text =
         "The file with the refresh token, which changes with every use. Under systemd the default is "
         "`token.json` in the `StateDirectory=` of the service. The file (mode 0600) and its directory "
         "must be writable. The file belongs to one host and one user. The program creates the next file "
         "before it uses the refresh token. The program follows symbolic links. In a container, mount the "
         "directory: a single mounted file is written in place."},
    {.name = "token_store",
     .kind = KEY_CHOICE,
     .at = AUTH(token_store),
     .choices = stores,
     .default_value = "file",
     .text =
         "Where the login is kept. `file`: in `auth.token_file`, for one host. `database`: in the table "
         "`tokenflex_etl.login`, for all hosts, containers and CronJobs that use the database with the same "
         "client id and `api.rate_limit.account`. There it is encrypted (AES-256-GCM) with the key in "
         "`auth.token_key_file`. To renew it a run needs one more connection to the database for a moment. "
         "If you change this setting, log in again: the login is not copied."},
    {.name = "token_key_file",
     .kind = KEY_PATH,
     .at = AUTH(token_key_file),
     .value = "a path",
     .text = "The file with the key of the login in the database: 32 random bytes, as they are, as 64 "
             "hexadecimal digits, or in base64 (as `openssl rand -base64 32` prints them). All hosts have "
             "the same "
             "key. Only its owner may read the file; a file of root may be readable by its group. If "
             "this setting is missing, the systemd credential `token_key` is used."},
    {.name = "scopes",
     .kind = KEY_NAMES,
     .at = AUTH(scopes),
     .default_value = "[data:read, data:write]",
     .text = "The scopes of the token. Exports need `data:write`."},
    {0},
};

static const struct key database_keys[] = {
    {.name = "dsn",
     .kind = KEY_TEXT,
     .at = DATABASE(dsn),
     .may_be_empty = true,
     .value = "a connection string or URI of libpq",
     .default_value = "\"\"",
     .text = "The connection to the database. `PGHOST`, `PGDATABASE` and the other variables, and the "
             "password file, give what it leaves out, as in `psql`. A pooler must be in session mode."},
    {.name = "schema",
     .kind = KEY_OTHER,
     .at = DATABASE(schema),
     .read = read_schema,
     .value = "a name of lower-case letters, digits and `_`",
     .default_value = "tokenflex",
     .text = "The schema of the tables."},
    {.name = "grant_select_to",
     .kind = KEY_NAMES,
     .at = DATABASE(grant_select_to),
     .may_be_empty = true,
     .default_value = "[]",
     .text = "Roles that may read every table."},
    {.name = "distribute_by",
     .kind = KEY_CHOICE,
     .at = DATABASE(distribute_by),
     .choices = job_distribute_choices,
     .default_value = "none",
     .text =
         "Where the database is the coordinator of a Citus cluster: `contract_number` or `_row_key` creates "
         "new tables as distributed tables, by this column. `target.distribute_by` of a job overrides this "
         "for its table. Without the Citus extension, anything but `none` is refused."},
    {0},
};

static const struct key run_keys[] = {
    {.name = "parallel_jobs",
     .kind = KEY_COUNT,
     .at = RUN(parallel_jobs),
     .least = 1,
     .most = 64,
     .default_value = "4",
     .text =
         "How many jobs run at once. A job of several contracts counts once for each contract. Each needs a "
         "connection to the database; if the database allows fewer connections, fewer run at once. All "
         "share one request budget."},
    {.name = "metrics_file",
     .kind = KEY_PATH,
     .at = RUN(metrics_file),
     .may_be_empty = true,
     .default_value = "\"\"",
     .text =
         "The path of a file NAME.prom for the textfile collector of Prometheus' node exporter. Beside it "
         "the program also writes NAME_run.prom, with the last run. Each file is replaced as a whole. "
         "Empty: none."},
    {.name = "report_file",
     .kind = KEY_PATH,
     .at = RUN(report_file),
     .may_be_empty = true,
     .default_value = "\"\"",
     .text = "The report as one HTML page without names of people, written after every run and replaced as "
             "a whole. If it cannot be written, that is a warning. Empty: none."},
    {.name = "ping_url",
     .is_secret = true,
     .kind = KEY_TEXT,
     .at = RUN(ping_url),
     .may_be_empty = true,
     .default_value = "\"\"",
     .text = "A URL that receives a ping when a run starts, succeeds (the URL itself) and fails (with the "
             "exit code appended), in the form of healthchecks services. It is a secret and is never logged. "
             "Empty: none."},
    {.name = "keep_runs",
     .kind = KEY_COUNT,
     .at = RUN(keep_runs_days),
     .most = 36500,
     .default_value = "400",
     .text = "How many days `tokenflex_etl.run` keeps a run. A run that a later run or `status` needs is "
             "kept longer. 0: for ever."},
    {.name = "keep_history",
     .kind = KEY_COUNT,
     .at = RUN(keep_history_days),
     .most = 36500,
     .default_value = "0",
     .text = "How many days an old version of a row is kept (`target.history`). 0: for ever."},
    {.name = "share",
     .kind = KEY_TEXT,
     .at = RUN(share),
     .may_be_empty = true,
     .value = "a name",
     .default_value = "\"\"",
     .text =
         "Hosts whose settings name the same share, and the same database, do their runs together: each "
         "chunk is loaded by the host that takes it first. Empty: this host does all of its runs itself."},
    {0},
};

const struct key settings_keys[] = {
    {.name = "api",
     .kind = KEY_MAPPING,
     .at = offsetof(struct settings, api),
     .table = api_keys,
     .text = "The service, and how requests are sent."},
    {.name = "auth",
     .kind = KEY_MAPPING,
     .at = offsetof(struct settings, auth),
     .table = auth_keys,
     .text = "The login at the service."},
    {.name = "database",
     .kind = KEY_MAPPING,
     .at = offsetof(struct settings, database),
     .table = database_keys,
     .text = "The PostgreSQL server, version 15 or later."},
    {.name = "run",
     .kind = KEY_MAPPING,
     .at = offsetof(struct settings, run),
     .table = run_keys,
     .text = "Settings of runs."},
    {.name = "reconcile_tolerance",
     .kind = KEY_OTHER,
     .at = offsetof(struct settings, reconcile_tolerance),
     .read = read_tolerance,
     .value = "a number of tokens",
     .default_value = "0",
     .text = "A figure may differ from the service's own total by up to this many tokens without being "
             "reported as a difference. If all figures of the service's answer are whole numbers, the "
             "service may have rounded them, and less than one token is never a difference."},
    {.name = "budgets",
     .kind = KEY_MAPPINGS,
     .at = offsetof(struct settings, budgets),
     .table = token_budget_keys,
     .read = token_budget_read,
     .default_value = "[]",
     .text = "Budgets of tokens: `status` and the metrics show how much of each is used, and warn. A warning "
             "never fails a job. Example: `budgets: [{name: Berlin, contract: \"11000000001\", where: "
             "{custom_field1: Berlin}, tokens: 50000, period: month, warn_at: [80%, forecast 100%]}]`."},
    {0},
};
