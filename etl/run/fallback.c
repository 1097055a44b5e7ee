#include "run/fallback.h"

#include <inttypes.h>
#include <stdio.h>

static struct fallback step(enum fallback_step step, enum fallback_reason reason)
{
    return (struct fallback){step, reason};
}

/* For `source: auto`, before the first attempt. */
static struct fallback choose(const struct fallback_facts *facts)
{
    if (facts->export_only)
        return step(FALLBACK_EXPORT, REASON_EXPORT_ONLY);
    if (facts->export_is_left)
        return step(FALLBACK_EXPORT, REASON_EXPORT_IS_LEFT);
    if (facts->times_out && facts->may_write)
        return step(FALLBACK_EXPORT, REASON_TIMES_OUT);
    if (facts->times_out && facts->can_split)
        return step(FALLBACK_SPLIT, REASON_TIMES_OUT);
    if (facts->cannot_be_paged && facts->may_write)
        return step(FALLBACK_EXPORT, REASON_CANNOT_BE_PAGED);
    return step(FALLBACK_QUERY, REASON_NONE);
}

static struct fallback begin(const struct fallback_facts *facts)
{
    switch (facts->choice) {
    case JOB_SOURCE_QUERY:
        return step(FALLBACK_QUERY, REASON_SOURCE_QUERY);
    case JOB_SOURCE_EXPORT:
        return step(FALLBACK_EXPORT, REASON_SOURCE_EXPORT);
    case JOB_SOURCE_CONTRACT:
        return step(FALLBACK_CONTRACT, REASON_SOURCE_CONTRACT);
    case JOB_SOURCE_AUTO:
        break;
    }
    return choose(facts);
}

/* Whether another submit may help. It does not help against a result that is too large, nor against a time
 * limit that a query of this run has exceeded. */
static bool may_submit_again(const struct fallback_facts *facts)
{
    bool too_much = facts->outcome == FETCH_TOO_LARGE || (facts->outcome == FETCH_TIMEOUT && !facts->resumed);
    return facts->submits < FALLBACK_MAX_SUBMITS && !too_much;
}

/* The result of a query could not be fetched. */
static struct fallback after_failed_query(const struct fallback_facts *facts, enum fallback_reason reason)
{
    if (may_submit_again(facts))
        return step(FALLBACK_QUERY_AGAIN, reason);
    if (facts->choice != JOB_SOURCE_AUTO || facts->outcome == FETCH_FAILED)
        return step(FALLBACK_FAIL, reason);
    if (facts->may_write)
        return step(FALLBACK_EXPORT, reason);
    return facts->can_split ? step(FALLBACK_SPLIT, reason) : step(FALLBACK_FAIL, REASON_SCOPE);
}

/* An export was forbidden. If its rows can be queried, queries for parts of the window are left to try. */
static struct fallback after_forbidden_export(const struct fallback_facts *facts)
{
    bool lacks_scope = facts->choice == JOB_SOURCE_AUTO && !facts->export_only && !facts->may_write;
    if (lacks_scope && facts->can_split)
        return step(FALLBACK_SPLIT, REASON_FORBIDDEN);
    return step(FALLBACK_FAIL, lacks_scope ? REASON_SCOPE : REASON_FORBIDDEN);
}

enum fallback_reason fallback_reason_of(enum fetch_outcome outcome)
{
    static const enum fallback_reason reasons[] = {
        [FETCH_NOT_TRIED] = REASON_NONE,      [FETCH_COMPLETE] = REASON_NONE,
        [FETCH_FAILED] = REASON_FAILED,       [FETCH_TIMEOUT] = REASON_TIMEOUT,
        [FETCH_EXPIRED] = REASON_EXPIRED,     [FETCH_REPLACED] = REASON_REPLACED,
        [FETCH_REPEATED] = REASON_REPEATED,   [FETCH_TOO_LARGE] = REASON_TOO_LARGE,
        [FETCH_FORBIDDEN] = REASON_FORBIDDEN,
    };
    return reasons[outcome];
}

struct fallback fallback_next(const struct fallback_facts *facts)
{
    switch (facts->outcome) {
    case FETCH_NOT_TRIED:
        return begin(facts);
    case FETCH_FAILED:
    case FETCH_TIMEOUT:
    case FETCH_EXPIRED:
    case FETCH_REPLACED:
    case FETCH_REPEATED:
    case FETCH_TOO_LARGE:
        return after_failed_query(facts, fallback_reason_of(facts->outcome));
    case FETCH_FORBIDDEN:
        return after_forbidden_export(facts);
    case FETCH_COMPLETE:
        break;
    }
    return step(FALLBACK_DONE, REASON_NONE);
}

bool fallback_has_other_way(const struct fallback_facts *facts)
{
    struct fallback_facts too_large = *facts;
    too_large.outcome = FETCH_TOO_LARGE;
    return fallback_next(&too_large).step != FALLBACK_FAIL;
}

/* The reasons whose texts have no numbers. */
static const char *const texts[] = {
    [REASON_NONE] = "",
    [REASON_SOURCE_QUERY] = "the job says source: query",
    [REASON_SOURCE_EXPORT] = "the job says source: export",
    [REASON_SOURCE_CONTRACT] = "the job says source: contract",
    [REASON_EXPORT_ONLY] = "its fields are of session level, which cannot be queried",
    [REASON_EXPORT_IS_LEFT] = "an earlier run has requested it",
    [REASON_FAILED] = "the service says FAILED",
    [REASON_TIMEOUT] = "the query exceeds the service's time limit",
    [REASON_EXPIRED] = "the query's result expired before all its pages were read, twice",
    [REASON_REPLACED] = "the pages of the query's result say different totals, twice",
    [REASON_REPEATED] = "the pages of the query's result repeat rows, twice",
    [REASON_FORBIDDEN] = "the service forbids the export",
    [REASON_SCOPE] = "an export needs the scope data:write, which the token lacks",
};

const char *fallback_explain(enum fallback_reason reason, const struct fallback_numbers *numbers, char *out)
{
    if (reason == REASON_TIMES_OUT)
        snprintf(out, FALLBACK_TEXT,
                 "a query of this size exceeded the service's time limit; a query is tried again from %s on",
                 numbers->remembered_until);
    else if (reason == REASON_CANNOT_BE_PAGED)
        snprintf(out, FALLBACK_TEXT,
                 "about %" PRIu64 " rows are expected, more than the request budget can page through before "
                 "they expire",
                 numbers->rows);
    else if (reason == REASON_TOO_LARGE)
        snprintf(out, FALLBACK_TEXT,
                 "the result has %" PRIu64
                 " rows, and the request budget does not pay for their pages before they expire",
                 numbers->rows);
    else
        snprintf(out, FALLBACK_TEXT, "%s", texts[reason]);
    return out;
}
