#include "load/stage.h"

#include "base/mem.h"
#include "base/text.h"
#include "load/row_key.h"
#include "load/value.h"
#include "wire/copy.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SEND_BYTES ((size_t)64 << 10)
#define MAX_ROW_BYTES ((size_t)64 << 20)

struct stage {
    struct pg *pg;
    const struct target *target;
    struct row_key *key;
    struct value *values; /* of the row under way */
    struct buf rows;      /* encoded, not sent yet */
    uint64_t rows_added;
    uint64_t rows_confirmed;
    bool copying;
    char *copy_sql;
};

static void put_columns(struct buf *sql, const struct target *target, bool typed)
{
    for (size_t i = 0; i < target->count; i++) {
        pg_put_identifier(sql, target->columns[i].name);
        if (typed)
            buf_print(sql, " %s", column_type_name(target->columns[i].type));
        buf_put(sql, ", ");
    }
    buf_print(sql, "_row_key%s", typed ? " uuid" : "");
}

static bool create_table(struct stage *stage, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "drop table if exists pg_temp." STAGE_TABLE "; create temporary table " STAGE_TABLE " (");
    put_columns(&sql, stage->target, true);
    buf_put(&sql, ")");
    if (!pg_exec(stage->pg, buf_text(&sql), err))
        return err_wrap(err, "cannot create the temporary stage table");
    return true;
}

static void set_key_prefix(struct stage *stage, const char *contract, const struct window *window)
{
    char from[DATE_TEXT];
    char to[DATE_TEXT];
    bool windowed = stage->target->windowed && window->bounded;
    const char *parts[] = {contract, windowed ? date_format(window->from, from) : "",
                           windowed ? date_format(window->to, to) : ""};
    row_key_set_prefix(stage->key, parts, stage->target->windowed ? 3 : 1);
}

struct stage *stage_make(struct pg *pg, const struct target *target, const char *contract,
                         const struct window *window, struct err *err)
{
    struct stage *stage = mem_alloc(1, sizeof *stage);
    stage->pg = pg;
    stage->target = target;
    stage->rows = buf_make(MAX_ROW_BYTES);
    stage->values = mem_alloc(target->count, sizeof *stage->values);
    stage->key = row_key_make(err);
    if (!stage->key || !create_table(stage, err)) {
        stage_release(stage);
        return NULL;
    }
    set_key_prefix(stage, contract, window);

    struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "copy pg_temp." STAGE_TABLE " (");
    put_columns(&sql, target, false);
    buf_put(&sql, ") from stdin");
    stage->copy_sql = buf_take(&sql);
    return stage;
}

void stage_release(struct stage *stage)
{
    struct err ignored;
    if (!stage)
        return;
    if (stage->copying)
        pg_copy_abandon(stage->pg, "the rows cannot be loaded");
    if (!pg_is_lost(stage->pg) && !pg_exec(stage->pg, "drop table if exists pg_temp." STAGE_TABLE, &ignored))
        err_clear(&ignored); /* the session's end drops it */
    row_key_release(stage->key);
    buf_release(&stage->rows);
    free(stage->values);
    free(stage->copy_sql);
    free(stage);
}

void stage_cleanup(struct stage **stage)
{
    stage_release(*stage);
}

bool stage_begin_page(struct stage *stage, struct err *err)
{
    if (!pg_copy_begin(stage->pg, stage->copy_sql, err))
        return err_wrap(err, "cannot copy into the stage table");
    stage->copying = true;
    return true;
}

static bool refuse_value(const struct stage *stage, size_t column, const struct cell *cell,
                         const char *problem, struct err *err)
{
    char shown[80];
    bool is_text = cell->kind == CELL_TEXT;
    bool is_bare = is_text || cell->kind == CELL_NUMBER;
    const char *bytes = is_bare ? cell->bytes : cell->kind == CELL_TRUE ? "true" : "false";
    size_t length = is_bare ? cell->length : strlen(bytes);
    const char *quote = is_text ? "\"" : "";
    return err_set(err, ERR_DATA, "row %" PRIu64 ", column %s: %s%s%s %s", stage->rows_added + 1,
                   stage->target->columns[column].api_name, quote,
                   text_excerpt(bytes, length, shown, sizeof shown), quote, problem);
}

static bool add_value(struct stage *stage, size_t column, const struct cell *cell, struct err *err)
{
    const char *problem;
    struct value *value = &stage->values[column];
    struct buf *rows = &stage->rows;
    if (!value_read(cell, stage->target->columns[column].type, value, &problem))
        return refuse_value(stage, column, cell, problem, err);
    bool added = value->is_null    ? copy_put_null(rows)
                 : value->is_plain ? copy_put_plain(rows, value->bytes, value->length)
                                   : copy_put_text(rows, value->bytes, value->length);
    if (!added || !copy_next(rows))
        return err_set(err, ERR_DATA, "row %" PRIu64 " is larger than %zu bytes", stage->rows_added + 1,
                       MAX_ROW_BYTES);
    return true;
}

static bool add_key(struct stage *stage, struct err *err)
{
    char text[ROW_KEY_TEXT];
    const struct target *target = stage->target;
    row_key_begin(stage->key);
    for (size_t i = 0; i < target->key_count; i++) {
        size_t column = target->key[i];
        if (!row_key_add(stage->key, &stage->values[column], target->columns[column].type, err))
            return err_wrap(err, "row %" PRIu64, stage->rows_added + 1);
    }
    if (!row_key_end(stage->key, text, err))
        return false;
    if (!copy_put_plain(&stage->rows, text, ROW_KEY_TEXT - 1) || !copy_end_row(&stage->rows))
        return err_set(err, ERR_DATA, "row %" PRIu64 " is larger than %zu bytes", stage->rows_added + 1,
                       MAX_ROW_BYTES);
    return true;
}

static bool send_rows(struct stage *stage, struct err *err)
{
    bool sent = pg_copy_put(stage->pg, buf_text(&stage->rows), stage->rows.length, err);
    buf_clear(&stage->rows);
    if (!sent) {
        stage->copying = false;
        return err_wrap(err, "cannot copy into the stage table");
    }
    return true;
}

bool stage_add_row(struct stage *stage, const struct cell *cells, size_t count, struct err *err)
{
    if (count != stage->target->count)
        return err_set(err, ERR_DATA, "row %" PRIu64 " has %zu values, the result has %zu columns",
                       stage->rows_added + 1, count, stage->target->count);
    for (size_t i = 0; i < count; i++)
        if (!add_value(stage, i, &cells[i], err))
            return false;
    if (!add_key(stage, err))
        return false;
    stage->rows_added++;
    return stage->rows.length < SEND_BYTES || send_rows(stage, err);
}

bool stage_end_page(struct stage *stage, struct err *err)
{
    uint64_t rows;
    if (stage->rows.length > 0 && !send_rows(stage, err))
        return false;
    stage->copying = false;
    if (!pg_copy_end(stage->pg, &rows, err))
        return err_wrap(err, "cannot copy into the stage table");
    stage->rows_confirmed += rows;
    if (stage->rows_confirmed != stage->rows_added)
        return err_set(err, ERR_BUG, "%" PRIu64 " rows were sent to the stage table, %" PRIu64 " arrived",
                       stage->rows_added, stage->rows_confirmed);
    return true;
}

uint64_t stage_rows(const struct stage *stage)
{
    return stage->rows_confirmed;
}
