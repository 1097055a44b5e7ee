/*
 * The reference against the tables it explains, and its defaults against what an absent key means.
 */
#include "job/manual.h"
#include "unit/job/reading.h"

#include <ctype.h>

struct reference {
    const char *name;
    const struct key *keys;
    const struct manual_key *manual;
};

static const struct reference references[] = {
    {"settings", settings_keys, settings_manual},
    {"job", job_keys, job_manual},
};

static void every_key_is_explained(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(references); i++) {
        SCOPED(arena) struct arena *arena = arena_make();
        const struct manual_entries entries = manual_list(references[i].keys, references[i].manual, arena);
        for (size_t k = 0; k < entries.count; k++) {
            const struct manual_entry *entry = &entries.items[k];
            if (!*entry->text || !*entry->value)
                fail_msg("the manual of %s says nothing of %s: add it to job/%s_manual.c", references[i].name,
                         entry->path, references[i].name);
        }
    }
}

static void nothing_is_explained_that_is_no_key_or_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(references); i++) {
        SCOPED(arena) struct arena *arena = arena_make();
        const struct manual_entries entries = manual_list(references[i].keys, references[i].manual, arena);
        for (const struct manual_key *said = references[i].manual; said->path; said++) {
            bool is_key = false;
            for (size_t k = 0; k < entries.count; k++)
                is_key |= text_equal(entries.items[k].path, said->path);
            if (!is_key)
                fail_msg("the manual of %s explains %s, which is no key", references[i].name, said->path);
            for (const struct manual_key *other = said + 1; other->path; other++)
                if (text_equal(other->path, said->path))
                    fail_msg("the manual of %s explains %s twice", references[i].name, said->path);
        }
    }
}

static void every_explanation_is_sentences(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(references); i++) {
        for (const struct manual_key *said = references[i].manual; said->path; said++) {
            size_t ticks = 0;
            for (const char *at = said->text; *at; at++)
                ticks += *at == '`';
            assert_int_equal(said->text[strlen(said->text) - 1], '.');
            assert_int_equal(ticks % 2, 0);
            assert_null(strstr(said->text, "  "));
        }
    }
}

static void the_reference_names_every_usage_category(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    const struct manual_entries entries = manual_list(job_keys, job_manual, arena);
    for (size_t i = 0; i < entries.count; i++)
        if (text_equal(entries.items[i].path, "query.usageCategory")) {
            assert_string_equal(
                entries.items[i].value,
                "one or a list of DESKTOP_PRODUCT, CLOUD_PRODUCT, CLOUD_SERVICE, MANUAL_ADJUSTMENT "
                "or MANUAL_CONSUMPTION");
            return;
        }
    fail();
}

/* The document that gives one key a value, a line for each mapping around it. */
static const char *document_of(struct arena *arena, const char *path, const char *value)
{
    const char *document = "";
    int indent = 0;
    for (; strchr(path, '.'); path = strchr(path, '.') + 1, indent += 2)
        document = arena_print(arena, "%s%*s%.*s:\n", document, indent, "", (int)strcspn(path, "."), path);
    return arena_print(arena, "%s%*s%s: %s\n", document, indent, "", path, value);
}

static bool same_text(const char *left, const char *right)
{
    return left == right || (left && right && text_equal(left, right));
}

static bool same_names(const struct text_list *left, const struct text_list *right)
{
    for (size_t i = 0; left->count == right->count && i < left->count; i++)
        if (!text_equal(left->items[i], right->items[i]))
            return false;
    return left->count == right->count;
}

/* Whether two structs have the same where a key's value goes. The keys of the other kinds are texts here. */
static bool same_member(const struct key *key, const char *left, const char *right)
{
    switch (key->kind) {
    case KEY_FLAG:
        return *(const bool *)(left + key->at) == *(const bool *)(right + key->at);
    case KEY_COUNT:
    case KEY_CHOICE:
        return memcmp(left + key->at, right + key->at, sizeof(unsigned)) == 0;
    case KEY_RATE:
    case KEY_PERCENTAGE:
        return memcmp(left + key->at, right + key->at, sizeof(double)) == 0;
    case KEY_DURATION:
        return memcmp(left + key->at, right + key->at, sizeof(int64_t)) == 0;
    case KEY_NAMES:
    case KEY_NAME_OR_NAMES:
        return same_names((const void *)(left + key->at), (const void *)(right + key->at));
    case KEY_TEXT:
    case KEY_PATH:
    case KEY_OTHER:
        return same_text(*(const char *const *)(const void *)(left + key->at),
                         *(const char *const *)(const void *)(right + key->at));
    case KEY_MAPPING:
    case KEY_MAPPINGS:
    case KEY_REMOVED:
        break;
    }
    return true;
}

static bool same_table(const struct key *table, const char *left, const char *right)
{
    for (const struct key *key = table; key->name; key++) {
        bool same = key->kind == KEY_MAPPING ? same_table(key->table, left + key->at, right + key->at)
                                             : same_member(key, left, right);
        if (!same)
            return false;
    }
    return true;
}

static void the_defaults_of_settings_are_what_an_absent_key_means(void **state)
{
    (void)state;
    static const char *const environment[] = {"HOME=/srv/etl", NULL};
    SCOPED(reading) struct reading absent = read_settings("", environment);
    for (const struct manual_key *said = settings_manual; said->path; said++) {
        if (!*said->fallback || text_starts_with(said->path, "budgets."))
            continue;
        const char *document = document_of(absent.arena, said->path, said->fallback);
        SCOPED(reading) struct reading given = read_settings(document, environment);
        assert_findings(given, "");
        if (!same_table(settings_keys, (const char *)&absent.settings, (const char *)&given.settings))
            fail_msg("%s is not what holds without it", document);
    }
}

