/*
 * The settings. A config is immutable once made and counted by reference, so that a request sees one state of
 * them from start to end; a change makes a new one. All texts point into the config's own JSON tree.
 * README.md explains each key.
 */
#ifndef SIM_CONFIG_H
#define SIM_CONFIG_H

#include "json.h"

#include <stdatomic.h>

enum dataset { DATASET_GENERATED, DATASET_WALKTHROUGH };
enum query_status {
    QUERY_QUEUED,
    QUERY_PROCESSING,
    QUERY_DONE,
    QUERY_FAILED,
    QUERY_TIMEOUT,
    QUERY_EXPIRED,
    QUERY_NO_STATUS
};
enum cached { CACHED_NEVER, CACHED_REPEAT, CACHED_ALWAYS };
enum id_form { ID_BARE, ID_PREFIXED };
enum detail_uri { DETAIL_URI_ROOTED, DETAIL_URI_SHORT, DETAIL_URI_ABSOLUTE };
enum over_limit { OVER_LIMIT_SILENT, OVER_LIMIT_LOWER, OVER_LIMIT_REFUSE };
enum consent { CONSENT_GRANT, CONSENT_DENY };
enum null_as { NULL_AS_NULL, NULL_AS_EMPTY };
enum csv_header { CSV_HEADER_API, CSV_HEADER_FRIENDLY, CSV_HEADER_UPPER, CSV_HEADER_SNAKE };
enum csv_columns { CSV_COLUMNS_ASKED, CSV_COLUMNS_REVERSED, CSV_COLUMNS_EXTRA, CSV_COLUMNS_MISSING };
enum csv_quote { CSV_QUOTE_MINIMAL, CSV_QUOTE_ALL, CSV_QUOTE_TEXTS };
enum transfer { TRANSFER_LENGTH, TRANSFER_CHUNKED, TRANSFER_CLOSE };

/* Row numbers with number % every == offset have other metrics. */
struct restatement {
    int64_t every;
    int64_t offset;
};

struct change;

/* Number of distinct values of a field. */
struct domain_size {
    const char *field;
    int64_t values;
};

struct client {
    const char *id;
    const char *secret; /* NULL: a public client */
    bool two_legged;
};

struct contract {
    const char *number;
    const char *name;
    int64_t start_day;
    int64_t end_day;
    bool active;
    int64_t tokens;            /* of each year */
    int64_t multi_year_tokens; /* of all years together, besides */
    const char **enrichment;
    size_t enrichment_count;
};

/* A result given by its raw text. contract, where and fields are NULL where any matches. */
struct fixed_result {
    const char *contract;
    const char *where; /* the condition of the query contains it */
    const char **fields;
    size_t field_count;
    const char **columns;
    size_t column_count;
    const char **rows;
    size_t row_count;
    const char *csv; /* NULL: made from the rows */
};

struct csv_shape {
    int header, columns, quote; /* enum csv_… */
    bool bom, crlf, gzip, final_newline, trailing_comma;
    const char *null_text;
};

struct config {
    atomic_uint references;
    struct json_object *tree;

    int64_t seed, rows, rows_per_day;
    double scale;
    int64_t window_from, window_to; /* days */
    int null_as, dataset;
    struct restatement *restatements;
    size_t restatement_count;
    struct domain_size *domains;
    size_t domain_count;
    const char *today_text;
    int64_t today; /* 0: the real one */
    struct change *changes;
    size_t change_count;
    struct fixed_result *results;
    size_t result_count;

    int64_t polls, query_ms, result_lifetime_ms, default_limit, max_page, latency_ms, clock_ahead_s,
        created_status;
    int query_status, cached, id_form, detail_uri, over_limit;
    bool trailing_comma;

    int64_t rate_per_minute, rate_burst, token_per_minute;
    bool require_auth, administrator;
    const char *access_token, *access_token_scopes;
    int64_t access_lifetime_ms, refresh_lifetime_ms, code_lifetime_ms;
    const char **refresh_tokens;
    size_t refresh_token_count;
    struct client *clients;
    size_t client_count;
    int consent;
    struct contract *contracts;
    size_t contract_count;
    bool summary_whole;
    const char *last_usage_date, *public_host;

    int64_t export_polls, export_ms, export_errors, export_quota, download_url_lifetime_ms;
    bool download_url_z;
    struct csv_shape csv;
    int download_transfer;
    bool download_redirect;
    int64_t download_cut_at, download_cut_times;
};

/* The defaults; never NULL. */
struct config *config_default(void);

/* base with the members of change merged into it, as a new config; NULL and a reason (the caller frees) when
 * that is none. */
struct config *config_change(const struct config *base, struct json_object *change, char **reason);

struct config *config_hold(struct config *config);
void config_release(struct config *config);

/* The settings as a JSON text. The caller frees. */
char *config_json(const struct config *config);

/* Whether queries are answered from the world, and not with rows in a given number. */
bool config_has_world(const struct config *config);

const struct contract *config_contract(const struct config *config, const char *number);
const struct client *config_client(const struct config *config, const char *id);

/* The name of a status; and the reverse, QUERY_NO_STATUS for an unknown one. */
const char *query_status_name(enum query_status status);
enum query_status query_status_read(const char *name);

#endif
