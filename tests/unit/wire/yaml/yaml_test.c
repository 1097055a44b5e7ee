#include "unit/wire/yaml/yaml_reading.h"

static void every_node_knows_its_place(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading = read_text("# a job\nquery:\n  fields: [usageDate, userName]\n  where: \"a\"\n");
    assert_int_equal(reading.findings.count, 0);
    assert_int_equal(reading.documents.count, 1);
    const struct yaml_node *root = reading.documents.items[0];
    const struct yaml_node *query = yaml_get(root, "query");
    const struct yaml_node *fields = yaml_get(query, "fields");
    assert_place(root, 2, 1);
    assert_place(query, 3, 3);
    assert_place(query->keys[1], 4, 3);
    assert_place(fields, 3, 11);
    assert_int_equal(fields->kind, YAML_SEQUENCE);
    assert_int_equal(fields->count, 2);
    assert_string_equal(fields->items[1]->text, "userName");
    assert_place(fields->items[1], 3, 23);
    assert_place(yaml_get(query, "where"), 4, 10);
    assert_null(yaml_get(query, "metrics"));
    assert_null(yaml_get(fields, "metrics"));
    assert_null(yaml_get(NULL, "metrics"));
}

static void columns_count_characters(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading = read_text("{\xE5\x9C\xB0\xE7\x90\x86: caf\xC3\xA9, b: \"${NONE}\"}\n");
    assert_int_equal(reading.findings.count, 1);
    assert_int_equal(reading.findings.items[0].place.column, 16);
    assert_place(reading.documents.items[0]->items[0], 1, 6);
}

static void scalars_stay_text(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading =
        read_text("[11000000001, yes, 1e3, 0x1F, 2026-11-22, 'it''s', \"a\\tb\", ~, null, '~', '', ]");
    const struct yaml_node *list = reading.documents.items[0];
    const char *const expected[] = {"11000000001", "yes",  "1e3", "0x1F", "2026-11-22", "it's", "a\tb",
                                    "~",           "null", "~",   ""};
    assert_int_equal(list->count, 11);
    for (size_t i = 0; i < 11; i++)
        assert_string_equal(list->items[i]->text, expected[i]);
    assert_true(yaml_is_null(list->items[7]));
    assert_true(yaml_is_null(list->items[8]));
    assert_false(yaml_is_null(list->items[9]));
    assert_false(yaml_is_null(list->items[10]));
    assert_false(yaml_is_null(list));
}

static void block_text_is_read(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading = read_text("where: |\n  a = 1\n  AND b = 2\nnote: >-\n  one\n  line\n");
    const struct yaml_node *root = reading.documents.items[0];
    assert_string_equal(yaml_get(root, "where")->text, "a = 1\nAND b = 2\n");
    assert_string_equal(yaml_get(root, "note")->text, "one line");
    assert_true(yaml_get(root, "note")->quoted);
}

static void documents_are_read_and_empty_ones_left_out(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_text("---\n---\na: 1\n--- ~\n---\nb: 2\n...\n");
    assert_int_equal(reading.findings.count, 0);
    assert_int_equal(reading.documents.count, 2);
    assert_place(reading.documents.items[0], 3, 1);
    assert_place(reading.documents.items[1], 6, 1);
}

static void an_empty_file_has_no_documents(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_text("");
    assert_int_equal(reading.documents.count, 0);
    assert_int_equal(reading.findings.count, 0);
}

static void a_byte_order_mark_and_crlf_change_nothing(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading = read_text("\xEF\xBB\xBF"
                                       "a: 1\r\nb: ${CONTRACT}\r\nc: ${NONE}\r\n");
    assert_string_equal(yaml_get(reading.documents.items[0], "b")->text, "11000000001");
    assert_place(yaml_get(reading.documents.items[0], "a"), 1, 4);
    assert_int_equal(reading.findings.items[0].place.line, 3);
    assert_int_equal(reading.findings.items[0].place.column, 4);
}

