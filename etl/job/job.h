/*
 * A job definition in typed form: which query, for which contracts and days, into which table. job/job_load
 * makes it from a file.
 *
 * Everything in a job lives in the arena it was loaded into. Only job_set_distribute() changes a job after it
 * was loaded. Field and metric names are the API's.
 */
#ifndef JOB_JOB_H
#define JOB_JOB_H

#include "base/date.h"
#include "base/finding.h"
#include "base/text.h"
#include "job/catalogue.h"
#include "job/dataset.h"
#include "job/distribute_by.h"

#include <stdint.h>

enum job_contracts {
    JOB_CONTRACTS_LISTED,
    JOB_CONTRACTS_ACTIVE, /* those that the service calls active (GET contract) */
    JOB_CONTRACTS_ALL,
};

enum job_source {
    JOB_SOURCE_AUTO,
    JOB_SOURCE_QUERY,
    JOB_SOURCE_EXPORT,
    JOB_SOURCE_CONTRACT, /* the service's records of the contract instead of usage: query.dataset */
};
enum job_mode { JOB_UPSERT, JOB_APPEND };
enum job_unit { JOB_DAYS, JOB_WEEKS, JOB_MONTHS };
enum job_chunk { JOB_CHUNK_NONE, JOB_CHUNK_DAY, JOB_CHUNK_WEEK, JOB_CHUNK_MONTH };

/* What happens if the result needs another column or a wider type. JOB_EVOLVE: the table is altered;
 * JOB_FAIL: ERR_CONFIG. */
enum job_schema_change { JOB_EVOLVE, JOB_FAIL };

/* What happens to rows of the contract and window that a complete result no longer has. */
enum job_vanished { JOB_VANISHED_DELETE, JOB_VANISHED_KEEP };

/* Whether a run is followed by a comparison with the service's own totals. */
enum job_reconcile { JOB_RECONCILE_AUTO, JOB_RECONCILE_OFF };

/* Which snapshots (rows without a date, which belong to a window as a whole) of a contract a table keeps. */
enum job_snapshots {
    JOB_SNAPSHOTS_LATEST, /* of snapshots whose windows overlap, only the newest */
    JOB_SNAPSHOTS_ALL,
};

/* How a new table is cut into partitions, by the window's date. */
enum job_partition_by { JOB_PARTITION_NONE, JOB_PARTITION_MONTH, JOB_PARTITION_YEAR };

struct job_query {
    struct text_list fields;
    struct text_list metrics;
    struct text_list usage_categories;
    const char *where; /* NULL: none */

    /* JOB_SOURCE_CONTRACT; fields are the dataset's key then, and metrics its other columns. Else NULL. */
    const struct dataset *dataset;
};

/* The days that a window may name, from 2000-01-01 until before 3000-01-01: another day is taken for a typing
 * error. */
#define JOB_FIRST_DAY 10957
#define JOB_END_DAY 376200

struct job_window {
    bool present;
    const char *field; /* usageDate or usageMonth */
    unsigned last;     /* the number of units before `until`; 0: not given, the job needs --from and --to */
    enum job_unit unit;
    bool until_today;
    date_t until; /* exclusive; when not until_today */
    enum job_chunk chunk;
    bool skip_unchanged; /* a chunk whose usage categories have no new data is not loaded */
    unsigned full_every; /* this many units after its last load, a chunk is loaded even if it is unchanged */
    enum job_unit full_every_unit;
};

struct job_type {
    const char *name; /* the API's name of the column */
    enum column_type type;
};

struct job_rename {
    const char *name; /* the API's */
    const char *column;
};

struct job_target {
    const char *table;
    enum job_mode mode;
    enum job_vanished vanished;   /* JOB_UPSERT */
    enum job_snapshots snapshots; /* JOB_UPSERT */
    bool history;                 /* JOB_UPSERT: old versions of rows are kept in TABLE_history */
    enum job_partition_by partition_by;
    enum job_distribute_by distribute_by; /* settled by job_set_distribute() */
    struct text_list key;                 /* never empty when there are fields: default is every field */
    struct job_type *types;
    size_t type_count;
    struct job_rename *renames;
    size_t rename_count;
    enum job_schema_change on_schema_change;
};

