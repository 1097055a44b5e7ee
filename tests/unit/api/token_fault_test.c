/*
 * Every call to the system that a refresh makes for the token file fails once, each in its turn: the login is
 * never lost. The simulator takes a refresh token once. The linker puts the functions below in the place of
 * the system's own (--wrap).
 */
#include "unit/api/stored_login.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum call {
    CALL_OPEN,
    CALL_PWRITE,
    CALL_READ,
    CALL_FSYNC,
    CALL_FCHMOD,
    CALL_FTRUNCATE,
    CALL_RENAME,
    CALL_UNLINK,
    CALL_REALPATH,
    CALL_READLINK,
    CALL_FLOCK,
    CALLS
};

static const char *const names[CALLS] = {"open",   "pwrite", "read",     "fsync",    "fchmod", "ftruncate",
                                         "rename", "unlink", "realpath", "readlink", "flock"};

/* What is planted: the calls from `first` to `last` of one function fail. Counted from 1; 0: none. */
static struct {
    enum call call;
    unsigned first;
    unsigned last;
    int reason;
    unsigned count;
} plan;

static bool fails(enum call call)
{
    if (!plan.first || plan.call != call)
        return false;
    plan.count++;
    if (plan.count < plan.first || plan.count > plan.last)
        return false;
    errno = plan.reason;
    return true;
}

int __real_open(const char *path, int flags, ...);
ssize_t __real_pwrite(int fd, const void *bytes, size_t length, off_t offset);
ssize_t __real_read(int fd, void *bytes, size_t length);
int __real_fsync(int fd);
int __real_fchmod(int fd, mode_t mode);
int __real_ftruncate(int fd, off_t length);
int __real_rename(const char *from, const char *to);
int __real_unlink(const char *path);
char *__real_realpath(const char *path, char *resolved);
ssize_t __real_readlink(const char *path, char *target, size_t size);
int __real_flock(int fd, int operation);

int __wrap_open(const char *path, int flags, ...);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t length, off_t offset);
ssize_t __wrap_read(int fd, void *bytes, size_t length);
int __wrap_fsync(int fd);
int __wrap_fchmod(int fd, mode_t mode);
int __wrap_ftruncate(int fd, off_t length);
int __wrap_rename(const char *from, const char *to);
int __wrap_unlink(const char *path);
char *__wrap_realpath(const char *path, char *resolved);
ssize_t __wrap_readlink(const char *path, char *target, size_t size);
int __wrap_flock(int fd, int operation);

int __wrap_open(const char *path, int flags, ...)
{
    va_list arguments;
    mode_t mode = 0;
    va_start(arguments, flags);
    if (flags & O_CREAT)
        mode = va_arg(arguments, mode_t);
    va_end(arguments);
    return fails(CALL_OPEN) ? -1 : __real_open(path, flags, mode);
}

/* A write that fails has filled the disk by half first. */
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    if (!fails(CALL_PWRITE))
        return __real_pwrite(fd, bytes, length, offset);
    ssize_t ignored = __real_pwrite(fd, bytes, length / 2, offset);
    (void)ignored;
    errno = plan.reason;
    return -1;
}

ssize_t __wrap_read(int fd, void *bytes, size_t length)
{
    return fails(CALL_READ) ? -1 : __real_read(fd, bytes, length);
}

int __wrap_fsync(int fd)
{
    return fails(CALL_FSYNC) ? -1 : __real_fsync(fd);
}

int __wrap_fchmod(int fd, mode_t mode)
{
    return fails(CALL_FCHMOD) ? -1 : __real_fchmod(fd, mode);
}

int __wrap_ftruncate(int fd, off_t length)
{
    return fails(CALL_FTRUNCATE) ? -1 : __real_ftruncate(fd, length);
}

int __wrap_rename(const char *from, const char *to)
{
    return fails(CALL_RENAME) ? -1 : __real_rename(from, to);
}

int __wrap_unlink(const char *path)
{
    return fails(CALL_UNLINK) ? -1 : __real_unlink(path);
}

char *__wrap_realpath(const char *path, char *resolved)
{
    return fails(CALL_REALPATH) ? NULL : __real_realpath(path, resolved);
}

ssize_t __wrap_readlink(const char *path, char *target, size_t size)
{
    return fails(CALL_READLINK) ? -1 : __real_readlink(path, target, size);
}

int __wrap_flock(int fd, int operation)
{
    return fails(CALL_FLOCK) ? -1 : __real_flock(fd, operation);
}

/* One refresh with the fault, then one without, which has to succeed. False where the fault was not reached.
 */
static bool survives(enum call call, unsigned nth, unsigned times, int reason, const char *link)
{
    struct err err = {0};
    struct stored_login login;
    char other[80];
    simulator_control("reset", "");
    simulator_accept("[\"first\"]");
    stored_login_begin(&login, "first");
    if (link) {
        snprintf(other, sizeof other, "%s/%s", login.folder, link);
        assert_int_equal(symlink(login.path, other), 0);
        login.way.settings.auth.token_file = other;
    }
    plan.call = call;
    plan.first = nth;
    plan.last = nth + times - 1;
    plan.reason = reason;
    plan.count = 0;
    bool first = stored_login_use(&login, &err);
    bool reached = plan.count >= nth;
    plan.first = 0;
    stored_login_expire(login.path);
    if (!stored_login_use(&login, &err))
        fail_msg("%s %u fails by `%s`: the login is lost: %s", names[call], nth, strerror(reason), err.text);
    if (simulator_stat("refresh_reused") != 0)
        fail_msg("%s %u fails by `%s`: a token was sent twice", names[call], nth, strerror(reason));
    assert_true(first || reached);
    stored_login_end(&login);
    return reached;
}

