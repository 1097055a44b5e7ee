#include "base/log.h"
#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "report/changes_report.h"
#include "wire/pg/pooler.h"

/* The command's result; rows is NULL if they were not requested. */
struct changes {
    struct restatement_list list;
    const struct restated_rows *rows;
};

/* A job that is no longer defined may be named if it has restatements. */
static bool check_names(const struct options *options, const struct inputs *inputs,
                        const struct restatement_list *list, struct err *err)
{
    for (size_t i = 0; i < options->arguments.count; i++) {
        const char *name = options->arguments.items[i];
        bool is_known = job_find(&inputs->jobs, name) != NULL;
        for (size_t k = 0; k < list->count && !is_known; k++)
            is_known = text_equal(list->items[k].job, name);
        if (is_known)
            continue;
        err_set(err, ERR_USAGE, "there is no job `%s`, and no job of that name has changed anything", name);
        return err_hint(err, "--jobs names the directory of job definitions");
    }
    return true;
}

static bool read_rows(const struct restatement_wanted *wanted, struct pg *pg, struct arena *arena,
                      struct changes *changes, struct err *err)
{
    struct restated_rows *rows = arena_alloc(arena, 1, sizeof *rows);
    changes->rows = rows;
    if (!restated_rows_read(wanted, pg, arena, rows, err))
        return false;
    if (rows->tables == 0 && rows->others.count > 0) {
        err_set(err, ERR_CONFIG, "--rows needs old versions of rows, which %s does not keep",
                rows->others.items[0]);
        return err_hint(err, "with `target.history: true` in the job they are kept from its next run on");
    }
    for (size_t i = 0; i < rows->others.count; i++)
        log_warn("no-history", "table %s keeps no old versions: its rows are not shown",
                 rows->others.items[i]);
    for (size_t i = 0; i < rows->set_aside.count; i++)
        log_warn("set-aside", "rows that changed before a rebuild are in %s, and are not shown",
                 rows->set_aside.items[i]);
    return true;
}

static bool read_changes(const struct options *options, const struct inputs *inputs, struct pg *pg,
                         struct changes *changes, struct err *err)
{
    bool for_people = options->output == OUTPUT_TEXT;
    struct restatement_wanted wanted = {
        .since_given = options->since_given,
        .since = options->since,
        .months_given = options->window.given,
        .from = options->window.from,
        .to = options->window.to,
    };
    return inputs_select_names(options, inputs, &wanted.jobs, err) &&
           restatement_list(&wanted, for_people ? RESTATEMENT_IN_ALL : RESTATEMENT_BY_RUN, pg, inputs->arena,
                            &changes->list, err) &&
           check_names(options, inputs, &changes->list, err) &&
           (!options->rows || read_rows(&wanted, pg, inputs->arena, changes, err));
}

/* All statements read one snapshot. */
static bool look(const struct options *options, const struct inputs *inputs, struct changes *changes,
                 struct err *err)
{
    struct pg_options pg_options = {.dsn = inputs->settings.database.dsn,
                                    .application_name = "tokenflex-etl changes"};
    SCOPED(pg) struct pg *pg = pg_connect_session(&pg_options, err);
    if (!pg || !pg_exec(pg, "begin isolation level repeatable read read only", err))
        return false;
    bool read = read_changes(options, inputs, pg, changes, err);
    pg_rollback(pg);
    return read;
}

int command_changes(const struct options *options)
{
    struct err err = {0};
    struct changes changes = {0};
    SCOPED(inputs) struct inputs inputs = {0};
    SCOPED(buf) struct buf out = buf_make_result();
    if (!inputs_read_to_show(options, &inputs, &err))
        return output_refuse(&err);
    if (!look(options, &inputs, &changes, &err))
        return output_fail("changes", &err);
    if (options->output == OUTPUT_JSON) {
        changes_report_put_json(&changes.list, changes.rows, &out);
        return output_end(&out, 0);
    }
    changes_report_put_table(&changes.list, changes.rows, &out);
    return output_end_lines(&out, 0);
}
