#include "cli/help_topic.h"

static const char settings_description[] =
    "Settings are one YAML document, in the file that `--config` names, else the variable "
    "`$TOKENFLEX_ETL_CONFIG`, else `./tokenflex-etl.yaml`, else `/etc/tokenflex-etl/tokenflex-etl.yaml`. A "
    "file may leave out whatever it keeps as it is, and may be absent altogether.\n"
    "\n"
    "In every value `${NAME}` and `${NAME:-default}` are replaced from the environment, so that secrets need "
    "not stand in the file; a variable that is not set and has no default is an error. Durations are written "
    "`500ms`, `30s`, `5m` or `2h`; `~/` at the start of a path is the home directory. A key that does not "
    "exist, stands twice, or has a value of the wrong kind is an error, which `tokenflex-etl check` shows "
    "with line and column.";

static const char settings_examples[] = "The least that a scheduled run with a login needs:\n\n"
                                        "    auth:\n"
                                        "      client_id: ${TOKENFLEX_CLIENT_ID}\n"
                                        "      client_secret: ${TOKENFLEX_CLIENT_SECRET}\n"
                                        "    database:\n"
                                        "      dsn: postgresql://etl@db.example.com/finance\n"
                                        "      grant_select_to: [reporting]\n";

static const char settings_files[] =
    "/etc/tokenflex-etl/tokenflex-etl.yaml  is read where no other file is named.\n"
    "$CREDENTIALS_DIRECTORY/client_secret  the client secret, as a systemd credential.\n";

static const char job_description[] =
    "A job says which usage to ask for, for which contracts and days, and into which table. It is a YAML "
    "document; a file in the directory of job definitions (`--jobs`) holds one or several of them and ends "
    "in `.yaml` or `.yml`.\n"
    "\n"
    "In every value `${NAME}` and `${NAME:-default}` are replaced from the environment. `tokenflex-etl "
    "check` shows everything that is wrong with a job, offline, and knows the service's own limitations on "
    "queries. Editors check and complete jobs by the JSON schema `job.schema.json`.\n"
    "\n"
    "The table has the column `contract_number`, one for each field and metric, and `_run_id` and "
    "`_synced_at`, which say which run last touched the row, and when. Where the rows carry no date of the "
    "window, `window_start` and `window_end` tell the windows apart.";

static const char job_examples[] =
    "Tokens by product, user and day. Past days are asked for again, since late reports "
    "restate them:\n\n"
    "    # yaml-language-server: $schema=job.schema.json\n"
    "    name: daily_product_usage\n"
    "    description: Tokens by product, user and day\n"
    "    tags: [nightly]\n"
    "    contract: \"11000000001\"\n"
    "    query:\n"
    "      fields: [usageDate, productName, userName]\n"
    "      metrics: [tokensConsumed, usageHours]\n"
    "      usageCategory: [DESKTOP_PRODUCT]\n"
    "    window:\n"
    "      field: usageDate\n"
    "      last: 35 days\n"
    "      chunk: month\n";

static const char job_files[] = "/etc/tokenflex-etl/jobs  the jobs that the systemd units run.\n"
                                "/usr/share/tokenflex-etl/jobs  the shipped jobs, to be copied there and "
                                "changed, and `job.schema.json`.\n";

const struct help_topic help_topics[] = {
    {"settings", "tokenflex-etl.yaml", "settings of tokenflex-etl", settings_description, settings_keys,
     settings_manual, settings_examples, settings_files},
    {"job", "tokenflex-etl-job", "a job definition of tokenflex-etl", job_description, job_keys, job_manual,
     job_examples, job_files},
    {0},
};
