#include "job/manual.h"

const struct manual_key settings_manual[] = {
    {"api", NULL, "", "The service, and how requests are sent."},
    {"api.base_url", "an address", "https://developer.api.autodesk.com",
     "The address of the service, without `/tokenflex/v1`. `http://` is allowed only for a loopback address, "
     "unless `api.allow_insecure` is true."},
    {"api.allow_insecure", NULL, "false",
     "Whether `http://` is allowed for other machines too. It sends the token unencrypted; use it only for "
     "tests in a closed network."},
    {"api.rate_limit", NULL, "", "The rate limit of the service for one user, over all hosts and programs."},
    {"api.rate_limit.per_minute", NULL, "5", "Requests a minute. 0: no limit on the side of this program."},
    {"api.rate_limit.burst", NULL, "50", "The most requests that can be saved up while none are sent."},
    {"api.rate_limit.period", NULL, "8h",
     "One burst is allowed in this time. After more requests than `per_minute` allows were sent, none are "
     "saved up until this time is over."},
    {"api.rate_limit.account", NULL, "\"\"",
     "The name of the service's user to whom the limit belongs. Several client ids of one user share one "
     "budget if their settings name the same account. Empty: the client id is the account."},
    {"api.rate_limit.max_per_minute", NULL, "0",
     "After answers 429 the rate is reduced, and rises again by a tenth of `per_minute` an hour. With this "
     "key it continues to rise up to this many requests a minute, until the service refuses one. 0: never "
     "above `per_minute`."},
    {"api.poll", NULL, "", "How often the program asks whether a query or an export is done."},
    {"api.poll.first", NULL, "2s",
     "The first poll after a submit, if no earlier run of the job has shown how long it takes."},
    {"api.poll.max", NULL, "30s", "The time between later polls grows up to this."},
    {"api.query_deadline", NULL, "5m", "A query that is not done after this time counts as timed out."},
    {"api.result_lifetime", NULL, "5m", "How long the service keeps a result."},
    {"api.retries", NULL, "5",
     "How often a request is repeated after a temporary error: no connection, 5xx, an answer cut short."},
    {"api.retry_wait", NULL, "1s",
     "The longest wait before the first repetition. Before each later one the longest wait doubles, up to a "
     "minute. The actual wait is random, so that several programs do not ask at the same moment."},
    {"api.ca_file", NULL, "",
     "Trusted certificates in PEM format, instead of the system's. The check of certificates cannot be "
     "switched off."},

    {"auth", NULL, "", "The login at the service."},
    {"auth.flow", NULL, "refresh_token",
     "`refresh_token`: the login of an administrator, see `tokenflex-etl auth`. `client_credentials`: only "
     "the client id, if Autodesk has tied it to an administrator. `access_token`: a token from another "
     "source, for up to an hour of manual work."},
    {"auth.client_id", NULL, "${TOKENFLEX_CLIENT_ID:-}", "The client id of the application at Autodesk."},
    {"auth.client_secret", NULL, "${TOKENFLEX_CLIENT_SECRET:-}",
     "The secret of the application; empty for a public client. If neither this key nor "
     "`auth.client_secret_file` gives a secret, the systemd credential `client_secret` is used."},
    {"auth.client_secret_file", NULL, "",
     "A file with the secret, instead of `auth.client_secret`. Spaces are part of the secret; a newline at "
     "the end is not."},
    {"auth.access_token", NULL, "${TOKENFLEX_ACCESS_TOKEN:-}", "The token for the flow `access_token`."},
    {"auth.token_file", NULL, "~/.local/state/tokenflex-etl/token.json",
     "The file with the refresh token, which changes with every use. Under systemd the default is "
     "`token.json` in the `StateDirectory=` of the service. The file (mode 0600) and its directory must be "
     "writable. The file belongs to one host and one user. The program creates the next file before it uses "
     "the refresh token. It follows symbolic links. In a container, mount the directory: a single mounted "
     "file is written in place."},
    {"auth.token_store", NULL, "file",
     "Where the login is kept. `file`: in `auth.token_file`, for one host. `database`: in the table "
     "`tokenflex_etl.login`, for all hosts, containers and CronJobs that use the database with the same "
     "client id and `api.rate_limit.account`. There it is encrypted (AES-256-GCM) with the key in "
     "`auth.token_key_file`. To renew it a run needs one more connection to the database for a moment. "
     "Change the store with `tokenflex-etl auth login`: nothing is copied from one to the other."},
    {"auth.token_key_file", "a path", "",
     "The file with the key of the login in the database: 32 random bytes as they are, in base64 or as 64 "
     "hexadecimal digits, such as `openssl rand -base64 32` prints. All hosts have the same key. Nobody but "
     "its owner may read the file; a file of root may be readable by its group. Without this key the systemd "
     "credential `token_key` is used."},
    {"auth.scopes", NULL, "[data:read, data:write]", "The scopes of the token. Exports need `data:write`."},

    {"database", NULL, "", "The PostgreSQL server, version 15 or later."},
    {"database.dsn", "a connection string or URI of libpq", "\"\"",
     "The connection to the database. `PGHOST`, `PGDATABASE` and the other variables, and the password file, "
     "give what it leaves out, as in `psql`. A pooler must be in session mode."},
    {"database.schema", "a name of lower-case letters, digits and `_`", "tokenflex",
     "The schema of the tables."},
    {"database.grant_select_to", NULL, "[]", "Roles that may read every table."},
    {"database.distribute_by", NULL, "none",
     "Where the database is the coordinator of a Citus cluster: `contract_number` or `_row_key` creates new "
     "tables as distributed tables, by this column. `target.distribute_by` of a job says otherwise for its "
     "table. Without the Citus extension, anything but `none` is refused."},

    {"run", NULL, "", "Settings of runs."},
    {"run.parallel_jobs", NULL, "4",
     "How many jobs run at once. Each needs a connection to the database; if the database allows fewer "
     "connections, fewer jobs run at once. All jobs share one request budget."},
    {"run.metrics_file", NULL, "\"\"",
     "Two files for the textfile collector of Prometheus' node exporter: NAME.prom, and NAME_run.prom beside "
     "it for the last run. Each is replaced as a whole. Empty: none."},
    {"run.report_file", NULL, "\"\"",
     "The report as one HTML page, written after every run without names of people, and replaced as a whole. "
     "If "
     "it cannot be written, that is a warning. Empty: none."},
    {"run.ping_url", NULL, "\"\"",
     "A URL that receives a ping when a run starts, succeeds (the URL itself) and fails (with the exit code "
     "appended), in the form of healthchecks services. It is a secret and is never logged. Empty: none."},
    {"run.keep_runs", NULL, "400",
     "How many days `tokenflex_etl.run` keeps a run. A run that a later run or `status` needs is kept "
     "longer. 0: for ever."},
    {"run.keep_history", NULL, "0",
     "How many days an old version of a row is kept (`target.history`). 0: for ever."},
    {"run.share", "a name", "\"\"",
     "Hosts whose settings name the same share, and the same database, do their runs together: each chunk is "
     "loaded by the host that takes it first. Empty: this host does all of its runs itself."},
    {"reconcile_tolerance", "a number of tokens", "0",
     "A figure may differ from the service's own total by up to this many tokens without being reported as a "
     "difference. If all figures of the service's answer are whole numbers, the service may have rounded "
     "them, and less than one token is never a difference."},

    {"budgets", NULL, "[]",
     "Budgets of tokens: `status` and the metrics show how much of each is used, and warn. A warning never "
     "fails a job. Example: `budgets: [{name: Berlin, contract: \"11000000001\", where: {custom_field1: "
     "Berlin}, tokens: 50000, period: month, warn_at: [80%, forecast 100%]}]`."},
    {"budgets.name", NULL, "", "The name of the budget in `status` and metrics."},
    {"budgets.contract", NULL, "", "The number of the contract."},
    {"budgets.where", "a mapping such as {custom_field1: Berlin}", "",
     "Only usage with this value of a custom field (`custom_field1` to `custom_field10`). It is read from a "
     "table whose job asks for the field, such as `monthly_custom_field_tokens`. Without it: all usage of "
     "the contract."},
    {"budgets.tokens", "a number of tokens", "", "The tokens that may be used in a period."},
    {"budgets.period", NULL, "contract_year", "Begins a new budget every month, or every contract year."},
    {"budgets.warn_at", "a list such as [80%, forecast 100%]", "[80%, forecast 100%]",
     "When to warn: `80%`: 80 % of the tokens are used. `forecast 100%`: all tokens will be used by the end "
     "of the period, at the pace of the last eight weeks."},
    {0},
};
