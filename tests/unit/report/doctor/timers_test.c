#include "report/doctor/timers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define WANTS "systemd/system/timers.target.wants"

/* An /etc of the test's own. */
struct place {
    struct arena *arena;
    char *etc;
};

static void make_directory(const struct place *place, const char *name)
{
    assert_int_equal(mkdir(arena_print(place->arena, "%s/%s", place->etc, name), 0755), 0);
}

static void write_file(const struct place *place, const char *name, const char *text)
{
    FILE *file = fopen(arena_print(place->arena, "%s/%s", place->etc, name), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int set_up(void **state)
{
    char template[] = "/tmp/tokenflex-timers.XXXXXX";
    struct arena *arena = arena_make();
    struct place *place = arena_alloc(arena, 1, sizeof *place);
    *place = (struct place){arena, arena_copy_text(arena, mkdtemp(template))};
    make_directory(place, "systemd");
    make_directory(place, "systemd/system");
    make_directory(place, WANTS);
    make_directory(place, "cron.d");
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    int result = system(arena_print(place->arena, "rm -r '%s'", place->etc));
    arena_release(place->arena);
    return result;
}

static struct timers find(const struct place *place)
{
    struct timers timers;
    timers_find(place->etc, place->arena, &timers);
    return timers;
}

static void an_enabled_timer_is_found(void **state)
{
    const struct place *place = *state;
    write_file(place, WANTS "/tokenflex-etl@nightly.timer", "");
    write_file(place, WANTS "/fstrim.timer", "");
    write_file(place, WANTS "/tokenflex-etl@nightly.service", "");
    struct timers timers = find(place);
    assert_int_equal(timers.units.count, 1);
    assert_string_equal(timers.units.items[0], "tokenflex-etl@nightly.timer");
    assert_int_equal(timers.cron_files.count, 0);
}

static void a_link_to_a_unit_that_is_gone_is_none(void **state)
{
    const struct place *place = *state;
    assert_int_equal(
        symlink("/nonexistent/tokenflex-etl@.timer",
                arena_print(place->arena, "%s/" WANTS "/tokenflex-etl@nightly.timer", place->etc)),
        0);
    assert_int_equal(find(place).units.count, 0);
}

static void a_line_of_cron_is_found(void **state)
{
    const struct place *place = *state;
    write_file(place, "cron.d/usage", "SHELL=/bin/sh\n30 2 * * * etl tokenflex-etl run --tag nightly\n");
    write_file(place, "cron.d/other", "30 2 * * * nobody true\n");
    struct timers timers = find(place);
    assert_int_equal(timers.cron_files.count, 1);
    assert_string_equal(timers.cron_files.items[0], arena_print(place->arena, "%s/cron.d/usage", place->etc));
}

static void the_systems_crontab_counts_too(void **state)
{
    const struct place *place = *state;
    write_file(place, "crontab", "30 2 * * * etl tokenflex-etl run");
    assert_int_equal(find(place).cron_files.count, 1);
}

static void a_comment_is_no_line_of_cron(void **state)
{
    const struct place *place = *state;
    write_file(place, "cron.d/usage", "  # 30 2 * * * etl tokenflex-etl run\n");
    assert_int_equal(find(place).cron_files.count, 0);
}

static void a_file_that_cron_does_not_read_does_not_count(void **state)
{
    const struct place *place = *state;
    write_file(place, "cron.d/usage.dpkg-old", "30 2 * * * etl tokenflex-etl run\n");
    assert_int_equal(find(place).cron_files.count, 0);
}

static void where_there_is_neither_nothing_is_found(void **state)
{
    const struct place *place = *state;
    struct timers timers;
    timers_find("/nonexistent", place->arena, &timers);
    assert_int_equal(timers.units.count + timers.cron_files.count, 0);
}

#define TIMERS_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TIMERS_TEST(an_enabled_timer_is_found),
        TIMERS_TEST(a_link_to_a_unit_that_is_gone_is_none),
        TIMERS_TEST(a_line_of_cron_is_found),
        TIMERS_TEST(the_systems_crontab_counts_too),
        TIMERS_TEST(a_comment_is_no_line_of_cron),
        TIMERS_TEST(a_file_that_cron_does_not_read_does_not_count),
        TIMERS_TEST(where_there_is_neither_nothing_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
