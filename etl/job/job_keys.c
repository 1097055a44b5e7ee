#include "job/job_keys.h"

#include "job/job.h"
#include "job/job_read_checks.h"
#include "job/job_read_values.h"

static const char *const sources[] = {
    [JOB_SOURCE_AUTO] = "auto",
    [JOB_SOURCE_QUERY] = "query",
    [JOB_SOURCE_EXPORT] = "export",
    [JOB_SOURCE_CONTRACT] = "contract",
    NULL,
};
static const char *const modes[] = {[JOB_UPSERT] = "upsert", [JOB_APPEND] = "append", NULL};
static const char *const vanished[] = {[JOB_VANISHED_DELETE] = "delete", [JOB_VANISHED_KEEP] = "keep", NULL};
static const char *const snapshots[] = {[JOB_SNAPSHOTS_LATEST] = "latest", [JOB_SNAPSHOTS_ALL] = "all", NULL};
static const char *const reconciles[] = {[JOB_RECONCILE_AUTO] = "auto", [JOB_RECONCILE_OFF] = "off", NULL};
static const char *const partitions[] = {
    [JOB_PARTITION_NONE] = "none", [JOB_PARTITION_MONTH] = "month", [JOB_PARTITION_YEAR] = "year", NULL};
static const char *const chunks[] = {[JOB_CHUNK_NONE] = "none",
                                     [JOB_CHUNK_DAY] = "day",
                                     [JOB_CHUNK_WEEK] = "week",
                                     [JOB_CHUNK_MONTH] = "month",
                                     NULL};
static const char *const schema_changes[] = {[JOB_EVOLVE] = "evolve", [JOB_FAIL] = "fail", NULL};

#define JOB(member) offsetof(struct job, member)
#define QUERY(member) offsetof(struct job_query, member)
#define WINDOW(member) offsetof(struct job_window, member)
#define TARGET(member) offsetof(struct job_target, member)

static const struct key query_keys[] = {
    {.name = "fields",
     .kind = KEY_NAMES,
     .at = QUERY(fields),
     .text =
         "Attributes by the service's names: the grain of the table. Each combination of their values is one "
         "row, and every metric is computed for it. If you change the fields, every metric means something "
         "else: see `--rebuild`. A contract's own name of a custom field is allowed too. `customField1` "
         "stays valid when that name changes; `discover fields --contract N` shows which is which."},
    {.name = "metrics",
     .kind = KEY_NAMES,
     .at = QUERY(metrics),
     .text = "The figures of each row. `uniqueUsers` and `uniqueProducts` cannot be summed over rows."},
    {.name = "usageCategory",
     .kind = KEY_NAME_OR_NAMES,
     .at = QUERY(usage_categories),
     .documented = usage_category_name,
     .text = "The kinds of usage to request. The default is all of them. Fields of session or transaction "
             "level need this key, and allow only categories in which each of these fields exists: see "
             "`discover fields`."},
    {.name = "where",
     .kind = KEY_OTHER,
     .at = QUERY(where),
     .read = job_read_where,
     .value = "a condition",
     .text =
         "Comparisons joined by `and`, `or` and parentheses, as in SQL: `userName LIKE 'admin%'`. Text "
         "and dates are in quotes. A quote within text is doubled. Comments are refused. There is no "
         "`not` (use `!=`). A pattern with a wildcard needs at least three other characters. `tokenPool`, "
         "`usageCategory`, "
         "`chargeCategory` and `usageType` take no wildcard."},
    {.name = "dataset",
     .kind = KEY_OTHER,
     .at = QUERY(dataset),
     .read = job_read_dataset,
     .documented = dataset_name,
     .text = "Only with the source `contract`, instead of all other keys of `query`: the service's data "
             "about the contract itself. It costs one request per contract. `usage_summary` is the service's "
             "own total by month, contract year and usage category. `usage_last` is the latest day of each "
             "usage and charge category."},
    {0},
};

