/*
 * Every file under tests/data/bad has the findings that stand beside it in NAME.expected: those of
 * bad/settings read as settings, those of bad/jobs as jobs.
 */
#include "unit/job/reading.h"

#include <dirent.h>
#include <stdlib.h>

/* A file's content, or NULL; freed by free(). */
static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    struct buf content = buf_make(1 << 20);
    char piece[4096];
    size_t got;
    while ((got = fread(piece, 1, sizeof piece, file)) > 0)
        assert_true(buf_append(&content, piece, got));
    fclose(file);
    *length = content.length;
    return buf_take(&content);
}

static bool is_yaml(const char *name)
{
    size_t length = strlen(name);
    return length > 5 && strcmp(name + length - 5, ".yaml") == 0;
}

static void read_bad(struct reading *reading, const char *folder, const struct yaml_source *source)
{
    if (text_equal(folder, "settings")) {
        reading->settings = settings_read(source, reading->arena, &reading->findings);
    } else {
        job_load(source, reading->arena, &reading->findings, &reading->jobs);
        job_set_distribute(&reading->jobs, JOB_DISTRIBUTE_NONE, &reading->findings);
        job_set_check(&reading->jobs, &reading->findings);
    }
    findings_sort(&reading->findings);
}

/* Whether the file has its findings; prints both where it has others. */
static bool has_its_findings(const char *folder, const char *name)
{
    char path[512];
    size_t length = 0;
    size_t expected_length = 0;
    snprintf(path, sizeof path, "%s/bad/%s/%s", TEST_DATA, folder, name);
    char *bytes = read_file(path, &length);
    snprintf(path + strlen(path) - 5, 16, ".expected");
    char *expected = read_file(path, &expected_length);
    assert_non_null(bytes);
    SCOPED(reading) struct reading reading = reading_make();
    const struct yaml_source source = {
        .file = name, .bytes = bytes, .length = length, .lookup = environment_lookup};
    read_bad(&reading, folder, &source);
    bool equal = expected && text_equal(expected, findings_text(&reading)) && reading.findings.errors > 0;
    if (!equal)
        print_error("%s/%s: expected\n%sfound\n%s", folder, name, expected ? expected : "(no file)\n",
                    findings_text(&reading));
    free(bytes);
    free(expected);
    return equal;
}

static size_t check_folder(const char *folder)
{
    char path[512];
    size_t files = 0;
    size_t wrong = 0;
    snprintf(path, sizeof path, "%s/bad/%s", TEST_DATA, folder);
    DIR *directory = opendir(path);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (!is_yaml(entry->d_name))
            continue;
        files++;
        if (!has_its_findings(folder, entry->d_name))
            wrong++;
    }
    closedir(directory);
    assert_int_equal(wrong, 0);
    return files;
}

static void bad_settings_have_the_findings_beside_them(void **state)
{
    (void)state;
    assert_true(check_folder("settings") >= 20);
}

static void bad_jobs_have_the_findings_beside_them(void **state)
{
    (void)state;
    assert_true(check_folder("jobs") >= 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_settings_have_the_findings_beside_them),
        cmocka_unit_test(bad_jobs_have_the_findings_beside_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
