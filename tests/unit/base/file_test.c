#include "base/file.h"

#include <dirent.h>
#include <errno.h>
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

static char folder[64];

static const char *in_folder(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/file_test.XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(in_folder("file"));
    unlink(in_folder("file.new"));
    rmdir(in_folder("file"));
    return rmdir(folder);
}

static bool replace(const char *path, const char *text, mode_t mode)
{
    SCOPED(buf) struct buf bytes = buf_make(BUF_OWN_TEXT);
    buf_put(&bytes, text);
    return file_replace(path, &bytes, mode);
}

static void assert_content(FILE *file, const char *expected)
{
    char text[64] = "";
    rewind(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    fclose(file);
    assert_string_equal(text, expected);
}

static int count_files(void)
{
    int count = 0;
    DIR *directory = opendir(folder);
    while (readdir(directory))
        count++;
    closedir(directory);
    return count - 2;
}

static void a_file_is_made_and_replaced_and_nothing_else_is_left(void **state)
{
    (void)state;
    assert_true(replace(in_folder("file"), "one", 0644));
    FILE *reader = fopen(in_folder("file"), "r");
    assert_true(replace(in_folder("file"), "two and more", 0644));
    assert_content(reader, "one");
    assert_content(fopen(in_folder("file"), "r"), "two and more");
    assert_int_equal(count_files(), 1);
}

static void permissions_are_those_asked_for_whatever_the_umask(void **state)
{
    (void)state;
    struct stat status;
    mode_t before = umask(0077);
    assert_true(replace(in_folder("file"), "", 0644));
    umask(0);
    assert_int_equal(stat(in_folder("file"), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0644);
    assert_true(replace(in_folder("file"), "", 0600));
    umask(before);
    assert_int_equal(stat(in_folder("file"), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
}

/* Nor is a link that somebody has put there followed. */
static void what_a_killed_process_has_left_is_in_nobodys_way(void **state)
{
    (void)state;
    assert_int_equal(symlink("/dev/null", in_folder("file.new")), 0);
    assert_true(replace(in_folder("file"), "whole", 0644));
    assert_content(fopen(in_folder("file"), "r"), "whole");
    assert_int_equal(count_files(), 1);
}

static void a_link_stays_and_its_file_is_replaced(void **state)
{
    (void)state;
    struct stat status;
    assert_int_equal(symlink("file", in_folder("link")), 0);
    assert_true(replace(in_folder("link"), "one", 0644));
    assert_true(replace(in_folder("link"), "two", 0644));
    assert_content(fopen(in_folder("file"), "r"), "two");
    assert_int_equal(lstat(in_folder("link"), &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(count_files(), 2);
    unlink(in_folder("link"));
}

static void what_cannot_be_replaced_stays_and_errno_says_why(void **state)
{
    (void)state;
    assert_int_equal(mkdir(in_folder("file"), 0700), 0);
    assert_false(replace(in_folder("file"), "x", 0644));
    assert_int_equal(errno, EISDIR);
    assert_int_equal(count_files(), 1);
    assert_false(replace(in_folder("nowhere/file"), "x", 0644));
    assert_int_equal(errno, ENOENT);
}

static void what_is_no_file_is_not_replaced(void **state)
{
    struct stat status;
    (void)state;
    assert_int_equal(mkfifo(in_folder("file"), 0600), 0);
    assert_false(replace(in_folder("file"), "x", 0644));
    assert_int_equal(errno, EOPNOTSUPP);
    assert_int_equal(lstat(in_folder("file"), &status), 0);
    assert_true(S_ISFIFO(status.st_mode));
    assert_int_equal(count_files(), 1);
}

/* As a terminal that was stopped. */
static void what_takes_no_more_is_not_waited_for_longer(void **state)
{
    (void)state;
    int ends[2];
    char taken[512];
    assert_int_equal(pipe(ends), 0);
    SCOPED(buf) struct buf bytes = buf_make(BUF_OWN_TEXT);
    buf_print(&bytes, "%*s", 1 << 20, "");
    size_t written = file_write_with_timeout(ends[1], &bytes, 0);
    assert_in_range(written, 1, bytes.length - 1);
    assert_int_equal(file_write_with_timeout(ends[1], &bytes, 10), 0);
    for (size_t left = written; left > 0;)
        left -= (size_t)read(ends[0], taken, sizeof taken);
    buf_clear(&bytes);
    buf_put(&bytes, "all of it");
    assert_int_equal(file_write_with_timeout(ends[1], &bytes, 0), 9);
    close(ends[0]);
    close(ends[1]);
}

static void assert_resolves_to(const char *name, const char *expected)
{
    char path[128];
    SCOPED(buf) struct buf resolved = buf_make(BUF_OWN_TEXT);
    snprintf(path, sizeof path, "%s", in_folder(expected));
    assert_true(file_resolve(in_folder(name), &resolved));
    assert_string_equal(buf_text(&resolved), path);
}

static void all_names_of_a_file_resolve_to_one_path_also_where_it_is_missing(void **state)
{
    (void)state;
    assert_resolves_to("file", "file");
    assert_resolves_to("./file", "file");
    assert_int_equal(symlink("file", in_folder("file.new")), 0);
    assert_resolves_to("file.new", "file");
    assert_true(replace(in_folder("file"), "", 0600));
    assert_resolves_to("file", "file");
}

static void a_path_that_leads_nowhere_is_told_by_errno(void **state)
{
    (void)state;
    SCOPED(buf) struct buf resolved = buf_make(BUF_OWN_TEXT);
    assert_false(file_resolve(in_folder("nowhere/file"), &resolved));
    assert_int_equal(errno, ENOENT);
    assert_int_equal(symlink("file", in_folder("file")), 0);
    assert_false(file_resolve(in_folder("file"), &resolved));
    assert_int_equal(errno, ELOOP);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_file_is_made_and_replaced_and_nothing_else_is_left),
        IN_FOLDER(permissions_are_those_asked_for_whatever_the_umask),
        IN_FOLDER(what_a_killed_process_has_left_is_in_nobodys_way),
        IN_FOLDER(a_link_stays_and_its_file_is_replaced),
        IN_FOLDER(what_takes_no_more_is_not_waited_for_longer),
        IN_FOLDER(what_cannot_be_replaced_stays_and_errno_says_why),
        IN_FOLDER(what_is_no_file_is_not_replaced),
        IN_FOLDER(all_names_of_a_file_resolve_to_one_path_also_where_it_is_missing),
        IN_FOLDER(a_path_that_leads_nowhere_is_told_by_errno),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
