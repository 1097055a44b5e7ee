#include "base/clock.h"
#include "base/file_lock.h"
#include "base/stop.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];
static char path[80];

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/file_lock_test.XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/lock", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static struct file_lock_options lock_until(int64_t deadline_ms)
{
    return (struct file_lock_options){.path = path, .failure = ERR_AUTH, .deadline_ms = deadline_ms};
}

/* Another process that holds the lock until it is told to let go. */
struct holder {
    pid_t pid;
    int tell; /* closed: the process ends */
};

static struct holder hold(bool locks_directory)
{
    int ready[2];
    int tell[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(tell), 0);
    struct holder holder = {.pid = fork(), .tell = tell[1]};
    if (holder.pid == 0) {
        struct err err;
        struct file_lock lock;
        struct file_lock_options options = lock_until(clock_deadline(10000));
        options.locks_directory = locks_directory;
        close(tell[1]);
        bool held = file_lock_take(&options, &lock, &err) && write(ready[1], "x", 1) == 1 &&
                    read(tell[0], &byte, 1) == 0;
        _exit(held ? 0 : 1);
    }
    close(ready[1]);
    close(tell[0]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return holder;
}

static void let_go(const struct holder *holder)
{
    int status;
    close(holder->tell);
    assert_int_equal(waitpid(holder->pid, &status, 0), holder->pid);
    assert_int_equal(status, 0);
}

static void a_lock_that_another_process_holds_is_later_once_the_deadline_has_passed(void **state)
{
    (void)state;
    struct err err;
    struct file_lock lock;
    struct holder holder = hold(false);
    struct file_lock_options options = lock_until(clock_deadline(50));
    assert_false(file_lock_take(&options, &lock, &err));
    assert_true(clock_now_ms() >= options.deadline_ms);
    let_go(&holder);
    assert_int_equal(err.kind, ERR_LATER);
    assert_non_null(strstr(err.text, "another process has locked /tmp/file_lock_test."));
    assert_int_equal(lock.fd, -1);
}

static void a_lock_is_had_once_the_process_that_held_it_is_killed(void **state)
{
    (void)state;
    struct err err;
    SCOPED(file_lock) struct file_lock lock = FILE_LOCK_NONE;
    struct holder holder = hold(false);
    struct file_lock_options options = lock_until(CLOCK_NEVER);
    assert_int_equal(kill(holder.pid, SIGKILL), 0);
    assert_true(file_lock_take(&options, &lock, &err));
    close(holder.tell);
    assert_int_equal(waitpid(holder.pid, NULL, 0), holder.pid);
}

static void a_free_lock_is_had_also_past_the_deadline(void **state)
{
    (void)state;
    struct err err;
    struct stat status;
    SCOPED(file_lock) struct file_lock lock = FILE_LOCK_NONE;
    struct file_lock_options options = lock_until(0);
    assert_true(file_lock_take(&options, &lock, &err));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
}

static void a_lock_is_free_again_at_the_end_of_its_scope(void **state)
{
    (void)state;
    struct err err;
    struct file_lock_options options = lock_until(0);
    for (int i = 0; i < 2; i++) {
        SCOPED(file_lock) struct file_lock lock = FILE_LOCK_NONE;
        assert_true(file_lock_take(&options, &lock, &err));
    }
}

static void two_locks_in_one_process_exclude_each_other(void **state)
{
    (void)state;
    struct err err;
    struct file_lock second;
    SCOPED(file_lock) struct file_lock first = FILE_LOCK_NONE;
    struct file_lock_options options = lock_until(0);
    assert_true(file_lock_take(&options, &first, &err));
    assert_false(file_lock_take(&options, &second, &err));
    assert_int_equal(err.kind, ERR_LATER);
}

static void a_directory_is_locked_for_all_its_files_and_nothing_is_left_there(void **state)
{
    (void)state;
    struct err err;
    struct file_lock lock;
    struct holder holder = hold(true);
    struct file_lock_options options = lock_until(0);
    options.locks_directory = true;
    bool locked = file_lock_take(&options, &lock, &err);
    let_go(&holder);
    assert_false(locked);
    assert_int_equal(err.kind, ERR_LATER);
    assert_non_null(strstr(err.text, "another process has locked the directory of /tmp/file_lock_test."));
    assert_int_equal(access(path, F_OK), -1);
}

static void what_cannot_be_opened_is_the_callers_kind_of_error(void **state)
{
    (void)state;
    struct err err;
    struct file_lock lock;
    struct file_lock_options options = {.path = "/nowhere/lock", .failure = ERR_CREATE};
    assert_false(file_lock_take(&options, &lock, &err));
    assert_int_equal(err.kind, ERR_CREATE);
    assert_string_equal(err.text, "cannot open /nowhere/lock: No such file or directory");
    options.locks_directory = true;
    assert_false(file_lock_take(&options, &lock, &err));
    assert_string_equal(err.text, "cannot open the directory of /nowhere/lock: No such file or directory");
}

/* A stop stays asked for: this is the last test of the program. */
static void a_stop_ends_the_wait_and_leaves_a_free_lock_to_be_had(void **state)
{
    (void)state;
    struct err err;
    struct file_lock lock;
    struct file_lock_options options = lock_until(CLOCK_NEVER);
    assert_true(stop_install(&err));
    struct holder holder = hold(false);
    raise(SIGTERM);
    bool locked = file_lock_take(&options, &lock, &err);
    let_go(&holder);
    assert_false(locked);
    assert_int_equal(err.kind, ERR_STOPPED);
    assert_true(file_lock_take(&options, &lock, &err));
    file_lock_cleanup(&lock);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_lock_that_another_process_holds_is_later_once_the_deadline_has_passed),
        CASE(a_lock_is_had_once_the_process_that_held_it_is_killed),
        CASE(a_free_lock_is_had_also_past_the_deadline),
        CASE(a_lock_is_free_again_at_the_end_of_its_scope),
        CASE(two_locks_in_one_process_exclude_each_other),
        CASE(a_directory_is_locked_for_all_its_files_and_nothing_is_left_there),
        CASE(what_cannot_be_opened_is_the_callers_kind_of_error),
        CASE(a_stop_ends_the_wait_and_leaves_a_free_lock_to_be_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
