#include "cli/help_topic.h"

#include "job/job_keys.h"
#include "job/settings_keys.h"

static const char settings_description[] =
    "Settings are one YAML document. The file is the one named by `--config`, else by the variable "
    "`$TOKENFLEX_ETL_CONFIG`, else `./tokenflex-etl.yaml`, else `/etc/tokenflex-etl/tokenflex-etl.yaml`. A "
    "key that the file leaves out has its default. The file is optional.\n"
    "\n"
    "In every value `${NAME}` and `${NAME:-default}` are replaced from the environment, so that the file "
    "need not have secrets. A variable that is not set and has no default is an error. Durations are written "
    "`500ms`, `30s`, `5m` or `2h`. `~/` at the start of a path is the home directory. A key that does not "
    "exist, is a duplicate, or has a value of the wrong type is an error. `tokenflex-etl check` shows errors "
    "with line and column.";

static const char settings_examples[] = "The minimum for a scheduled run with a login:\n\n"
                                        "    auth:\n"
                                        "      client_id: ${TOKENFLEX_CLIENT_ID}\n"
                                        "    database:\n"
                                        "      dsn: postgresql://etl@db.example.com/finance\n"
                                        "\n"
                                        "The client secret, if there is one, comes from the variable "
                                        "`TOKENFLEX_CLIENT_SECRET` or the systemd credential.\n";

static const char settings_files[] =
    "/etc/tokenflex-etl/tokenflex-etl.yaml  is read if no other file is named and `./tokenflex-etl.yaml` "
    "does not exist.\n"
    "$CREDENTIALS_DIRECTORY/client_secret  the client secret, as a systemd credential.\n"
    "$CREDENTIALS_DIRECTORY/token_key  the key of the login in the database, as a systemd credential.\n";

static const char job_description[] =
    "A job defines which usage to request, for which contracts and days, and which table to load. It is a "
    "YAML document. A file in the directory of job definitions (`--jobs`) has one or several documents, and "
    "its name ends in `.yaml` or `.yml`.\n"
    "\n"
    "In every value `${NAME}` and `${NAME:-default}` are replaced from the environment. `tokenflex-etl "
    "check` shows every error of a job, offline. It knows the service's own limitations on queries. Editors "
    "can check and complete jobs with the JSON schema `job.schema.json`.\n"
    "\n"
    "The table has the column `contract_number`, and one column for each field and metric. `_run_id` is the "
    "run that last wrote the row, `_synced_at` the time of that write. If the rows have no date of the "
    "window, `window_start` and `window_end` distinguish the windows.";

static const char job_examples[] = "Tokens by product, user and day. Every run requests past days again, "
                                   "because late reports restate them:\n\n"
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

static const char job_files[] =
    "/etc/tokenflex-etl/jobs  the jobs that the systemd units run.\n"
    "/usr/share/tokenflex-etl/jobs  the shipped jobs, to copy there and change, and `job.schema.json`. After "
    "`cmake --install` they are below its prefix, such as `/usr/local`.\n";

const struct help_topic help_topics[] = {
    {"settings", "tokenflex-etl.yaml", "settings of tokenflex-etl", settings_description, settings_keys,
     settings_examples, settings_files},
    {"job", "tokenflex-etl-job", "a job definition of tokenflex-etl", job_description, job_keys, job_examples,
     job_files},
    {0},
};