static const struct key window_keys[] = {
    {.name = "field",
     .kind = KEY_OTHER,
     .required = true,
     .example = "field: usageDate",
     .at = WINDOW(field),
     .read = job_read_window_field,
     .value = "usageDate or usageMonth",
     .text = "The date that the window restricts. A window of `usageMonth` has whole months."},
    {.name = "last",
     .kind = KEY_OTHER,
     .read = job_read_last,
     .value = "`N days`, `N weeks` or `N months`",
     .text = "How far the window goes back from `window.until`. Without this key, the job runs only with "
             "`--from` and `--to`."},
    {.name = "until",
     .kind = KEY_OTHER,
     .read = job_read_until,
     .value = "`today` or a date",
     .default_value = "today",
     .text = "The first day after the window. `today` is the current day in UTC."},
    {.name = "chunk",
     .kind = KEY_CHOICE,
     .at = WINDOW(chunk),
     .choices = chunks,
     .default_value = "none",
     .text =
         "How the window is cut. Each chunk is one query or export, one transaction and one row of the run "
         "table. A window of `usageMonth` is cut by month, or not at all."},
    {.name = "skip_unchanged",
     .kind = KEY_FLAG,
     .at = WINDOW(skip_unchanged),
     .default_value = "false",
     .text = "`true`: a run first asks the service what has changed (`GET usage/:n/last`, one request per "
             "contract for all jobs). It skips each chunk whose usage categories have not changed since its "
             "rows were requested, while the table still holds these rows. The next load after skipped "
             "chunks starts at the first day of the first skipped chunk. `--from`, `--again`, `--rebuild` "
             "and `reconcile --repair` skip no chunk as unchanged."},
    {.name = "full_every",
     .kind = KEY_OTHER,
     .read = job_read_full_every,
     .value = "`N days`, `N weeks` or `N months`",
     .default_value = "7 days",
     .text =
         "With `skip_unchanged`: data whose last load is older than this is loaded again, changed or not."},
    {0},
};

static const struct key target_keys[] = {
    {.name = "table",
     .kind = KEY_OTHER,
     .at = TARGET(table),
     .read = job_read_identifier,
     .value = "a name of lower-case letters, digits and `_`",
     .text = "The name of the table, in the schema `database.schema` of the settings. The default is the "
             "name of the job."},
    {.name = "mode",
     .kind = KEY_CHOICE,
     .at = TARGET(mode),
     .choices = modes,
     .removed_choice = "replace",
     .instead = "write `mode: upsert` with `vanished: delete`, which are both the default",
     .default_value = "upsert",
     .text = "`upsert` inserts new rows and updates changed rows. `append` keeps the rows of every load; "
             "`_run_id` distinguishes them."},
    {.name = "vanished",
     .kind = KEY_CHOICE,
     .at = TARGET(vanished),
     .choices = vanished,
     .default_value = "delete",
     .text = "What happens to rows of the contract and window that the result no longer has. The service now "
             "reports their usage in other rows. `delete` deletes them, so the sums over the table equal the "
             "service's. `keep` keeps them, and sums over the table then count such usage twice."},
    {.name = "snapshots",
     .kind = KEY_CHOICE,
     .at = TARGET(snapshots),
     .choices = snapshots,
     .default_value = "latest",
     .text = "For rows without a date of the window, which belong to the window as a whole. `latest`: a "
             "window that ends today replaces the contract's earlier windows that it overlaps. A window of "
             "`--from` and `--to` replaces windows that lie wholly within it, and is refused if it overlaps "
             "other windows. So no day counts twice. `all`: the rows of each window stay beside the others."},
    {.name = "partition_by",
     .kind = KEY_CHOICE,
     .at = TARGET(partition_by),
     .choices = partitions,
     .default_value = "none",
     .text =
         "`month` or `year` creates a new table with one partition for each calendar month or year of the "
         "window's date. Loads add partitions when they need them. A table that exists stays as it is until "
         "`run --rebuild`. Needs rows with a date of the window, and that date in `target.key`."},
    {.name = "distribute_by",
     .kind = KEY_CHOICE,
     .at = TARGET(distribute_by),
     .choices = job_distribute_choices,
     .text =
         "`contract_number` or `_row_key` creates a new table as a distributed table of Citus, by this "
         "column. "
         "`none` creates it on the coordinator. The default is `database.distribute_by` of the settings. A "
         "table that exists stays as it is until `run --rebuild`. Not together with `target.partition_by`."},
    {.name = "history",
     .kind = KEY_FLAG,
     .at = TARGET(history),
     .default_value = "false",
     .text =
         "`true` keeps old versions of rows that a load changes or deletes, in the table `TABLE_history`. It "
         "also creates the function `TABLE_as_of(timestamptz)`, which returns the table as it was at that "
         "time. `run.keep_history` of the settings says how long versions are kept."},
    {.name = "key",
     .kind = KEY_NAMES,
     .at = TARGET(key),
     .text = "The fields that identify a row. The default is all fields."},
    {.name = "types",
     .kind = KEY_OTHER,
     .read = job_read_types,
     .value = "a mapping of names to `boolean`, `integer`, `numeric`, `date`, `timestamp` or `text`",
     .text = "Types of columns, by the service's field names. They override the documented types, and give "
             "types to undocumented fields."},
    {.name = "rename",
     .kind = KEY_OTHER,
     .read = job_read_rename,
     .value = "a mapping of names to names",
     .text = "Names of columns, by the service's field names. The default is the field name in snake_case: "
             "`usageDate` becomes `usage_date`. Letters of any script stay, in lower case: `Größe` becomes "
             "`größe`."},
    {.name = "on_schema_change",
     .kind = KEY_CHOICE,
     .at = TARGET(on_schema_change),
     .choices = schema_changes,
     .default_value = "evolve",
     .text = "`evolve` adds new columns, and widens a type that has become too narrow. `fail` refuses both."},
    {.name = "allow_empty",
     .kind = KEY_REMOVED,
     .instead = "write `checks.max_vanished: 100%` where an empty answer may delete, else remove the key"},
    {0},
};

