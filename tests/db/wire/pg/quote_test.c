/* wire/pg: quoting, as the server reads it. */
#include "support/db.h"

static void any_name_can_be_an_identifier(void **state)
{
    static const char *const names[] = {"we\"ird", "\"",     "with blank",     "Über-Größe",
                                        "select",  "a'b\\c", "x; drop table x"};
    SCOPED(pg) struct pg *pg = db_connect();
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
        buf_put(&sql, "create temporary table ");
        pg_put_identifier(&sql, names[i]);
        buf_put(&sql, " (); select ");
        pg_put_literal(&sql, names[i]);
        db_exec(pg, buf_text(&sql));

        struct err err = {0};
        SCOPED(pg_result)
        PGresult *found = pg_query(pg, "select count(*) as tables from pg_class where relname = $1",
                                   PG_PARAMS(names[i]), &err);
        must(found != NULL, &err);
        assert_int_equal(pg_integer(found, 0, "tables"), 1);
    }
    (void)state;
}

static void any_text_can_be_a_literal(void **state)
{
    static const char *const texts[] = {"", "'", "it''s", "\\", "\\'", "ä\n\t\"x\"", "$1; --"};
    SCOPED(pg) struct pg *pg = db_connect();
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
        buf_put(&sql, "select ");
        pg_put_literal(&sql, texts[i]);
        assert_string_equal(db_value(pg, buf_text(&sql)), texts[i]);
    }
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_name_can_be_an_identifier),
        cmocka_unit_test(any_text_can_be_a_literal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
