#include "load/duplicate_key.h"

#include "base/mem.h"
#include "base/text.h"
#include "load/row_file.h"
#include "load/row_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A key that occurs twice in the stage. */
struct duplicate {
    bool found;
    bool is_repetition; /* its rows are equal in every column */
    char row_key[40];
    char rows[24];
};

/* The values of a row's key, under their API names. */
static PGresult *read_key(const struct target *target, const struct stage *stage, const char *row_key,
                          struct pg *pg, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "select ");
    for (size_t i = 0; i < target->key_count; i++) {
        const struct target_column *column = &target->columns[target->key[i]];
        buf_put(&sql, i ? ", " : "");
        pg_put_identifier(&sql, column->name);
        buf_put(&sql, " as ");
        pg_put_identifier(&sql, column->api_name);
    }
    buf_print(&sql, " from %s where _row_key = $1::uuid limit 1", stage_name(stage));
    return pg_query(pg, buf_text(&sql), PG_PARAMS(row_key), err);
}

/* The field of the key that was empty in one row and null in another, which is the same value here; NULL:
 * none. key: of read_key(). */
static const char *empty_and_null(const struct target *target, const struct stage *stage, const PGresult *key)
{
    for (size_t i = 0; i < target->key_count; i++) {
        const char *name = target->columns[target->key[i]].api_name;
        if (pg_null(key, 0, name) && stage_has_empty_and_null(stage, target->key[i]))
            return name;
    }
    return NULL;
}

static bool hint_at_cause(const struct target *target, const char *empty_field, bool is_repetition,
                          struct err *err)
{
    if (empty_field)
        return err_hint(err,
                        "the service has sent %s as an empty text in one row and as null in another, which "
                        "is the same value in the table: exclude one of them with the job's `where`",
                        empty_field);
    if (is_repetition)
        return err_hint(err,
                        "the service has sent a row twice, or two values that are one in the table (12 and "
                        "\"12\"): run the job again; if that does not help, use the other source (source: "
                        "query or export), and report it to the service");
    if (target->job->source == JOB_SOURCE_CONTRACT)
        return err_hint(err,
                        "two lines of the service's record are of one key (the old and the new name of a "
                        "usage category are one value): report it to the service");
    return err_hint(err, "a field that distinguishes these rows is missing from target.key");
}

static bool explain_duplicate(const struct target *target, const struct stage *stage,
                              const struct duplicate *duplicate, struct pg *pg, struct err *err)
{
    if (target->key_count == 0)
        return err_set(err, ERR_DATA, "a query without fields is one row, the result has %s",
                       duplicate->rows);
    SCOPED(pg_result) PGresult *key = read_key(target, stage, duplicate->row_key, pg, err);
    if (!key)
        return false;
    SCOPED(buf) struct buf shown = buf_make(BUF_OWN_TEXT);
    pg_put_row(key, 0, &shown);
    err_set(err, ERR_DATA, "the key (%s) occurs %s times in the result%s", buf_text(&shown), duplicate->rows,
            duplicate->is_repetition ? ", in rows that are equal in every column" : "");
    return hint_at_cause(target, empty_and_null(target, stage, key), duplicate->is_repetition, err);
}

/* Appends the keys as `{…,…}`, the text form of a uuid[]. */
static void put_keys(struct buf *text, const unsigned char *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_put(text, i ? "," : "{");
        for (size_t byte = 0; byte < ROW_KEY_BYTES; byte++)
            buf_print(text, "%02x", keys[i * ROW_KEY_BYTES + byte]);
    }
    buf_put(text, "}");
}

/* Finds a duplicate, preferably a repeated row. Only candidates are checked, unless there are too many to
 * list: every key that occurs twice is a candidate. */