const struct key job_keys[] = {
    {.name = "name",
     .kind = KEY_OTHER,
     .at = JOB(name),
     .read = job_read_name,
     .value = "lower-case letters, digits and `_`, a letter first",
     .text = "The name of the job on the command line and in the run history. The default is the file name "
             "without its extension. A file with several jobs must give a name for each."},
    {.name = "description",
     .kind = KEY_TEXT,
     .may_be_empty = true,
     .at = JOB(description),
     .text = "One line for people. It becomes the comment of the table."},
    {.name = "enabled",
     .kind = KEY_FLAG,
     .at = JOB(enabled),
     .default_value = "true",
     .text = "Whether `tokenflex-etl run` without names runs the job."},
    {.name = "tags",
     .kind = KEY_NAME_OR_NAMES,
     .may_be_empty = true,
     .at = JOB(tags),
     .text = "Words by which `--tag` selects jobs."},
    {.name = "contract",
     .kind = KEY_OTHER,
     .required = true,
     .example = "contract: \"11000000001\"",
     .read = job_read_contract,
     .value = "a contract number, a list of them, `active` or `all`",
     .text = "The contract or contracts to load. `active`: every contract that the service calls active. "
             "`all`: every contract that the user sees. Each contract is loaded separately."},
    {.name = "query",
     .kind = KEY_MAPPING,
     .required = true,
     .example = "query: {fields: [usageDate], metrics: [tokensConsumed]}",
     .at = JOB(query),
     .table = query_keys,
     .text = "What the job requests."},
    {.name = "window",
     .kind = KEY_MAPPING,
     .at = JOB(window),
     .table = window_keys,
     .text = "The days or months that a run requests. Without a window, the job requests everything."},
    {.name = "source",
     .kind = KEY_CHOICE,
     .at = JOB(source),
     .choices = sources,
     .default_value = "auto",
     .text = "`query`: the Query API. `export`: the Export API. It has no time limit, needs the scope "
             "`data:write`, and is the only API with session-level fields of desktop and cloud products. "
             "`auto`: the query, or the export where the query cannot deliver the rows. `contract`: no "
             "usage, but the data that `query.dataset` names."},
    {.name = "page_size",
     .kind = KEY_COUNT,
     .at = JOB(page_size),
     .least = 1,
     .most = 100000,
     .default_value = "5000",
     .text = "Rows per page. The number of requests is limited, so large pages make a run shorter."},
    {.name = "timeout",
     .kind = KEY_DURATION,
     .at = JOB(timeout_ms),
     .default_value = "1h",
     .text = "How long the whole job may take, including every wait for the service, an export, an access "
             "token or the database. A job that takes longer ends with exit code 75."},
    {.name = "target",
     .kind = KEY_MAPPING,
     .at = JOB(target),
     .table = target_keys,
     .text = "The table to load."},
    {.name = "checks",
     .kind = KEY_MAPPING,
     .at = JOB(checks),
     .table = job_checks_keys,
     .text = "Conditions that the result of a chunk must meet. If a check fails, the run fails and nothing "
             "of the "
             "chunk is loaded."},
    {.name = "reconcile",
     .kind = KEY_CHOICE,
     .at = JOB(reconcile),
     .choices = reconciles,
     .default_value = "auto",
     .text = "`auto`: after a run the loaded months are compared with the service's own totals, at most once "
             "a day and contract, where the job's rows and filter allow it. Months with a difference are "
             "loaded again once. The comparison costs one request, and never changes the exit code of the "
             "run. `off`: only `tokenflex-etl reconcile` compares them."},
    {0},
};
