#include "report/status/advice.h"

#include "base/err.h"
#include "base/program.h"
#include "base/text.h"

/* A failure that occurs this often in a row does not go away by itself. */
#define TOO_OFTEN 3

/* What the advice begins with. */
enum start {
    START_NOTHING,
    START_LOGIN /* `the command that logs in` */,
    START_CHECK /* `check of the job` */
};

/*
 * What to do about each kind of failure. A kind has either `advice`, or the other two: `passes` if the next
 * run can fix the failure by itself, and `lasts` for what to check if it does not go away.
 */
struct advice_text {
    const char *passes;
    const char *lasts;
    enum start start;
    const char *advice;
};

static const struct advice_text texts[ERR_KINDS] = {
    [ERR_USAGE] = {.advice = "correct the command line that starts the job: `tokenflex-etl --help`"},
    [ERR_DATA] = {.advice = "check the row, column and value that the message names: nothing of that chunk "
                            "was loaded, and nothing is loaded until the value fits"},
    [ERR_UNAVAILABLE] = {.passes = "nothing, unless it continues: the next run tries again",
                         .lasts = "check whether that host can reach api.base_url and the database"},
    [ERR_BUG] = {.advice = "report it with the log of that run: it is a bug"},
    [ERR_CREATE] = {.advice = "grant the role the right to create there, or let a DBA run `tokenflex-etl "
                              "init`; remove the object that blocks it"},
    [ERR_OUTPUT] = {.advice =
                        "nothing for the data: check the pipe or file that receives the program's stdout"},
    [ERR_LATER] = {.passes = "nothing: the next run continues by itself",
                   .lasts = "see its message: if it names the request budget, give the job a longer "
                            "`timeout`, or start fewer jobs at a time"},
    [ERR_STOPPED] = {.passes = "nothing: it was stopped, and the next run continues from there",
                     .lasts = "find out what stops it (TimeoutStartSec of systemd, a time limit of cron)"},
    [ERR_AUTH] = {.start = START_LOGIN,
                  .advice = ", or grant client, user or role the right that the message names"},
    [ERR_CONFIG] = {.start = START_CHECK, .advice = ", then correct the settings or the job's definition"},
};

/* For a process that ended without finishing its run. */
static const struct advice_text died = {
    .passes = "nothing: the next run resumes its work at the service",
    .lasts = "find out what ends it (out of memory, a time limit of cron or systemd)",
};

static const struct advice_text *text_of(const char *kind)
{
    return kind && text_equal(kind, ADVICE_DIED) ? &died : &texts[err_kind_named(kind)];
}

static void put_by_kind(const struct advice_text *text, const char *job, struct buf *out)
{
    switch (text->start) {
    case START_NOTHING:
        break;
    case START_LOGIN:
        buf_print(out, "`%s`", program_login());
        break;
    case START_CHECK:
        buf_print(out, "`tokenflex-etl check %s`", job);
        break;
    }
    buf_put(out, text->advice ? text->advice : "see the log of that run");
}

void advice_put(const struct advice_case *failure, struct buf *out)
{
    const struct advice_text *text = text_of(failure->kind);
    bool has_hint = failure->hint && *failure->hint;
    if (text->passes && failure->times < TOO_OFTEN)
        buf_put(out, text->passes);
    else if (text->passes)
        buf_print(out, "%s%s%s", text->lasts, has_hint ? "; " : "", has_hint ? failure->hint : "");
    else if (has_hint)
        buf_put(out, failure->hint);
    else
        put_by_kind(text, failure->job, out);
}

int advice_exit_code(const char *kind)
{
    return err_kind_info(err_kind_named(kind))->exit_code;
}