/* Keys of a list's items have their defaults where an item has the required keys alone. */
static void the_defaults_of_a_budget_are_what_an_absent_key_means(void **state)
{
    (void)state;
    static const char *const environment[] = {NULL};
    static const char required[] = "budgets: [{name: All, contract: \"1\", tokens: 1";
    SCOPED(reading) struct reading absent = read_settings("budgets: []", environment);
    for (const struct manual_key *said = settings_manual; said->path; said++) {
        if (!*said->fallback || !text_starts_with(said->path, "budgets."))
            continue;
        const char *without = arena_print(absent.arena, "%s}]", required);
        const char *with = arena_print(absent.arena, "%s, %s: %s}]", required,
                                       said->path + strlen("budgets."), said->fallback);
        SCOPED(reading) struct reading left = read_settings(without, environment);
        SCOPED(reading) struct reading right = read_settings(with, environment);
        assert_findings(right, "");
        const struct token_budget *one = &left.settings.budgets.items[0];
        const struct token_budget *other = &right.settings.budgets.items[0];
        assert_int_equal(one->period, other->period);
        assert_int_equal(one->warning_count, other->warning_count);
        for (size_t i = 0; i < one->warning_count; i++)
            assert_string_equal(one->warnings[i].text, other->warnings[i].text);
    }
}

static struct job read_job(const char *more, struct arena *arena, struct findings *findings)
{
    struct jobs jobs = {0};
    const char *text = arena_print(arena, "contract: 1\nquery: {fields: [usageDate]}\n%s", more);
    const struct yaml_source source = source_of("usage.yaml", text, NULL);
    job_load(&source, arena, findings, &jobs);
    assert_int_equal(jobs.count, 1);
    return jobs.items[0];
}

static void the_defaults_of_a_job_are_what_an_absent_key_means(void **state)
{
    (void)state;
    SCOPED(reading) struct reading absent = reading_make();
    const char *window = "window: {field: usageDate, last: 1 days}\n";
    struct job without = read_job(window, absent.arena, &absent.findings);
    for (const struct manual_key *said = job_manual; said->path; said++) {
        if (!*said->fallback)
            continue;
        const char *document = document_of(absent.arena, said->path, said->fallback);
        const char *more = text_starts_with(said->path, "window.")
                               ? arena_print(absent.arena, "%s  field: usageDate\n  last: 1 days\n", document)
                               : arena_print(absent.arena, "%s%s", window, document);
        struct job with = read_job(more, absent.arena, &absent.findings);
        assert_findings(absent, "");
        assert_int_equal(with.enabled, without.enabled);
        assert_int_equal(with.source, without.source);
        assert_int_equal(with.page_size, without.page_size);
        assert_int_equal(with.timeout_ms, without.timeout_ms);
        assert_int_equal(with.window.until_today, without.window.until_today);
        assert_int_equal(with.window.chunk, without.window.chunk);
        assert_int_equal(with.target.mode, without.target.mode);
        assert_int_equal(with.target.on_schema_change, without.target.on_schema_change);
        assert_int_equal(with.target.vanished, without.target.vanished);
        assert_int_equal(with.target.snapshots, without.target.snapshots);
        assert_float_equal(with.checks.max_vanished_percent, without.checks.max_vanished_percent, 0);
    }
}

static const struct manual_entry *find_entry(const struct manual_entries *entries, const char *path)
{
    for (size_t i = 0; i < entries->count; i++)
        if (text_equal(entries->items[i].path, path))
            return &entries->items[i];
    return NULL;
}

static void values_are_told_by_the_table_of_keys(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    const struct manual_entries entries = manual_list(settings_keys, settings_manual, arena);
    assert_string_equal(find_entry(&entries, "run.parallel_jobs")->value, "a whole number from 1 to 64");
    assert_string_equal(find_entry(&entries, "auth.flow")->value,
                        "refresh_token, client_credentials or access_token");
    assert_string_equal(find_entry(&entries, "api.poll.first")->value, "a duration");
    assert_int_equal(find_entry(&entries, "api.poll.first")->depth, 2);
}

static void removed_keys_are_not_in_the_reference(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    const struct manual_entries entries = manual_list(job_keys, job_manual, arena);
    assert_null(find_entry(&entries, "target.allow_empty"));
    assert_string_equal(find_entry(&entries, "target.mode")->value, "upsert or append");
    assert_string_equal(find_entry(&entries, "checks.max_vanished")->value, "a percentage from 0% to 100%");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_is_explained),
        cmocka_unit_test(nothing_is_explained_that_is_no_key_or_twice),
        cmocka_unit_test(every_explanation_is_sentences),
        cmocka_unit_test(the_reference_names_every_usage_category),
        cmocka_unit_test(the_defaults_of_settings_are_what_an_absent_key_means),
        cmocka_unit_test(the_defaults_of_a_budget_are_what_an_absent_key_means),
        cmocka_unit_test(the_defaults_of_a_job_are_what_an_absent_key_means),
        cmocka_unit_test(values_are_told_by_the_table_of_keys),
        cmocka_unit_test(removed_keys_are_not_in_the_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
