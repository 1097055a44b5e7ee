#include "base/arena.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    for (size_t size = 1; size < 100; size++) {
        char *memory = arena_alloc(arena, size, 1);
        assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xFF, size);
    }
}

static void what_is_larger_than_a_block_fits_too(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    char *small = arena_copy_text(arena, "small");
    char *large = arena_alloc(arena, 1 << 20, 1);
    memset(large, 'x', 1 << 20);
    char *other = arena_copy_text(arena, "other");
    assert_string_equal(small, "small");
    assert_string_equal(other, "other");
}

/* More bytes than a size_t can count would otherwise be a block of a few. */
static void what_no_memory_can_hold_aborts(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        arena_alloc(arena_make(), SIZE_MAX / 4 + 2, 4);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void nothing_is_a_valid_size(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    assert_non_null(arena_alloc(arena, 0, 8));
    assert_string_equal(arena_copy(arena, NULL, 0), "");
}

static void text_is_copied_and_printed(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    assert_string_equal(arena_copy(arena, "usageDate", 5), "usage");
    assert_string_equal(arena_print(arena, "%s-%03d", "n", 7), "n-007");
}

static void an_array_grows_and_keeps_its_items(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    unsigned *items = NULL;
    size_t count = 0;
    for (unsigned i = 0; i < 1000; i++) {
        unsigned *item = arena_push(arena, &items, &count, sizeof *items);
        assert_int_equal(*item, 0);
        *item = i * 3;
    }
    assert_int_equal(count, 1000);
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(items[i], i * 3);
}

static void a_list_takes_the_text_itself(void **state)
{
    (void)state;
    static const char *const names[] = {"usageDate", "productName", "userName"};
    SCOPED(arena) struct arena *arena = arena_make();
    struct text_list list = {0};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        arena_add_text(arena, &list, names[i]);
    assert_int_equal(list.count, COUNT_OF(names));
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_ptr_equal(list.items[i], names[i]);
}

static void releasing_nothing_is_allowed(void **state)
{
    (void)state;
    arena_release(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(what_is_larger_than_a_block_fits_too),
        cmocka_unit_test(what_no_memory_can_hold_aborts),
        cmocka_unit_test(nothing_is_a_valid_size),
        cmocka_unit_test(text_is_copied_and_printed),
        cmocka_unit_test(an_array_grows_and_keeps_its_items),
        cmocka_unit_test(a_list_takes_the_text_itself),
        cmocka_unit_test(releasing_nothing_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