static void duplicate_keys_are_found_and_the_first_stays(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_text("a: 1\nb: {c: 1, c: 2}\n\"a\": 3\n");
    assert_int_equal(reading.findings.count, 2);
    assert_string_equal(reading.findings.items[0].message,
                        "`c` is given twice, first on line 2: keep one of them");
    assert_string_equal(reading.findings.items[1].message,
                        "`a` is given twice, first on line 1: keep one of them");
    assert_int_equal(reading.findings.items[1].place.line, 3);
    assert_string_equal(yaml_get(reading.documents.items[0], "a")->text, "1");
}

static void keys_must_be_text(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_text("? [a, b]\n: 1\n? {c: d}\n: 2\n\"\": 3\n");
    assert_int_equal(reading.findings.count, 3);
    assert_string_equal(reading.findings.items[0].message, "a key must be plain text, found a list");
    assert_string_equal(reading.findings.items[1].message, "a key must be plain text, found a mapping");
    assert_string_equal(reading.findings.items[2].message, "a key is missing: write one before the `:`");
    assert_int_equal(reading.documents.items[0]->count, 0);
}

static void aliases_stand_for_their_anchors(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_text("a: &x [1, 2]\nb: *x\n&k c: 1\nd: *k\n");
    const struct yaml_node *root = reading.documents.items[0];
    assert_int_equal(reading.findings.count, 0);
    assert_ptr_equal(yaml_get(root, "a"), yaml_get(root, "b"));
    assert_string_equal(yaml_get(root, "d")->text, "c");
}

static void an_anchor_ends_with_its_document(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_text("a: &x 1\n---\nb: *x\n");
    assert_one_finding(
        &reading, 3, 4,
        "no anchor &x is defined before this alias: define it, or put the text between quotes");
}

static void the_latest_anchor_of_a_name_counts(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_text("[&x 1, &x 2, *x]");
    assert_string_equal(reading.documents.items[0]->items[2]->text, "2");
}

static void an_alias_inside_its_anchor_is_refused(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_text("&x [1, *x]");
    assert_one_finding(&reading, 1, 8, "the alias *x is inside the value that it names: remove it");
}

static void aliases_that_explode_are_stopped(void **state)
{
    (void)state;
    char text[1024] = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 9; i++) {
        char line[128];
        snprintf(line, sizeof line, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1,
                 i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
        strcat(text, line);
    }
    SCOPED(reading) struct reading reading = read_text(text);
    assert_int_equal(reading.findings.count, 1);
    assert_string_equal(reading.findings.items[0].message,
                        "aliases expand to more than 100,000 values: use fewer of them");
    assert_int_equal(reading.documents.count, 0);
}

static void a_file_of_too_many_values_is_stopped(void **state)
{
    (void)state;
    size_t count = 100001;
    char *text = malloc(count * 3);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * 3, "- \n", 3);
    struct reading fits = read_bytes(text, 99999 * 3);
    struct reading exceeds = read_bytes(text, 100000 * 3);
    assert_int_equal(fits.findings.count, 0);
    assert_int_equal(fits.documents.items[0]->count, 99999);
    assert_one_finding(&exceeds, 100000, 2, "the file holds more than 100,000 values: split it");
    reading_cleanup(&fits);
    reading_cleanup(&exceeds);
    free(text);
}

static void nesting_is_bounded(void **state)
{
    (void)state;
    char text[200] = {0};
    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    SCOPED(reading) struct reading fits = read_text(text);
    assert_int_equal(fits.findings.count, 0);
    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    SCOPED(reading) struct reading exceeds = read_text(text);
    assert_one_finding(&exceeds, 1, 65, "lists and mappings are nested deeper than 64: flatten them");
}

static void merge_keys_are_refused(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_text("a: &a {b: 1}\nc:\n  <<: *a\n  d: 2\n");
    assert_one_finding(
        &reading, 3, 3,
        "merge keys (`<<`) are not supported: write the keys out, or use an alias for the whole mapping");
}

static void tags_are_refused(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_text("a: !!int \"5\"\nb: !x [1]\n");
    assert_int_equal(reading.findings.count, 2);
    assert_string_equal(reading.findings.items[0].message,
                        "tags such as `!name` have no meaning here: remove it");
}