static bool find_duplicate(const struct stage *stage, struct pg *pg, struct duplicate *duplicate,
                           struct err *err)
{
    const unsigned char *keys;
    size_t count;
    bool named = stage_candidates(stage, &keys, &count);
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf candidates = buf_make(BUF_OWN_TEXT);
    struct pg_params params = PG_NO_PARAMS;
    *duplicate = (struct duplicate){0};
    if (count == 0)
        return true;
    buf_print(&sql, "select _row_key, count(*) as rows, count(distinct s) = 1 as is_repetition from %s s",
              stage_name(stage));
    if (named) {
        put_keys(&candidates, keys, count);
        params = PG_PARAMS(buf_text(&candidates));
        buf_put(&sql, " where _row_key = any($1::uuid[])");
    }
    buf_put(&sql, " group by _row_key having count(*) > 1 order by is_repetition desc limit 1");
    SCOPED(pg_result) PGresult *found = pg_query(pg, buf_text(&sql), params, err);
    if (!found)
        return false;
    duplicate->found = PQntuples(found) > 0;
    if (duplicate->found) {
        snprintf(duplicate->row_key, sizeof duplicate->row_key, "%s", pg_value(found, 0, "_row_key"));
        snprintf(duplicate->rows, sizeof duplicate->rows, "%s", pg_value(found, 0, "rows"));
        duplicate->is_repetition = pg_flag(found, 0, "is_repetition");
    }
    return true;
}

static int compare_keys(const void *one, const void *other)
{
    return memcmp(one, other, ROW_KEY_BYTES);
}

/* Whether one of the candidates occurs twice among the rows of a file. */
static bool find_in_file(struct row_file *file, const unsigned char *keys, size_t count, bool *found,
                         struct err *err)
{
    struct encoded_row row;
    SCOPED(row_reader) struct row_reader *reader = row_reader_make(file);
    SCOPED(mem) unsigned char *sorted = mem_alloc(count, ROW_KEY_BYTES);
    SCOPED(mem) bool *seen = mem_alloc(count, sizeof *seen);
    memcpy(sorted, keys, count * ROW_KEY_BYTES);
    qsort(sorted, count, ROW_KEY_BYTES, compare_keys);
    *found = false;
    while (!*found) {
        if (!row_reader_next(reader, &row, err))
            return false;
        if (!row.values)
            break;
        const char *key = row.values + row.length - ROW_KEY_BYTES;
        const unsigned char *candidate = bsearch(key, sorted, count, ROW_KEY_BYTES, compare_keys);
        size_t place = candidate ? (size_t)(candidate - sorted) / ROW_KEY_BYTES : 0;
        *found = candidate && seen[place];
        seen[place] |= candidate != NULL;
    }
    return true;
}

/* *any: a key may occur twice. Then rows are moved from the file to the table; otherwise they stay in the
 * file. */
static bool check_candidates(struct stage *stage, bool *any, struct err *err)
{
    const unsigned char *keys;
    size_t count;
    bool named = stage_candidates(stage, &keys, &count);
    *any = count > 0;
    if (!*any || !stage_file(stage))
        return true;
    if (named && !find_in_file(stage_file(stage), keys, count, any, err))
        return false;
    return !*any || stage_move_to_table(stage, err);
}

bool duplicate_key_is_repetition(struct stage *stage, struct pg *pg, bool *repeats, struct err *err)
{
    struct duplicate duplicate;
    *repeats = false;
    bool any;
    if (!check_candidates(stage, &any, err))
        return false;
    if (!any)
        return true;
    if (!find_duplicate(stage, pg, &duplicate, err))
        return false;
    if (!duplicate.found)
        stage_note_unique(stage);
    *repeats = duplicate.is_repetition;
    return true;
}

bool duplicate_key_refuse(const struct target *target, const struct stage *stage, struct pg *pg,
                          struct err *err)
{
    struct duplicate duplicate;
    if (!find_duplicate(stage, pg, &duplicate, err))
        return false;
    return !duplicate.found || explain_duplicate(target, stage, &duplicate, pg, err);
}
