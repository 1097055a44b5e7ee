#include "state/source_change.h"

#include "base/buf.h"
#include "base/json_writer.h"
#include "sql/statements.h"

static void put_pair(const struct source_pair *pair, struct json_writer *json)
{
    json_begin_object(json, NULL);
    json_put_text(json, "usage_category", usage_categories[pair->category].name);
    json_put_text(json, "charge_category", pair->charge_category);
    json_put_date(json, "last_usage_date", pair->has_usage_date, pair->last_usage_date);
    json_put_date(json, "last_process_date", pair->has_process_date, pair->last_process_date);
    json_end(json);
}

bool source_change_remember(struct pg *pg, const char *contract, const struct source_pairs *pairs,
                            struct err *err)
{
    SCOPED(buf) struct buf answer = buf_make(BUF_OWN_TEXT);
    struct json_writer json = json_writer_make(&answer);
    json_begin_array(&json, NULL);
    for (size_t i = 0; i < pairs->count; i++)
        put_pair(&pairs->items[i], &json);
    json_end(&json);
    SCOPED(pg_result)
    PGresult *kept = pg_query(pg, SQL_SOURCE_CHANGE_REMEMBER, PG_PARAMS(contract, buf_text(&answer)), err);
    return kept || err_wrap(err, "cannot write tokenflex_etl.source_change");
}

static bool read_category(const PGresult *rows, int row, enum usage_category *category)
{
    const struct usage_category_info *info = usage_category_find(pg_value(rows, row, "usage_category"));
    if (info)
        *category = (enum usage_category)(info - usage_categories);
    return info != NULL;
}

static bool add_pair(const PGresult *rows, int row, struct arena *arena, struct source_pairs *pairs,
                     struct err *err)
{
    struct source_pair pair = {
        .charge_category = arena_copy_text(arena, pg_value(rows, row, "charge_category")),
        .is_listed = pg_flag(rows, row, "is_listed"),
        .seen_us = pg_integer(rows, row, "seen_us"),
    };
    if (!read_category(rows, row, &pair.category))
        return err_set(err, ERR_BUG, "tokenflex_etl.source_change has the usage category %s",
                       pg_value(rows, row, "usage_category"));
    pair.has_usage_date = pg_day(rows, row, "last_usage_date", &pair.last_usage_date);
    pair.has_process_date = pg_day(rows, row, "last_process_date", &pair.last_process_date);
    *(struct source_pair *)arena_push(arena, &pairs->items, &pairs->count, sizeof pair) = pair;
    return true;
}

bool source_change_read(struct pg *pg, const char *contract, struct arena *arena, struct source_state *state,
                        struct err *err)
{
    *state = (struct source_state){0};
    SCOPED(pg_result) PGresult *look = pg_query(pg, SQL_SOURCE_CHANGE_READ, PG_PARAMS(contract), err);
    if (!look)
        return err_wrap(err, "cannot read tokenflex_etl.source_change");
    state->was_requested = !pg_null(look, 0, "first_requested_us");
    state->first_requested_us = state->was_requested ? pg_integer(look, 0, "first_requested_us") : 0;
    state->now_us = pg_integer(look, 0, "now_us");
    SCOPED(pg_result) PGresult *rows = pg_query(pg, SQL_SOURCE_CHANGE_PAIRS, PG_PARAMS(contract), err);
    if (!rows)
        return err_wrap(err, "cannot read tokenflex_etl.source_change");
    for (int row = 0; row < PQntuples(rows); row++)
        if (!add_pair(rows, row, arena, &state->pairs, err))
            return false;
    return true;
}

static void add_load(const PGresult *rows, int row, struct arena *arena, struct source_loads *loads)
{
    struct source_load *load = arena_push(arena, &loads->items, &loads->count, sizeof *load);
    *load = (struct source_load){
        .run_id = pg_integer(rows, row, "run_id"),
        .has_same_query = pg_flag(rows, row, "has_same_query"),
        .keeps_vanished = pg_flag(rows, row, "keeps_vanished"),
        .is_own = pg_flag(rows, row, "is_own"),
        .requested_is_known = !pg_null(rows, row, "requested_us"),
        .figures = pg_copy(rows, row, "figures", arena),
    };
    load->requested_us = load->requested_is_known ? pg_integer(rows, row, "requested_us") : 0;
    load->window.bounded = pg_day(rows, row, "window_start", &load->window.from) &&
                           pg_day(rows, row, "window_end", &load->window.to);
}

bool source_change_loads(struct pg *pg, const struct source_loads_of *of, struct arena *arena,
                         struct source_loads *loads, struct err *err)
{
    char within[PG_NUMBER];
    *loads = (struct source_loads){0};
    SCOPED(pg_result)
    PGresult *rows = pg_query(pg, SQL_SOURCE_CHANGE_LOADS,
                              PG_PARAMS(of->schema, of->table, of->contract, pg_number(of->within_ms, within),
                                        of->query, of->invocation_id),
                              err);
    if (!rows)
        return err_wrap(err, "cannot read the run table");
    for (int row = 0; row < PQntuples(rows); row++)
        add_load(rows, row, arena, loads);
    return true;
}

bool source_change_first_skipped(struct pg *pg, const struct source_job *job, bool *found, date_t *day,
                                 struct err *err)
{
    SCOPED(pg_result)
    PGresult *rows = pg_query(pg, SQL_SOURCE_CHANGE_FIRST_SKIPPED, PG_PARAMS(job->job, job->contract), err);
    if (!rows)
        return err_wrap(err, "cannot read the run table");
    *found = pg_day(rows, 0, "first_day", day);
    return true;
}

bool source_change_data_through(struct pg *pg, struct arena *arena, struct source_through_list *list,
                                struct err *err)
{
    *list = (struct source_through_list){0};
    SCOPED(pg_result) PGresult *readable = pg_query(pg, SQL_SOURCE_CHANGE_READABLE, PG_NO_PARAMS, err);
    if (!readable || !pg_flag(readable, 0, "is_readable"))
        return readable != NULL;
    SCOPED(pg_result) PGresult *rows = pg_query(pg, SQL_SOURCE_CHANGE_DATA_THROUGH, PG_NO_PARAMS, err);
    if (!rows)
        return err_wrap(err, "cannot read tokenflex_etl.source_change");
    for (int row = 0; row < PQntuples(rows); row++) {
        struct source_through through = {.contract =
                                             arena_copy_text(arena, pg_value(rows, row, "contract_number"))};
        if (read_category(rows, row, &through.category) && pg_day(rows, row, "last_usage_date", &through.day))
            *(struct source_through *)arena_push(arena, &list->items, &list->count, sizeof through) = through;
    }
    return true;
}
