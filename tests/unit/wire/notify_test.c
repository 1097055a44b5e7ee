#include "wire/notify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

/* A socket of a service manager; address: as $NOTIFY_SOCKET would have it. */
static int listen_at(const char *address)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    size_t length = strlen(address);
    memcpy(at.sun_path, address, length);
    if (*address == '@')
        at.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(fd >= 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    assert_int_equal(bind(fd, (const struct sockaddr *)&at, size), 0);
    return fd;
}

static void assert_received(int fd, const char *expected)
{
    char state[256];
    ssize_t length = recv(fd, state, sizeof state - 1, 0);
    assert_true(length >= 0);
    state[length] = '\0';
    assert_string_equal(state, expected);
}

static void a_state_reaches_a_socket_in_the_file_system(void **state)
{
    (void)state;
    struct err err;
    char directory[] = "/tmp/notify_test.XXXXXX";
    char address[64];
    assert_non_null(mkdtemp(directory));
    snprintf(address, sizeof address, "%s/notify", directory);
    int fd = listen_at(address);
    assert_true(notify_send(address, "READY=1\nSTATUS=0 of 7 jobs done", &err));
    assert_received(fd, "READY=1\nSTATUS=0 of 7 jobs done");
    close(fd);
    unlink(address);
    rmdir(directory);
}

static void a_state_reaches_an_abstract_socket(void **state)
{
    (void)state;
    struct err err;
    char address[64];
    snprintf(address, sizeof address, "@tokenflex-notify-test-%d", (int)getpid());
    int fd = listen_at(address);
    assert_true(notify_send(address, "STOPPING=1", &err));
    assert_received(fd, "STOPPING=1");
    close(fd);
}

static void a_manager_that_is_gone_is_an_error_and_not_waited_for(void **state)
{
    (void)state;
    struct err err;
    assert_false(notify_send("/nowhere/notify", "READY=1", &err));
    assert_int_equal(err.kind, ERR_UNAVAILABLE);
}

static void a_manager_that_does_not_read_is_not_waited_for(void **state)
{
    (void)state;
    struct err err;
    char address[64];
    snprintf(address, sizeof address, "@tokenflex-notify-full-%d", (int)getpid());
    int fd = listen_at(address);
    bool sent = true;
    for (int i = 0; i < 100000 && sent; i++)
        sent = notify_send(address, "STATUS=x", &err);
    assert_false(sent);
    close(fd);
}

static void what_is_no_address_is_an_error(void **state)
{
    (void)state;
    struct err err;
    char too_long[300];
    memset(too_long, '/', sizeof too_long - 1);
    too_long[sizeof too_long - 1] = '\0';
    assert_false(notify_send("vsock:2:1234", "READY=1", &err));
    assert_false(notify_send("@", "READY=1", &err));
    assert_false(notify_send("", "READY=1", &err));
    assert_false(notify_send(too_long, "READY=1", &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_state_reaches_a_socket_in_the_file_system),
        cmocka_unit_test(a_state_reaches_an_abstract_socket),
        cmocka_unit_test(a_manager_that_is_gone_is_an_error_and_not_waited_for),
        cmocka_unit_test(a_manager_that_does_not_read_is_not_waited_for),
        cmocka_unit_test(what_is_no_address_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