static void assert_every_fault_survived(unsigned times, int reason, const char *link)
{
    for (enum call call = 0; call < CALLS; call++) {
        unsigned nth = 1;
        while (survives(call, nth, times, reason, link))
            nth++;
        /* Each kind is reached, but for links where there is none. */
        if (nth == 1)
            fail_msg("%s is never called", names[call]);
    }
}

static void no_login_is_lost_where_one_call_fails(void **state)
{
    static const int reasons[] = {ENOSPC, EIO, EBUSY, EACCES};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(reasons); i++)
        assert_every_fault_survived(1, reasons[i], NULL);
}

static void no_login_is_lost_where_two_calls_in_a_row_fail(void **state)
{
    (void)state;
    assert_every_fault_survived(2, EIO, NULL);
}

static void no_login_is_lost_behind_a_link_where_one_call_fails(void **state)
{
    (void)state;
    assert_every_fault_survived(1, EIO, "link.json");
}

static void assert_refused_before_it_is_spent(enum call call, int reason, enum err_kind kind)
{
    struct err err;
    struct stored_login login;
    simulator_control("reset", "");
    simulator_accept("[\"first\"]");
    stored_login_begin(&login, "first");
    plan.call = call;
    plan.first = 1;
    plan.last = UINT_MAX;
    plan.reason = reason;
    plan.count = 0;
    assert_false(stored_login_use(&login, &err));
    plan.first = 0;
    assert_int_equal(err.kind, kind);
    assert_non_null(strstr(err.text, strerror(reason)));
    assert_int_equal(simulator_requests("token"), 0);
    assert_stored(login.path, "first");
    must(stored_login_use(&login, &err), &err);
    stored_login_end(&login);
}

static void a_fault_that_stays_is_found_before_the_token_is_spent(void **state)
{
    (void)state;
    assert_refused_before_it_is_spent(CALL_PWRITE, ENOSPC, ERR_LATER);
    assert_refused_before_it_is_spent(CALL_FSYNC, EIO, ERR_AUTH);
    assert_refused_before_it_is_spent(CALL_OPEN, EACCES, ERR_AUTH);
    assert_refused_before_it_is_spent(CALL_OPEN, EMFILE, ERR_LATER);
    assert_refused_before_it_is_spent(CALL_FLOCK, EIO, ERR_AUTH);
    assert_refused_before_it_is_spent(CALL_FLOCK, ENOLCK, ERR_LATER);
}

/* A mounted single file: nothing can be renamed onto it, ever. */
static void a_file_that_cannot_be_renamed_onto_is_written_in_place(void **state)
{
    struct err err;
    struct stat before;
    struct stat after;
    struct stored_login login;
    (void)state;
    simulator_control("reset", "");
    simulator_accept("[\"first\"]");
    stored_login_begin(&login, "first");
    assert_int_equal(stat(login.path, &before), 0);
    plan.call = CALL_RENAME;
    plan.first = 1;
    plan.last = UINT_MAX;
    plan.reason = EBUSY;
    plan.count = 0;
    must(stored_login_use(&login, &err), &err);
    assert_int_equal(stat(login.path, &after), 0);
    assert_int_equal(after.st_ino, before.st_ino);
    stored_login_expire(login.path);
    must(stored_login_use(&login, &err), &err);
    plan.first = 0;
    assert_int_equal(simulator_stat("refresh_used"), 2);
    assert_int_equal(simulator_stat("refresh_reused"), 0);
    stored_login_end(&login);
}

/* The proof by a first rename succeeds; the one that counts does not, until the process ends. */
static void a_login_that_could_not_be_renamed_is_found_by_the_next_run(void **state)
{
    struct err err;
    struct stored_login login;
    (void)state;
    simulator_control("reset", "");
    simulator_accept("[\"first\"]");
    stored_login_begin(&login, "first");
    plan.call = CALL_RENAME;
    plan.first = 2;
    plan.last = UINT_MAX;
    plan.reason = EIO;
    plan.count = 0;
    assert_false(stored_login_use_within(&login, 2000, &err));
    plan.first = 0;
    assert_non_null(strstr(err.hint, "token.json.new"));
    stored_login_expire(login.path);
    must(stored_login_use(&login, &err), &err);
    assert_int_equal(simulator_stat("refresh_used"), 2);
    assert_int_equal(simulator_stat("refresh_reused"), 0);
    stored_login_end(&login);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_login_is_lost_where_one_call_fails),
        cmocka_unit_test(no_login_is_lost_where_two_calls_in_a_row_fail),
        cmocka_unit_test(no_login_is_lost_behind_a_link_where_one_call_fails),
        cmocka_unit_test(a_fault_that_stays_is_found_before_the_token_is_spent),
        cmocka_unit_test(a_file_that_cannot_be_renamed_onto_is_written_in_place),
        cmocka_unit_test(a_login_that_could_not_be_renamed_is_found_by_the_next_run),
    };
    return cmocka_run_group_tests(tests, simulator_start, simulator_stop);
}