static void a_nul_in_a_text_is_refused(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_text("a: \"x\\0y\"\n");
    assert_one_finding(&reading, 1, 4, "the text contains a NUL (\\0), which is not allowed: remove it");
}

static void bytes_that_yaml_does_not_allow_have_their_place(void **state)
{
    (void)state;
    SCOPED(reading) struct reading nul = read_bytes("a: b\nc: d\0e\n", 12);
    assert_one_finding(&nul, 2, 5, "the control character U+0000 is not allowed in YAML: remove it");
    SCOPED(reading) struct reading latin1 = read_text("a: caf\xC3\xA9\nb: \xC3\xA9 Geb\xFChren\n");
    assert_one_finding(&latin1, 2, 9, "the byte 0xFC is not UTF-8: save the file as UTF-8");
    SCOPED(reading)
    struct reading utf16 = read_bytes("\xFF\xFE"
                                      "a\0",
                                      4);
    assert_one_finding(&utf16, 1, 1, "the byte 0xFF is not UTF-8: save the file as UTF-8");
}

/* What follows them on the line would be out of the comment. */
static void line_ends_that_do_not_show_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *name;
        const char *escape;
    } cases[] = {{"a: 1\n# \xC3\xBC\xC2\x85"
                  "b: 2\n",
                  "U+0085", "0085"},
                 {"a: 1\n# \xC3\xBC\xE2\x80\xA8"
                  "b: 2\n",
                  "U+2028", "2028"},
                 {"a: 1\n# \xC3\xBC\xE2\x80\xA9"
                  "b: 2\n",
                  "U+2029", "2029"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char message[120];
        SCOPED(reading) struct reading reading = read_text(cases[i].text);
        snprintf(message, sizeof message,
                 "the character %s, which does not show, ends a line in YAML: remove it, or write \"\\u%s\"",
                 cases[i].name, cases[i].escape);
        assert_one_finding(&reading, 2, 4, message);
        assert_int_equal(reading.documents.count, 0);
    }
    SCOPED(reading) struct reading escaped = read_text("a: \"b\\u2028c\"\n");
    assert_int_equal(escaped.findings.count, 0);
    SCOPED(reading) struct reading others = read_text("a: \xE2\x80\xA6\xC2\xA0\n");
    assert_int_equal(others.findings.count, 0);
}

static void a_syntax_error_ends_the_file_and_keeps_what_came_before(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = read_text("a: 1\na: 2\n---\nb: [1, 2\n---\nc: 3\n");
    assert_int_equal(reading.documents.count, 1);
    assert_int_equal(reading.findings.count, 2);
    assert_int_equal(reading.findings.items[1].place.line, 4);
    assert_int_equal(reading.findings.items[1].place.column, 4);
}

