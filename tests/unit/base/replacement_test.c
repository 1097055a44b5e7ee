#include "base/file.h"
#include "base/replacement.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define SIZE 64

static char folder[] = "/tmp/etl-replacement-XXXXXX";
static char path[64];
static char new_path[64];
static char other_path[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/file", folder);
    snprintf(new_path, sizeof new_path, "%s/file.new", folder);
    snprintf(other_path, sizeof other_path, "%s/other", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(other_path);
    if (unlink(path) != 0)
        rmdir(path);
    return rmdir(folder);
}

static void write_file(const char *content)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    fclose(file);
}

static void assert_content(const char *file, const char *expected)
{
    SCOPED(buf) struct buf bytes = buf_make(SIZE);
    assert_true(file_read(file, &bytes));
    assert_string_equal(buf_text(&bytes), expected);
}

static void replace(const char *content, bool in_place)
{
    struct replacement replacement;
    SCOPED(buf) struct buf bytes = buf_make(SIZE);
    buf_put(&bytes, content);
    assert_true(replacement_prepare(path, SIZE, &replacement));
    assert_int_equal(replacement.in_place, in_place);
    assert_true(replacement_commit(&replacement, &bytes));
    replacement_cleanup(&replacement);
    assert_int_not_equal(access(new_path, F_OK), 0);
}

static void a_file_that_does_not_exist_is_created(void **state)
{
    (void)state;
    struct stat status;
    replace("{}", false);
    assert_content(path, "{}");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
}

static void a_file_is_replaced_by_another_one(void **state)
{
    (void)state;
    write_file("{\"longer\": 1}");
    replace("{}", false);
    assert_content(path, "{}");
}

static void a_file_with_two_names_is_written_in_place(void **state)
{
    (void)state;
    write_file("{\"longer\": 1}");
    assert_int_equal(link(path, other_path), 0);
    replace("{}", true);
    assert_content(other_path, "{}");
}

/* It is refused, and neither it nor PATH.new is touched. */
static void assert_refused(mode_t type)
{
    struct stat status;
    struct replacement replacement;
    errno = 0;
    assert_false(replacement_prepare(path, SIZE, &replacement));
    assert_int_equal(errno, EOPNOTSUPP);
    replacement_cleanup(&replacement);
    assert_int_equal(lstat(path, &status), 0);
    assert_int_equal(status.st_mode & S_IFMT, type);
    assert_int_not_equal(access(new_path, F_OK), 0);
}

static void a_pipe_is_not_replaced(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_refused(S_IFIFO);
}

static void a_socket_is_not_replaced(void **state)
{
    (void)state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    assert_int_equal(bind(server, (const struct sockaddr *)&address, sizeof address), 0);
    assert_refused(S_IFSOCK);
    close(server);
}

static void a_directory_is_not_replaced(void **state)
{
    (void)state;
    assert_int_equal(mkdir(path, 0700), 0);
    assert_refused(S_IFDIR);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        CASE(a_file_that_does_not_exist_is_created),
        CASE(a_file_is_replaced_by_another_one),
        CASE(a_file_with_two_names_is_written_in_place),
        CASE(a_pipe_is_not_replaced),
        CASE(a_socket_is_not_replaced),
        CASE(a_directory_is_not_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
