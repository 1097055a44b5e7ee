#include "base/mem.h"
#include "base/stop.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* What a process of its own writes to stderr, and how it ends. */
struct ending {
    char text[256];
    int exit_code;
};

static struct ending run_in_child(void (*act)(void))
{
    int ends[2];
    struct ending ending = {0};
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        act();
        _exit(0);
    }
    close(ends[1]);
    ssize_t length = 0;
    for (ssize_t count;
         (count = read(ends[0], ending.text + length, sizeof ending.text - 1 - (size_t)length)) > 0;)
        length += count;
    close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    ending.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ending;
}

static void say(const char *text)
{
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
    (void)ignored;
}

static void need_room_once(void)
{
    struct err err = {0};
    mem_make_reserve();
    if (!stop_install(&err) || stop_requested())
        return;
    mem_make_room();
    say(stop_requested() && !stop_sleep(1000000, &err) && err.kind == ERR_STOPPED ? err.text : "goes on");
}

static void a_reserve_is_given_back_and_the_process_is_asked_to_stop(void **state)
{
    (void)state;
    struct ending ending = run_in_child(need_room_once);
    assert_string_equal(ending.text, "stopped: this host has too little memory");
    assert_int_equal(ending.exit_code, 0);
}

/* The next allocation fails once. */
static bool is_refused;

static bool refuse(void)
{
    bool refused = is_refused;
    is_refused = false;
    if (refused)
        errno = ENOMEM;
    return refused;
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_calloc(size_t count, size_t size)
{
    return refuse() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return refuse() ? NULL : __real_realloc(old, size);
}

static void need_room_with_errno_set(void)
{
    mem_make_reserve();
    errno = 0;
    is_refused = true;
    free(mem_alloc(1, 1));
    mem_make_reserve();
    is_refused = true;
    free(mem_resize(NULL, 1, 1));
    say(is_refused ? "nothing was refused" : errno == 0 ? "errno stays" : "errno is another");
}

static void an_allocation_that_gets_the_reserve_leaves_errno_as_it_was(void **state)
{
    (void)state;
    assert_string_equal(run_in_child(need_room_with_errno_set).text, "errno stays");
}

static void need_room_twice(void)
{
    mem_make_reserve();
    mem_make_room();
    say("once, ");
    mem_make_room();
}

static void without_a_reserve_the_process_ends_and_can_be_tried_again_later(void **state)
{
    (void)state;
    struct ending ending = run_in_child(need_room_twice);
    assert_string_equal(ending.text, "once, tokenflex-etl: out of memory\n");
    assert_int_equal(ending.exit_code, 75);
}

static void need_more_than_there_is(void)
{
    free(mem_resize(NULL, SIZE_MAX / 2, 4));
}

static void a_size_that_no_number_holds_is_refused_like_memory_that_is_not_there(void **state)
{
    (void)state;
    assert_int_equal(run_in_child(need_more_than_there_is).exit_code, 75);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reserve_is_given_back_and_the_process_is_asked_to_stop),
        cmocka_unit_test(an_allocation_that_gets_the_reserve_leaves_errno_as_it_was),
        cmocka_unit_test(without_a_reserve_the_process_ends_and_can_be_tried_again_later),
        cmocka_unit_test(a_size_that_no_number_holds_is_refused_like_memory_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
