/*
 * What the manual, the help and the completions rely on: every command, option and exit code is told of.
 */
#include "base/err.h"
#include "base/exit_code.h"
#include "cli/command_table.h"
#include "cli/help.h"
#include "cli/option_table.h"
#include "job/key_list.h"
#include "unit/cli/cli.h"

#include <ctype.h>

static void every_command_has_a_name_a_summary_and_a_description(void **state)
{
    (void)state;
    for (const struct command *command = commands; command->name; command++) {
        assert_non_null(command->arguments);
        assert_non_null(command->run);
        assert_true(command->description && strlen(command->description) > 20);
        assert_true(!command->summary || *command->summary);
    }
}

static void no_two_commands_share_a_name(void **state)
{
    (void)state;
    for (const struct command *command = commands; command->name; command++)
        for (const struct command *other = command + 1; other->name; other++)
            assert_string_not_equal(command->name, other->name);
}

static void every_option_has_a_help_of_one_line(void **state)
{
    (void)state;
    for (const struct option_spec *spec = option_specs; spec->name; spec++) {
        assert_true(spec->help && strlen(spec->help) > 5);
        assert_null(strchr(spec->help, '\n'));
        for (const struct option_spec *other = spec + 1; other->name; other++) {
            assert_string_not_equal(spec->name, other->name);
            assert_true(!spec->letter || spec->letter != other->letter);
        }
    }
}

static void every_option_is_global_or_of_a_command(void **state)
{
    (void)state;
    uint64_t taken = 0;
    for (const struct command *command = commands; command->name; command++)
        taken |= command->options;
    for (const struct option_spec *spec = option_specs; spec->name; spec++)
        assert_int_equal(spec->is_global, (taken >> spec->id & 1) == 0);
}

static void an_option_has_a_value_unless_it_is_a_flag(void **state)
{
    (void)state;
    for (const struct option_spec *spec = option_specs; spec->name; spec++)
        assert_int_equal(spec->kind == OPTION_KIND_FLAG, spec->argument == NULL);
}

static void every_exit_code_of_an_error_is_told_of(void **state)
{
    (void)state;
    for (int kind = 0; kind < ERR_KINDS; kind++) {
        bool told = false;
        for (const struct exit_code *code = exit_codes; code->meaning; code++)
            told |= code->code == err_kind_info((enum err_kind)kind)->exit_code;
        assert_true(told);
    }
}

static void help_fits_a_terminal(void **state)
{
    (void)state;
    for (const struct command *command = commands; command->name; command++) {
        SCOPED(buf) struct buf out = text_make();
        help_put(command, &out);
        for (const char *line = buf_text(&out); *line; line = strchr(line, '\n') + 1) {
            size_t columns = 0;
            for (const char *at = line; *at != '\n'; at++)
                columns += ((unsigned char)*at & 0xC0) != 0x80;
            assert_true(columns <= 80);
        }
    }
}

static void help_of_a_topic_shows_every_key(void **state)
{
    (void)state;
    for (const struct help_topic *topic = help_topics; topic->name; topic++) {
        SCOPED(arena) struct arena *arena = arena_make();
        SCOPED(buf) struct buf out = text_make();
        const struct key_entries entries = key_list(topic->keys, arena);
        help_put_topic(topic, &out);
        assert_true(entries.count > 10);
        for (size_t i = 0; i < entries.count; i++)
            assert_non_null(strstr(buf_text(&out), arena_print(arena, "\n%s", entries.items[i].path)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_has_a_name_a_summary_and_a_description),
        cmocka_unit_test(no_two_commands_share_a_name),
        cmocka_unit_test(every_option_has_a_help_of_one_line),
        cmocka_unit_test(every_option_is_global_or_of_a_command),
        cmocka_unit_test(an_option_has_a_value_unless_it_is_a_flag),
        cmocka_unit_test(every_exit_code_of_an_error_is_told_of),
        cmocka_unit_test(help_fits_a_terminal),
        cmocka_unit_test(help_of_a_topic_shows_every_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