/* checks.max_change: by how much the sum of a metric may change. */
struct job_max_change {
    const char *metric; /* the API's name */
    double percent;     /* of the sum that the table had */
};

/* checks.in: the values that a column may have. */
struct job_value_list {
    const char *name; /* the API's */
    struct text_list values;
};

/* What an answer must fulfil to be loaded. */
struct job_checks {
    double max_vanished_percent; /* 100: no limit */
    struct job_max_change *max_changes;
    size_t max_change_count;
    unsigned min_rows;         /* 0: no limit */
    struct text_list not_null; /* API names */
    struct job_value_list *value_lists;
    size_t value_list_count;
    struct text_list queries; /* SQL: each row that one returns is a violation */
};

struct job {
    struct place place; /* of the document's first key */
    const char *name;
    const char *digest;      /* of its definition (job/job_digest) */
    const char *description; /* NULL: none */
    bool enabled;
    struct text_list tags;
    enum job_contracts contracts;
    struct text_list contract_numbers; /* JOB_CONTRACTS_LISTED */
    struct job_query query;
    struct job_window window;
    enum job_source source;
    unsigned page_size;
    int64_t timeout_ms;
    struct job_target target;
    struct job_checks checks;
    enum job_reconcile reconcile;
};

struct jobs {
    struct job *items;
    size_t count;
};

/* NULL if there is no job of that name. */
const struct job *job_find(const struct jobs *jobs, const char *name);

/* What a result has for its columns: the fields, then the metrics. The list lives in arena. */
struct text_list job_result_columns(const struct job *job, struct arena *arena);

/* The target column of an API name: the name from target.rename, else the API name in snake_case. A
 * snake_case name of more than 63 bytes is cut between two characters, and a hash of the whole API name is
 * appended; the result has at most 63 bytes. Returns out; out holds JOB_COLUMN_NAME bytes.
 */
#define JOB_COLUMN_NAME 64
const char *job_column_name(const struct job *job, const char *api_name, char *out);

/* The suffixes to a table's name: of its table of old versions, and of the function that reads both tables.
 */
#define JOB_HISTORY_SUFFIX "_history"
#define JOB_AS_OF_SUFFIX "_as_of"

/* TABLE_history. out holds JOB_COLUMN_NAME bytes. False where the name is too long for PostgreSQL. */
bool job_history_name(const char *table, char *out);

/*
 * Whether a column of this name cannot come from a field: the tool's own columns of every target table and
 * of its history, and PostgreSQL's system columns.
 */
bool job_column_is_reserved(const char *column);

/* These names; NULL after the last. */
const char *job_reserved_column(size_t index);

/* Whether text can be the name of a table or a schema: [a-z_][a-z0-9_]*, at most 63 bytes. The name of a job
 * must also begin with a letter. Reserved words of SQL, which need quotes, are allowed. */
bool job_is_identifier(const char *text);

/* The same with letters of any script, none in upper case: the name of a column. */
bool job_is_column(const char *text);

/* Whether text can be the number of a contract: letters, digits, `_` and `-`, at most 64. */
bool job_is_contract_number(const char *text);

/* The entry of an API name: in the dataset of a job that has one, in the catalogue for any other job. NULL if
 * it is not there. */
const struct catalogue_entry *job_column_entry(const struct job *job, const char *api_name);

/* The type of an API name: from target.types, else job_column_entry()'s. False where neither knows it. */
bool job_column_type(const struct job *job, const char *api_name, enum column_type *type);

/* Whether the rows have a date within the window: then chunks may be split and merged. */
bool job_rows_are_dated(const struct job *job);

#endif
