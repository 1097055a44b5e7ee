#include "load/duplicate_key.h"

#include "base/text.h"
#include "load/row_key.h"

#include <string.h>

static bool explain_duplicate(const struct target *target, const struct stage *stage, struct pg *pg,
                              const PGresult *twice, struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf example = buf_make(BUF_OWN_TEXT);
    const char *count = pg_value(twice, 0, "rows");
    buf_put(&sql, "select ");
    for (size_t i = 0; i < target->key_count; i++) {
        buf_put(&sql, i ? ", " : "");
        pg_put_identifier(&sql, target->columns[target->key[i]].name);
    }
    buf_put(&sql, target->key_count ? "" : "1");
    buf_print(&sql, " from %s where _row_key = $1::uuid limit 1", stage_name(stage));
    SCOPED(pg_result)
    PGresult *row = pg_query(pg, buf_text(&sql), PG_PARAMS(pg_value(twice, 0, "_row_key")), err);
    if (!row)
        return false;
    for (size_t i = 0; i < target->key_count; i++) {
        char shown[60];
        const struct target_column *column = &target->columns[target->key[i]];
        const char *text = pg_null(row, 0, column->name) ? "null" : pg_value(row, 0, column->name);
        buf_print(&example, "%s%s = %s", i ? ", " : "", column->api_name,
                  text_excerpt(text, strlen(text), shown, sizeof shown));
    }
    if (target->key_count == 0)
        return err_set(err, ERR_DATA, "a query without fields is one row, the result has %s", count);
    err_set(err, ERR_DATA, "the key (%s) comes %s times in the result", buf_text(&example), count);
    return err_hint(err, "a field that tells these rows apart is missing from target.key");
}

/* `{…,…}`, as a uuid[] is read. */
static void put_keys(struct buf *text, const unsigned char *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_put(text, i ? "," : "{");
        for (size_t byte = 0; byte < ROW_KEY_BYTES; byte++)
            buf_print(text, "%02x", keys[i * ROW_KEY_BYTES + byte]);
    }
    buf_put(text, "}");
}

/* Only suspects are counted, unless there are more than can be named: the filter has let none pass that comes
 * twice. */
bool duplicate_key_refuse(const struct target *target, const struct stage *stage, struct pg *pg,
                          struct err *err)
{
    const unsigned char *keys;
    size_t count;
    bool named = stage_suspects(stage, &keys, &count);
    if (count == 0)
        return true;
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf suspects = buf_make(BUF_OWN_TEXT);
    struct pg_params params = PG_NO_PARAMS;
    buf_print(&sql, "select _row_key, count(*) as rows from %s", stage_name(stage));
    if (named) {
        put_keys(&suspects, keys, count);
        params = PG_PARAMS(buf_text(&suspects));
        buf_put(&sql, " where _row_key = any($1::uuid[])");
    }
    buf_put(&sql, " group by _row_key having count(*) > 1 limit 1");
    SCOPED(pg_result) PGresult *twice = pg_query(pg, buf_text(&sql), params, err);
    if (!twice)
        return false;
    if (PQntuples(twice) == 0)
        return true;
    return explain_duplicate(target, stage, pg, twice, err);
}
