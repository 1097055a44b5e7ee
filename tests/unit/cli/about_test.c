#include "cli/about.h"
#include "unit/cli/cli.h"
#include "wire/libraries.h"

#include <unistd.h>

static void the_text_has_a_line_for_the_program_and_each_library(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = text_make();
    about_put_text(&out);
    const char *const beginnings[] = {"tokenflex-etl ", "libcurl ", "json-c ", "libpq ", "libyaml ", "zlib "};
    const char *line = buf_text(&out);
    for (size_t i = 0; i < COUNT_OF(beginnings); i++) {
        assert_int_equal(strncmp(line, beginnings[i], strlen(beginnings[i])), 0);
        line = strchr(line, '\n') + 1;
    }
    assert_string_equal(line, "");
}

/* Sources that were unpacked from an archive have none, unless the build was given one. */
static void the_revision_of_a_checkout_is_in_the_first_line(void **state)
{
    (void)state;
    SCOPED(buf) struct buf out = text_make();
    char end[128];
    about_put_text(&out);
    if (!*about_revision) {
        assert_int_not_equal(access(SOURCE_ROOT "/.git", F_OK), 0);
        assert_true(strchr(buf_text(&out), '(') == NULL);
        return;
    }
    snprintf(end, sizeof end, " (%s)\nlibcurl", about_revision);
    assert_non_null(strstr(buf_text(&out), end));
    assert_true(strlen(about_revision) >= 7);
}

/* The same major version, because a library may be upgraded after the build. */
static void each_library_runs_in_the_major_version_it_was_compiled_for(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    struct library libraries[LIBRARIES];
    libraries_list(arena, libraries);
    for (size_t i = 0; i < LIBRARIES; i++)
        assert_int_equal(
            strncmp(libraries[i].running, libraries[i].compiled, strcspn(libraries[i].compiled, ".") + 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_has_a_line_for_the_program_and_each_library),
        cmocka_unit_test(the_revision_of_a_checkout_is_in_the_first_line),
        cmocka_unit_test(each_library_runs_in_the_major_version_it_was_compiled_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
