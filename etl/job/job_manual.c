#include "job/manual.h"

const struct manual_key job_manual[] = {
    {"name", "lower-case letters, digits and `_`, a letter first", "",
     "The name of the job on the command line and in the run history. The default is the file name without "
     "its extension. A file with several jobs must give a name for each."},
    {"description", NULL, "", "One line for people. It becomes the comment of the table."},
    {"enabled", NULL, "true", "Whether `tokenflex-etl run` without names runs the job."},
    {"tags", NULL, "", "Words by which `--tag` selects jobs."},
    {"contract", "a contract number, a list of them, `active` or `all`", "",
     "The contract or contracts to load. `active`: every contract that the service calls active. `all`: "
     "every contract that the user sees. Each contract is loaded separately."},

    {"query", NULL, "", "What the job asks for."},
    {"query.fields", NULL, "",
     "Attributes by the service's names: the grain of the table. Each combination of their values is one "
     "row, and every metric is computed for it. If you change the fields, every metric means something else: "
     "see `--rebuild`. A contract's own name of a custom field is allowed too. `customField1` stays valid "
     "when that name changes; `discover fields --contract N` shows which is which."},
    {"query.metrics", NULL, "",
     "The figures of each row. `uniqueUsers` and `uniqueProducts` cannot be summed over rows."},
    {"query.usageCategory", NULL, "",
     "The kinds of usage to ask for. The default is all of them. Fields of session or transaction level need "
     "this key, and allow only categories in which each of these fields exists: see `discover fields`."},
    {"query.where", "a condition", "",
     "Comparisons joined by `and`, `or` and parentheses, as in SQL: `userName LIKE 'admin%'`. Text and dates "
     "are in quotes. A quote within text is doubled. Comments are refused. There is no `not` (use `!=`). A "
     "wildcard needs three other characters. `tokenPool`, `usageCategory`, `chargeCategory` and `usageType` "
     "take no wildcard."},
    {"query.dataset", "`contracts`, `contract_years`, `custom_field_names`, `usage_summary` or `usage_last`",
     "",
     "Only with the source `contract`, instead of all other keys of `query`: the service's data about the "
     "contract itself. It costs one request per contract. `usage_summary` is the service's own total by "
     "month, contract year and usage category. `usage_last` is the latest day of each usage and charge "
     "category."},

    {"window", NULL, "",
     "The days or months that a run asks for. Without a window, the job asks for everything."},
    {"window.field", "usageDate or usageMonth", "",
     "The date that the window restricts. A window of `usageMonth` has whole months."},
    {"window.last", "`N days`, `N weeks` or `N months`", "",
     "How far the window goes back from `window.until`. Without this key, the job runs only with `--from` "
     "and `--to`."},
    {"window.until", "`today` or a date", "today",
     "The first day after the window. `today` is the current day in UTC."},
    {"window.chunk", NULL, "none",
     "How the window is cut. Each chunk is a query, a transaction and a run of its own. A window of "
     "`usageMonth` is cut by month, or not at all."},
    {"window.skip_unchanged", NULL, "false",
     "`true`: a run first asks the service what has changed (`GET usage/:n/last`, one request per contract "
     "for all jobs). It skips each chunk whose usage categories have not changed since its rows were asked "
     "for, while the table still holds these rows. The next load after skipped chunks starts at the first "
     "day of the first skipped chunk. `--from`, `--again`, `--rebuild` and `reconcile --repair` skip no "
     "chunk as unchanged."},
    {"window.full_every", "`N days`, `N weeks` or `N months`", "7 days",
     "With `skip_unchanged`: data whose last load is older than this is loaded again, changed or not."},

    {"source", NULL, "auto",
     "`query`: the Query API. `export`: the Export API. It has no time limit, needs the scope `data:write`, "
     "and is the only API with session-level fields of desktop and cloud products. `auto`: the query, or the "
     "export where the query cannot deliver the rows. `contract`: no usage, but the data that "
     "`query.dataset` names."},
    {"page_size", NULL, "5000",
     "Rows per page. The number of requests is limited, so large pages make a run shorter."},
    {"timeout", NULL, "1h",
     "How long the whole job may take, including every wait for the service, an export, an access token or "
     "the database. A job that takes longer ends with exit code 75."},

    {"target", NULL, "", "The table to load."},
    {"target.table", "a name of lower-case letters, digits and `_`", "",
     "The name of the table, in the schema `database.schema` of the settings. The default is the name of the "
     "job."},
    {"target.mode", NULL, "upsert",
     "`upsert` inserts new rows and updates changed rows. `append` keeps the rows of every run; `_run_id` "
     "tells them apart."},
    {"target.vanished", NULL, "delete",
     "What happens to rows of the contract and window that the result no longer has. The service now "
     "attributes their usage to others. `delete` deletes them, so the sums over the table equal the "
     "service's. `keep` keeps them, and sums over the table then count such usage twice."},
    {"target.snapshots", NULL, "latest",
     "For rows without a date of the window, which belong to the window as a whole. `latest`: a window that "
     "ends today replaces the contract's earlier windows that it overlaps. A window of `--from` and `--to` "
     "replaces windows that lie wholly within it, and is refused if it overlaps other windows. So no day "
     "counts twice. `all`: the rows of each window stay beside the others."},
    {"target.partition_by", NULL, "none",
     "`month` or `year` creates a new table with one partition for each calendar month or year of the "
     "window's date. Loads add partitions when they need them. A table that exists stays as it is until "
     "`run --rebuild`. Needs rows with a date of the window, and that date in `target.key`."},
    {"target.distribute_by", NULL, "",
     "`contract_number` or `_row_key` creates a new table as a distributed table of Citus, by this column. "
     "`none` creates it on the coordinator. The default is `database.distribute_by` of the settings. A table "
     "that exists stays as it is until `run --rebuild`. Not together with `target.partition_by`."},
    {"target.history", NULL, "false",
     "`true` keeps old versions of rows that a load changes or deletes, in the table `TABLE_history`. It "
     "also creates the function `TABLE_as_of(timestamptz)`, which returns the table as it was at that time. "
     "`run.keep_history` of the settings says how long versions are kept."},
    {"target.key", NULL, "", "The fields that identify a row. The default is all fields."},
    {"target.types", "a mapping of names to `boolean`, `integer`, `numeric`, `date`, `timestamp` or `text`",
     "",
     "Types of columns, by the service's field names. They override the documented types, and give types to "
     "undocumented fields."},
    {"target.rename", "a mapping of names to names", "",
     "Names of columns, by the service's field names. The default is the field name in snake_case: "
     "`usageDate` becomes `usage_date`. Letters of any script stay, in lower case: `Größe` becomes `größe`."},
    {"target.on_schema_change", NULL, "evolve",
     "`evolve` adds new columns, and widens a type that has become too narrow. `fail` refuses both."},

    {"checks", NULL, "",
     "Conditions that an answer must fulfil. If a check fails, the run fails and nothing of the chunk is "
     "loaded."},
    {"checks.max_vanished", NULL, "50%",
     "How many of the table's rows of the contract and window may vanish. New rows are offset against them. "
     "The limit applies if there were more than 20 rows. An empty answer is refused if there were any rows. "
     "`100%`: no limit, and an empty answer deletes all rows. Only days that an earlier load covered after "
     "they were over count (for rows by month: months). `run --accept` turns the check off for one run."},
    {"checks.max_change", "a mapping of metrics to percentages", "",
     "How much the sum of a metric may change, up or down, relative to the sum in the table for the contract "
     "and window: `{tokensConsumed: 30%}`. The same days count as for `max_vanished`. `run --accept` turns "
     "the check off for one run."},
    {"checks.min_rows", NULL, "", "The minimum number of rows in the answer for a chunk."},
    {"checks.not_null", NULL, "",
     "Fields and metrics, by the service's names, that must have a value in every row."},
    {"checks.in", "a mapping of names to lists of values", "",
     "Allowed values of a field or metric, by the service's names: `{usageCategory: [DESKTOP_PRODUCT]}`. A "
     "row without a value passes: see `not_null`."},
    {"checks.sql", "a list of queries", "",
     "Your own queries over the view `staged`, which has the rows to be loaded with the table's column "
     "names: `select * from staged where tokens_consumed < 0`. Every row that a query returns is a "
     "violation. The queries cannot write."},

    {"reconcile", NULL, "auto",
     "`auto`: after a run the loaded months are compared with the service's own totals, at most once a day "
     "and contract, where the job's rows and filter allow it. Months with a difference are loaded again "
     "once. The comparison costs one request, and never changes the exit code of the run. `off`: only "
     "`tokenflex-etl reconcile` compares them."},
    {0},
};
