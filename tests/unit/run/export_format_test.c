/* run/export_format: files that are no CSV in UTF-8. */
#include "run/export_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect(const char *bytes, size_t length, const char *words)
{
    const char *format = export_format_of(bytes, length);
    assert_non_null(format);
    assert_non_null(strstr(format, words));
}

static void other_formats_are_named(void **state)
{
    (void)state;
    expect("\x1F\x8B\x08", 3, "gzip within gzip");
    expect("PK\x03\x04", 4, "a zip archive");
    expect("\xFF\xFE\"\0", 4, "UTF-16 (little endian)");
    expect("\xFE\xFF\0\"", 4, "UTF-16 (big endian)");
    expect("\"\0u\0", 4, "UTF-16 (little endian)");
    expect("\0\"", 2, "UTF-16 (big endian)");
    expect("\x28\xB5\x2F\xFD", 4, "zstd");
    expect("BZh9", 4, "bzip2");
}

static void csv_is_none_of_them(void **state)
{
    (void)state;
    static const char *const files[] = {"", "u", "\"usa", "usag", "PK,a", "\xEF\xBB\xBF\"", "\n"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        assert_null(export_format_of(files[i], strlen(files[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_formats_are_named),
        cmocka_unit_test(csv_is_none_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
