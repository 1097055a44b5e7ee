#include "state/restatement_list.h"

#include "sql/statements.h"

void restatement_params_make(const struct restatement_wanted *wanted, struct restatement_params *params)
{
    const struct text_list *jobs = wanted->jobs;
    *params = (struct restatement_params){.jobs = buf_make(BUF_OWN_TEXT)};
    for (size_t i = 0; jobs && i < jobs->count; i++)
        buf_print(&params->jobs, "%s%s", i ? "\n" : "", jobs->items[i]);
    params->values[0] = wanted->since_given ? date_format(wanted->since, params->since) : NULL;
    params->values[1] = jobs ? buf_text(&params->jobs) : NULL;
    params->values[2] = wanted->months_given ? date_format(wanted->from, params->from) : NULL;
    params->values[3] = wanted->months_given ? date_format(wanted->to, params->to) : NULL;
}

void restatement_params_cleanup(struct restatement_params *params)
{
    buf_release(&params->jobs);
}

static void add(const PGresult *rows, int row, struct arena *arena, struct restatement_list *list)
{
    struct restatement_item *item = arena_push(arena, &list->items, &list->count, sizeof *item);
    *item = (struct restatement_item){
        .job = pg_copy(rows, row, "job", arena),
        .contract = pg_copy(rows, row, "contract_number", arena),
        .month = pg_copy(rows, row, "month", arena),
        .window_start = pg_copy(rows, row, "window_start", arena),
        .window_end = pg_copy(rows, row, "window_end", arena),
        .metric = pg_copy(rows, row, "metric", arena),
        .before = pg_copy(rows, row, "before", arena),
        .after = pg_copy(rows, row, "after", arena),
        .difference = pg_copy(rows, row, "difference", arena),
        .rows_changed = pg_count(rows, row, "rows_changed"),
        .rows_added = pg_count(rows, row, "rows_added"),
        .rows_vanished = pg_count(rows, row, "rows_vanished"),
        .times = pg_count(rows, row, "times"),
        .run_id = pg_integer(rows, row, "run_id"),
        .restated_ms = pg_integer(rows, row, "restated_ms"),
    };
}

static bool check_table(struct pg *pg, struct err *err)
{
    SCOPED(pg_result) PGresult *table = pg_query(pg, SQL_RESTATEMENT_READABLE, PG_NO_PARAMS, err);
    if (!table)
        return false;
    if (pg_flag(table, 0, "is_readable"))
        return true;
    if (pg_flag(table, 0, "exists")) {
        err_set(err, ERR_AUTH, "the role may not read tokenflex_etl.restatement");
        return err_hint(err, "grant it select on the tables of tokenflex_etl");
    }
    err_set(err, ERR_CONFIG, "the database has no table tokenflex_etl.restatement");
    return err_hint(err, "let `tokenflex-etl init` make it; what loads change is recorded from then on");
}

bool restatement_list(const struct restatement_wanted *wanted, enum restatement_form form, struct pg *pg,
                      struct arena *arena, struct restatement_list *list, struct err *err)
{
    const char *in_all = form == RESTATEMENT_IN_ALL ? "true" : "false";
    SCOPED(restatement_params) struct restatement_params params;
    *list = (struct restatement_list){0};
    restatement_params_make(wanted, &params);
    if (!check_table(pg, err))
        return false;
    const char *const *values = params.values;
    SCOPED(pg_result)
    PGresult *rows = pg_query(pg, SQL_RESTATEMENT_LIST,
                              PG_PARAMS(values[0], values[1], values[2], values[3], in_all), err);
    if (!rows)
        return err_wrap(err, "cannot read tokenflex_etl.restatement");
    for (int row = 0; row < PQntuples(rows); row++)
        add(rows, row, arena, list);
    return true;
}
