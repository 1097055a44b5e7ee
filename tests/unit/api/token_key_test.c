/* api/token_key: where the key comes from, and who else may read it. */
#include "api/token_key_inner.h"

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
static char path[80];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/token_key.XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/key", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    remove(path);
    return rmdir(folder);
}

static void write_key(const char *text, mode_t mode)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fputs(text, file) >= 0, 1);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void assert_refused(const struct auth_settings *auth, const char *words, const char *hint)
{
    struct err err = {0};
    struct seal_key key;
    assert_false(token_key_read(auth, &key, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_non_null(strstr(err.text, words));
    assert_non_null(strstr(err.hint, hint));
}

#define KEY "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"

static void a_key_is_read_from_the_file_that_is_set_else_from_the_credential(void **state)
{
    (void)state;
    struct err err = {0};
    struct seal_key key;
    write_key(KEY, 0600);
    const struct auth_settings set = {.token_key_file = path, .token_key_credential = "/nowhere/token_key"};
    const struct auth_settings passed = {.token_key_credential = path};
    assert_true(token_key_read(&set, &key, &err));
    assert_true(token_key_read(&passed, &key, &err));
    assert_int_equal(key.bytes[31], 31);
}

static void without_a_key_both_ways_to_give_one_are_named(void **state)
{
    (void)state;
    const struct auth_settings none = {0};
    const struct auth_settings no_credential = {.token_key_credential = "/nowhere/token_key"};
    assert_refused(&none, "there is no key for the login", "openssl rand -base64 32");
    assert_refused(&no_credential, "there is no key for the login", "systemd credential token_key");
}

static void a_file_that_is_not_there_is_named_with_how_to_make_one(void **state)
{
    (void)state;
    const struct auth_settings auth = {.token_key_file = "/nowhere/key"};
    assert_refused(&auth, "the key file /nowhere/key cannot be read: No such file or directory",
                   "openssl rand -base64 32 >/nowhere/key");
}

static void a_file_that_others_can_read_is_refused(void **state)
{
    (void)state;
    const struct auth_settings auth = {.token_key_file = path};
    write_key(KEY, 0604);
    assert_refused(&auth, "can be read by others (mode 0604)", "chmod 600");
}

static void a_file_without_a_key_is_refused_and_not_shown(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "pass phrase\n", KEY "more"};
    const struct auth_settings auth = {.token_key_file = path};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        write_key(texts[i], 0600);
        assert_refused(&auth, "has no key: write 32 bytes", "make a key");
    }
}

static void a_directory_is_no_key_file(void **state)
{
    (void)state;
    const struct auth_settings auth = {.token_key_file = folder};
    assert_refused(&auth, "is not a regular file", "regular file");
}

/* PostgreSQL's rule for its own keys. */
static void only_files_of_root_may_be_readable_by_their_group(void **state)
{
    (void)state;
    assert_true(token_key_is_private(0100600, 1000));
    assert_true(token_key_is_private(0100400, 1000));
    assert_false(token_key_is_private(0100640, 1000));
    assert_true(token_key_is_private(0100640, 0));
    assert_true(token_key_is_private(0100440, 0));
    assert_false(token_key_is_private(0100660, 0));
    assert_false(token_key_is_private(0100444, 0));
    assert_false(token_key_is_private(0100604, 1000));
}

#define KEY_TEST(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEY_TEST(a_key_is_read_from_the_file_that_is_set_else_from_the_credential),
        KEY_TEST(without_a_key_both_ways_to_give_one_are_named),
        KEY_TEST(a_file_that_is_not_there_is_named_with_how_to_make_one),
        KEY_TEST(a_file_that_others_can_read_is_refused),
        KEY_TEST(a_file_without_a_key_is_refused_and_not_shown),
        KEY_TEST(a_directory_is_no_key_file),
        KEY_TEST(only_files_of_root_may_be_readable_by_their_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