static void syntax_errors_are_told_in_plain_words(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
        unsigned column;
        const char *message;
    } cases[] = {
        {"a:\n\tb: 1\n", 2, 1, "a tab cannot indent: use blanks"},
        {"a: 1\n\tb: 1\n", 2, 1, "a tab cannot indent: use blanks"},
        {"a: |\n\tb\n", 2, 1, "a tab cannot indent: use blanks"},
        {"a: b: c\n", 1, 5,
         "a `:` where no key can be: indent the line like its neighbours, or put text that holds `: ` "
         "between quotes"},
        {"a: 1\nb\nc: 2\n", 2, 1,
         "this is not `key: value`: put a `:` and a blank after the key, or indent the line if it belongs to "
         "the text above"},
        {"a: 'x\nb: 1\n", 1, 4, "this quoted text is never closed: add the missing quote"},
        {"a: \"x\n---\n", 1, 4,
         "this quoted text is never closed before the next document: add the missing quote"},
        {"a: @x\n", 1, 4, "text cannot begin with this character: put it between quotes"},
        {"a: %x\n", 1, 4, "text cannot begin with this character: put it between quotes"},
        {"a: \"\\d\"\n", 1, 5,
         "between \"\xE2\x80\xA6\" a `\\` begins an escape sequence, and this is not one: write `\\\\`, or "
         "use '\xE2\x80\xA6'"},
        {"a: [1, 2\nb: 3\n", 1, 4, "this list is not closed: put `,` between its items and `]` at its end"},
        {"a: {b: 1\n", 1, 4, "this mapping is not closed: put `,` between its keys and `}` at its end"},
        {"a: - b\n", 1, 4, "a `- ` item cannot begin here: put it on a line of its own under the key"},
        {"a: [b, x-${CONTRACT}]\n", 1, 10, "between [ ] or { } a variable needs quotes: write \"${NAME}\""},
        {"a: {b: ${CONTRACT}}\n", 1, 8, "between [ ] or { } a variable needs quotes: write \"${NAME}\""},
        {"a: *\n", 1, 4, "a text that begins with `*` needs quotes, unless it is an alias such as *name"},
        {"a: &\n", 1, 4, "a text that begins with `&` needs quotes, unless it is an anchor such as &name"},
        {"a: 1\n  b: 2\n", 2, 4,
         "a `:` where no key can be: indent the line like its neighbours, or put text that holds `: ` "
         "between quotes"},
        {"a:\n  b: 1\n c: 2\n", 3, 2,
         "a `key: value` was expected here: indent the line like the keys above, or put text with special "
         "characters "
         "between quotes"},
        {"a:\n  - b\n  c: 1\n", 3, 3,
         "the list has ended, but this line is indented like its items: begin it with `- `, or indent it "
         "like the key"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SCOPED(reading) struct reading reading = read_text(cases[i].text);
        assert_one_finding(&reading, cases[i].line, cases[i].column, cases[i].message);
    }
}

static void a_place_inside_a_text_is_exact_where_it_stands_as_it_is(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading =
        read_text("a: caf\xC3\xA9 not\nb: \"caf\xC3\xA9 not\"\nc: \"caf\\u00e9 not\"\nd: |\n  caf\n");
    const struct yaml_node *root = reading.documents.items[0];
    struct place plain = yaml_place_in(yaml_get(root, "a"), 6);
    struct place quoted = yaml_place_in(yaml_get(root, "b"), 6);
    struct place escaped = yaml_place_in(yaml_get(root, "c"), 6);
    struct place block = yaml_place_in(yaml_get(root, "d"), 2);
    assert_int_equal(plain.line, 1);
    assert_int_equal(plain.column, 9);
    assert_int_equal(quoted.column, 10);
    assert_int_equal(escaped.column, 4);
    assert_int_equal(block.line, 4);
    assert_int_equal(block.column, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_node_knows_its_place),
        cmocka_unit_test(columns_count_characters),
        cmocka_unit_test(scalars_stay_text),
        cmocka_unit_test(block_text_is_read),
        cmocka_unit_test(documents_are_read_and_empty_ones_left_out),
        cmocka_unit_test(an_empty_file_has_no_documents),
        cmocka_unit_test(a_byte_order_mark_and_crlf_change_nothing),
        cmocka_unit_test(duplicate_keys_are_found_and_the_first_stays),
        cmocka_unit_test(keys_must_be_text),
        cmocka_unit_test(aliases_stand_for_their_anchors),
        cmocka_unit_test(an_anchor_ends_with_its_document),
        cmocka_unit_test(the_latest_anchor_of_a_name_counts),
        cmocka_unit_test(an_alias_inside_its_anchor_is_refused),
        cmocka_unit_test(aliases_that_explode_are_stopped),
        cmocka_unit_test(a_file_of_too_many_values_is_stopped),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(merge_keys_are_refused),
        cmocka_unit_test(tags_are_refused),
        cmocka_unit_test(a_nul_in_a_text_is_refused),
        cmocka_unit_test(bytes_that_yaml_does_not_allow_have_their_place),
        cmocka_unit_test(line_ends_that_do_not_show_are_refused),
        cmocka_unit_test(a_syntax_error_ends_the_file_and_keeps_what_came_before),
        cmocka_unit_test(syntax_errors_are_told_in_plain_words),
        cmocka_unit_test(a_place_inside_a_text_is_exact_where_it_stands_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
