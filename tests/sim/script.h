/*
 * Fault rules: which requests they meet and what happens to these. A script is immutable but for its
 * counters, which the simulator's lock guards, and counted by reference. README.md explains each action.
 */
#ifndef SIM_SCRIPT_H
#define SIM_SCRIPT_H

#include "call.h"
#include "config.h"

#define RULE_NONE INT64_MIN /* a number that was not given */

enum rule_close { CLOSE_NEVER, CLOSE_BEFORE, CLOSE_AFTER };

/* Texts and JSON belong to the script; NULL or RULE_NONE where an action was not given. */
struct rule {
    bool calls[CALL_COUNT];
    int64_t from, times, every; /* times -1: for ever; every 0: not used */
    const char *contract;
    const char *match;

    int64_t delay_ms, status, close_at, close_in_header, rows, total, total_add, duplicate_row;
    bool hold;
    enum rule_close close;
    const char *body, *redirect, *detail_uri, *id, *omit, *trailing, *find, *with;
    char *retry_after;                     /* seconds, a verbatim text, or date:+N, rfc850:+N, … */
    char *columns_text;                    /* of columns, as JSON */
    struct json_object *headers, *columns; /* an object and a list of texts */
    enum query_status query_status;
    int64_t width_row, width_add;
    int64_t value_row, value_index;
    const char *value_column, *value_raw;

    int64_t seen, fired;
};

struct script {
    atomic_uint references;
    struct json_object *tree;
    struct rule *rules;
    size_t count;
};

/* Makes a script of a JSON list, which it takes over. NULL and a reason (the caller frees) when a rule is
 * none. */
struct script *script_make(struct json_object *list, char **reason);
struct script *script_hold(struct script *script);
void script_release(struct script *script);

/* The rule for this request, or NULL; counts. contract may be NULL. Under the simulator's lock. */
const struct rule *script_match(struct script *script, enum call call, const char *contract, const char *path,
                                const char *body);

/* Whether the rule answers by itself, without effect. */
bool rule_answers(const struct rule *rule);

#endif
