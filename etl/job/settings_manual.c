#include "job/manual.h"

const struct manual_key settings_manual[] = {
    {"api", NULL, "", "The service, and how it is asked."},
    {"api.base_url", "an address", "https://developer.api.autodesk.com",
     "Where the service is, without `/tokenflex/v1`. `http://` only to a loopback address, unless "
     "`api.allow_insecure` is true."},
    {"api.allow_insecure", NULL, "false",
     "Whether `http://` may go to other machines too, which shows the token to the network: for tests in a "
     "closed one."},
    {"api.rate_limit", NULL, "", "What the service grants a user, over all hosts and programs."},
    {"api.rate_limit.per_minute", NULL, "5", "Requests a minute. 0: no limit on this side."},
    {"api.rate_limit.burst", NULL, "50", "Requests that may be saved up while none are sent."},
    {"api.rate_limit.period", NULL, "8h",
     "One burst is granted in this time: once more was sent than `per_minute` allows, nothing is saved up "
     "again until it is over."},
    {"api.rate_limit.account", NULL, "\"\"",
     "The user of the service to whom the limit belongs. Several client ids of one user share one budget "
     "when their settings name the same account. Empty: the client id stands for the user."},
    {"api.rate_limit.max_per_minute", NULL, "0",
     "After answers 429 the rate falls, and comes back by a tenth of `per_minute` an hour. With this it "
     "rises on, up to so many a minute, for as long as the service refuses none. 0: never above "
     "`per_minute`."},
    {"api.poll", NULL, "", "How often a query or an export is asked whether it is done."},
    {"api.poll.first", NULL, "2s",
     "The first look after a submit, where no earlier run of the job has shown how long it takes."},
    {"api.poll.max", NULL, "30s", "Later looks wait longer and longer, up to this."},
    {"api.query_deadline", NULL, "5m", "A query that is not done by then counts as timed out."},
    {"api.result_lifetime", NULL, "5m", "How long the service keeps a result."},
    {"api.retries", NULL, "5",
     "How often a request is repeated for a fault that passes: no connection, 5xx, an answer cut short."},
    {"api.retry_wait", NULL, "1s",
     "How long before the first repetition at the most; before each later one up to twice as long, to a "
     "minute. The "
     "length is random, so that several programs do not ask at the same moment."},
    {"api.ca_file", NULL, "",
     "Certificates to trust, in PEM, instead of the system's. Checking them cannot be switched off."},

    {"auth", NULL, "", "Who asks."},
    {"auth.flow", NULL, "refresh_token",
     "`refresh_token`: the login of an administrator, see `tokenflex-etl auth`. `client_credentials`: the "
     "client id alone, where Autodesk has tied it to an administrator. `access_token`: a token from "
     "elsewhere, for an hour's work by hand."},
    {"auth.client_id", NULL, "${TOKENFLEX_CLIENT_ID:-}", "The id of the application at Autodesk."},
    {"auth.client_secret", NULL, "${TOKENFLEX_CLIENT_SECRET:-}",
     "Its secret; empty for a public client. Where neither this nor `auth.client_secret_file` says one, the "
     "systemd credential `client_secret` is taken."},
    {"auth.client_secret_file", NULL, "",
     "A file with the secret, instead of `auth.client_secret`. Blanks count, a newline at its end does not."},
    {"auth.access_token", NULL, "${TOKENFLEX_ACCESS_TOKEN:-}", "The token of the flow `access_token`."},
    {"auth.token_file", NULL, "~/.local/state/tokenflex-etl/token.json",
     "Holds the refresh token, which changes with every use. Under systemd it is `token.json` in the "
     "service's `StateDirectory=`, unless given. The file (mode 0600) and its directory must be writable, "
     "and the file belongs to one host and one user. The next file is made before the refresh token is used; "
     "links are followed. In a container, mount the directory: a single file that is mounted is written in "
     "place."},
    {"auth.scopes", NULL, "[data:read, data:write]", "What the token may do. Exports need `data:write`."},

    {"database", NULL, "", "The PostgreSQL server, 15 or later."},
    {"database.dsn", "a connection string or URI of libpq", "\"\"",
     "Where it is. Empty, or for what it leaves out: `PGHOST`, `PGDATABASE` and the other variables, and the "
     "password file, as in `psql`. Behind a pooler it must be a pool in session mode."},
    {"database.schema", "a name of lower-case letters, digits and `_`", "tokenflex", "Where the tables go."},
    {"database.grant_select_to", NULL, "[]", "Roles that may read every table."},

    {"run", NULL, "", "The runs themselves."},
    {"run.parallel_jobs", NULL, "4",
     "How many jobs run at once, each with a connection to the database; fewer where it allows no more. They "
     "share one "
     "budget of requests."},
    {"run.metrics_file", NULL, "\"\"",
     "NAME.prom, a file for the textfile collector of Prometheus' node exporter, and NAME_run.prom beside it "
     "for the last run; replaced as a whole. Empty: none."},
    {"run.ping_url", NULL, "\"\"",
     "Told when a run starts, succeeds (the URL itself) and fails (with the exit code behind it), in the way "
     "of healthchecks services. A secret: it is never logged. Empty: none."},
    {"run.keep_runs", NULL, "400",
     "How many days `tokenflex_etl.run` keeps a run, and longer while a later run or `status` needs it. 0: "
     "for ever."},
    {"run.keep_history", NULL, "0",
     "How many days an old version of a row is kept (`target.history`). 0: for ever."},
    {"reconcile_tolerance", "a number of tokens", "0",
     "By how many tokens a figure may differ from the service's own total before `reconcile` calls it a "
     "difference. Where all figures of the service's answer are whole numbers, less than one token is no "
     "difference anyway: the service may have rounded them."},
    {0},
};
