/*
 * The tables of keys: what the reference shows of them, and the defaults that they set.
 */
#include "job/job_keys.h"
#include "job/key_list.h"
#include "job/settings_keys.h"
#include "unit/job/reading.h"

static const char *const home[] = {"HOME=/srv/etl", NULL};

static const struct key *const tables[] = {settings_keys, job_keys};

static void every_key_is_explained_in_sentences(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        SCOPED(arena) struct arena *arena = arena_make();
        const struct key_entries entries = key_list(tables[i], arena);
        assert_true(entries.count > 20);
        for (size_t k = 0; k < entries.count; k++) {
            const struct key_entry *entry = &entries.items[k];
            size_t ticks = 0;
            if (!*entry->text || !*entry->value)
                fail_msg("the row of %s has no text, or no value: add it", entry->path);
            for (const char *at = entry->text; *at; at++)
                ticks += *at == '`';
            assert_int_equal(entry->text[strlen(entry->text) - 1], '.');
            assert_int_equal(ticks % 2, 0);
            assert_null(strstr(entry->text, "  "));
        }
    }
}

static void the_reference_names_every_usage_category(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    const struct key_entries entries = key_list(job_keys, arena);
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

static void a_key_takes_its_own_default(void **state)
{
    (void)state;
    SCOPED(reading) struct reading reading = reading_make();
    const struct keys_context context = {
        .arena = reading.arena, .findings = &reading.findings, .home = "/srv/etl"};
    struct settings settings = {0};
    struct job job = {0};
    keys_set_defaults(&context, settings_keys, NULL, &settings);
    keys_set_defaults(&context, job_keys, NULL, &job);
    assert_findings(reading, "");
    assert_string_equal(settings.auth.token_file, "/srv/etl/.local/state/tokenflex-etl/token.json");
    assert_string_equal(settings.auth.client_id, "");
}

static void the_default_of_a_text_may_name_a_variable(void **state)
{
    (void)state;
    static const char *const environment[] = {"TOKENFLEX_CLIENT_SECRET=null: [", "HOME=/srv/etl", NULL};
    SCOPED(reading) struct reading reading = read_settings("", environment);
    assert_findings(reading, "");
    assert_string_equal(reading.settings.auth.client_secret, "null: [");
}

static void a_budget_has_its_defaults_where_an_item_leaves_them_out(void **state)
{
    (void)state;
    static const char text[] = "budgets:\n- {name: All, contract: \"1\", tokens: 1}\n"
                               "- {name: One, contract: \"1\", tokens: 1, period: month, warn_at: [50%]}";
    SCOPED(reading) struct reading reading = read_settings(text, home);
    assert_findings(reading, "");
    const struct token_budget *all = &reading.settings.budgets.items[0];
    const struct token_budget *one = &reading.settings.budgets.items[1];
    assert_int_equal(all->period, TOKEN_BUDGET_CONTRACT_YEAR);
    assert_int_equal(all->warning_count, 2);
    assert_string_equal(all->warnings[0].text, "80%");
    assert_string_equal(all->warnings[1].text, "forecast 100%");
    assert_int_equal(one->period, TOKEN_BUDGET_MONTH);
    assert_int_equal(one->warning_count, 1);
}

static void absent_keys_of_a_job_have_their_defaults(void **state)
{
    (void)state;
    SCOPED(reading)
    struct reading reading =
        read_jobs("contract: 1\nquery: {fields: [usageDate]}\nwindow: {field: usageDate, last: 1 days}\n");
    assert_findings(reading, "");
    const struct job *job = &reading.jobs.items[0];
    assert_true(job->enabled);
    assert_int_equal(job->source, JOB_SOURCE_AUTO);
    assert_int_equal(job->page_size, 5000);
    assert_int_equal(job->timeout_ms, 3600000);
    assert_true(job->window.until_today);
    assert_int_equal(job->window.chunk, JOB_CHUNK_NONE);
    assert_false(job->window.skip_unchanged);
    assert_int_equal(job->window.full_every, 7);
    assert_int_equal(job->window.full_every_unit, JOB_DAYS);
    assert_int_equal(job->target.mode, JOB_UPSERT);
    assert_int_equal(job->target.on_schema_change, JOB_EVOLVE);
    assert_int_equal(job->target.vanished, JOB_VANISHED_DELETE);
    assert_int_equal(job->target.snapshots, JOB_SNAPSHOTS_LATEST);
    assert_int_equal(job->target.partition_by, JOB_PARTITION_NONE);
    assert_false(job->target.history);
    assert_int_equal(job->reconcile, JOB_RECONCILE_AUTO);
    assert_float_equal(job->checks.max_vanished_percent, 50, 0);
}

static const struct key_entry *find_entry(const struct key_entries *entries, const char *path)
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
    const struct key_entries entries = key_list(settings_keys, arena);
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
    const struct key_entries entries = key_list(job_keys, arena);
    assert_null(find_entry(&entries, "target.allow_empty"));
    assert_string_equal(find_entry(&entries, "target.mode")->value, "upsert or append");
    assert_string_equal(find_entry(&entries, "checks.max_vanished")->value, "a percentage from 0% to 100%");
}

static void the_keys_with_a_secret_are_those_of_the_credentials_and_the_ping(void **state)
{
    (void)state;
    SCOPED(arena) struct arena *arena = arena_make();
    const char *const *names = key_list_secrets(settings_keys, arena);
    assert_string_equal(names[0], "client_secret");
    assert_string_equal(names[1], "access_token");
    assert_string_equal(names[2], "ping_url");
    assert_null(names[3]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_is_explained_in_sentences),
        cmocka_unit_test(the_reference_names_every_usage_category),
        cmocka_unit_test(a_key_takes_its_own_default),
        cmocka_unit_test(the_default_of_a_text_may_name_a_variable),
        cmocka_unit_test(a_budget_has_its_defaults_where_an_item_leaves_them_out),
        cmocka_unit_test(absent_keys_of_a_job_have_their_defaults),
        cmocka_unit_test(values_are_told_by_the_table_of_keys),
        cmocka_unit_test(removed_keys_are_not_in_the_reference),
        cmocka_unit_test(the_keys_with_a_secret_are_those_of_the_credentials_and_the_ping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
