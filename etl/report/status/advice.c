#include "report/status/advice.h"

#include "base/err.h"
#include "base/program.h"
#include "base/text.h"

/* A failure that occurs this often in a row does not go away by itself. */
#define TOO_OFTEN 3

static void put_by_kind(const struct advice_case *failure, struct buf *out)
{
    switch (err_kind_named(failure->kind)) {
    case ERR_DATA:
        buf_put(out, "look at the row, column and value that the message names: nothing of that chunk was "
                     "loaded, and nothing will be until it fits");
        break;
    case ERR_AUTH:
        buf_print(out, "`%s`, or grant the client, user or role what the message says is missing",
                  program_login());
        break;
    case ERR_CONFIG:
        buf_print(out, "`tokenflex-etl check %s`, then correct the settings or the job's definition",
                  failure->job);
        break;
    case ERR_CREATE:
        buf_put(out, "grant the role the right to create there, or let a DBA run `tokenflex-etl init`, or "
                     "move what is in the way");
        break;
    case ERR_USAGE:
        buf_put(out, "correct the command line that starts the job: `tokenflex-etl --help`");
        break;
    case ERR_OUTPUT:
        buf_put(out, "nothing for the data: check what reads the program's stdout");
        break;
    case ERR_BUG:
        buf_put(out, "report it with the log of that run: it is a bug");
        break;
    case ERR_NONE:
    case ERR_UNAVAILABLE:
    case ERR_LATER:
    case ERR_STOPPED:
        buf_put(out, "see the log of that run");
        break;
    }
}

/* The advice for a failure that the next run can fix by itself; NULL: none of these. */
static const char *passing(const char *kind)
{
    if (kind && text_equal(kind, ADVICE_DIED))
        return "nothing: the next run resumes its work at the service";
    switch (err_kind_named(kind)) {
    case ERR_UNAVAILABLE:
        return "nothing, unless it happens again: the next run retries";
    case ERR_LATER:
        return "nothing: the next run continues";
    case ERR_STOPPED:
        return "nothing: it was stopped, and the next run continues where it stopped";
    case ERR_NONE:
    case ERR_USAGE:
    case ERR_DATA:
    case ERR_BUG:
    case ERR_CREATE:
    case ERR_OUTPUT:
    case ERR_AUTH:
    case ERR_CONFIG:
        break;
    }
    return NULL;
}

/* What to check if such a failure does not go away. */
static const char *lasting(const char *kind)
{
    if (text_equal(kind, ADVICE_DIED))
        return "find out what ends it (out of memory, a time limit of cron or systemd)";
    switch (err_kind_named(kind)) {
    case ERR_UNAVAILABLE:
        return "see whether api.base_url and the database can be reached from that host";
    case ERR_LATER:
        return "give the job a longer `timeout`, or start fewer jobs at a time: the budget is too small for "
               "all of them";
    case ERR_STOPPED:
        return "find out what stops it (TimeoutStartSec of systemd, a time limit of cron)";
    case ERR_NONE:
    case ERR_USAGE:
    case ERR_DATA:
    case ERR_BUG:
    case ERR_CREATE:
    case ERR_OUTPUT:
    case ERR_AUTH:
    case ERR_CONFIG:
        break;
    }
    return "see the log of that run";
}

void advice_put(const struct advice_case *failure, struct buf *out)
{
    const char *passes = passing(failure->kind);
    bool has_hint = failure->hint && *failure->hint;
    if (passes && failure->times < TOO_OFTEN)
        buf_put(out, passes);
    else if (passes)
        buf_print(out, "%s%s%s", lasting(failure->kind), has_hint ? "; " : "", has_hint ? failure->hint : "");
    else if (has_hint)
        buf_put(out, failure->hint);
    else
        put_by_kind(failure, out);
}

int advice_exit_code(const char *kind)
{
    return err_kind_info(err_kind_named(kind))->exit_code;
}
