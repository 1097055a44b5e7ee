/* load/report_text: views with parts for tables that may be missing. */
#include "base/macros.h"
#include "load/report_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct sql_report view = {
    "report_sum",
    "desktop",
    "cloud\ncloud_history",
    "-- needs: desktop\n"
    "create or replace view report_sum as\n"
    "select 1 from desktop\n"
    "-- if cloud\n"
    "union select 2 from cloud\n"
    "-- end\n"
    "-- if cloud_history\n"
    "union select 3 from cloud_history\n"
    "-- end\n"
    "order by 1;\n"
    "comment on view report_sum is 'as; of\n';\n",
};

static const char *put(const struct text_list *existing, struct buf *out)
{
    report_text_put(view.text, existing, out);
    return buf_text(out);
}

static void parts_of_missing_tables_are_left_out(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    assert_string_equal(put(&(struct text_list){0}, &out),
                        "-- needs: desktop\ncreate or replace view report_sum as\nselect 1 from desktop\n"
                        "order by 1;\ncomment on view report_sum is 'as; of\n';\n");
}

static void parts_of_existing_tables_are_kept_without_their_marks(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct text_list existing = {(const char *[]){"cloud_history", "cloud"}, 2};
    assert_string_equal(put(&existing, &out),
                        "-- needs: desktop\ncreate or replace view report_sum as\nselect 1 from desktop\n"
                        "union select 2 from cloud\nunion select 3 from cloud_history\n"
                        "order by 1;\ncomment on view report_sum is 'as; of\n';\n");
}

static void a_table_is_not_taken_for_one_whose_name_it_begins_with(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    struct text_list existing = {(const char *[]){"cloud"}, 1};
    report_text_put_query(&view, &existing, &out);
    assert_string_equal(buf_text(&out), "select 1 from desktop\nunion select 2 from cloud\norder by 1");
}

static void psql_asks_itself_which_tables_exist(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    report_text_put_script(&view, &out);
    assert_string_equal(buf_text(&out),
                        "select to_regclass('cloud') is not null as has_cloud \\gset\n"
                        "select to_regclass('cloud_history') is not null as has_cloud_history \\gset\n"
                        "-- needs: desktop\ncreate or replace view report_sum as\nselect 1 from desktop\n"
                        "\\if :has_cloud\nunion select 2 from cloud\n\\endif\n"
                        "\\if :has_cloud_history\nunion select 3 from cloud_history\n\\endif\n"
                        "order by 1;\ncomment on view report_sum is 'as; of\n';\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_missing_tables_are_left_out),
        cmocka_unit_test(parts_of_existing_tables_are_kept_without_their_marks),
        cmocka_unit_test(a_table_is_not_taken_for_one_whose_name_it_begins_with),
        cmocka_unit_test(psql_asks_itself_which_tables_exist),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
