#include "base/environment.h"
#include "cli/choice.h"
#include "cli/command_table.h"
#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/option_table.h"
#include "cli/output.h"

#include <string.h>

/* What the words before the last one say, and the part of the last word that is being typed. */
struct line {
    const struct command *command;    /* NULL: none yet */
    const struct option_spec *option; /* whose value comes next; NULL: none */
    const char *jobs_directory;       /* NULL: not given */
    const char *typed;
    int kept; /* bytes of the last word that stand before `typed`, such as `--output=` */
};

static const struct option_spec *find_option(const char *name, size_t length)
{
    for (const struct option_spec *spec = option_specs; spec->name; spec++) {
        bool is_letter = length == 2 && name[0] == '-' && spec->letter && name[1] == spec->letter;
        bool is_name = length > 2 && text_starts_with(name, "--") && strlen(spec->name) == length - 2 &&
                       memcmp(spec->name, name + 2, length - 2) == 0;
        if (is_letter || is_name)
            return spec;
    }
    return NULL;
}

/* As the shell reads it: `~/` is the home directory, and a backslash quotes the next character. */
static const char *read_path(const char *word, struct arena *arena)
{
    const char *home = environment_get(ENVIRONMENT_HOME);
    SCOPED(buf) struct buf path = buf_make_result();
    if (*home && text_starts_with(word, "~/")) {
        buf_put(&path, home);
        word++;
    }
    for (; *word; word++) {
        if (*word == '\\' && word[1])
            word++;
        buf_print(&path, "%c", *word);
    }
    return arena_copy_text(arena, buf_text(&path));
}

static void read_word(const char *word, struct arena *arena, struct line *line)
{
    const char *value = strchr(word, '=');
    const struct option_spec *option =
        line->option ? line->option : find_option(word, value ? (size_t)(value - word) : strlen(word));
    /* bash splits a word at an equals sign. */
    if (text_equal(word, "="))
        return;
    if (line->option)
        value = word;
    else if (value)
        value++;
    if (option && value && option->id == OPTION_JOBS)
        line->jobs_directory = read_path(value, arena);
    line->option = option && option->argument && !value ? option : NULL;
    if (!option && !line->command && *word != '-')
        for (const struct command *command = commands; command->name; command++)
            if (text_equal(command->name, word))
                line->command = command;
}

static struct line read_line(const struct text_list *words, struct arena *arena)
{
    struct line line = {0};
    for (size_t i = 0; i + 1 < words->count; i++)
        read_word(words->items[i], arena, &line);
    const char *last = words->count > 0 ? words->items[words->count - 1] : "";
    const char *value = !line.option && text_starts_with(last, "--") ? strchr(last, '=') : NULL;
    line.typed = last;
    if (value) {
        line.option = find_option(last, (size_t)(value - last));
        line.typed = value + 1;
        line.kept = (int)(line.typed - last);
    } else if (line.option && text_equal(last, "=")) {
        line.typed = "";
    }
    return line;
}

/* Appends the word if it begins with what is typed, and after a tab the text that a shell may show beside it.
 */
static void offer(const struct line *line, const char *word, const char *text, struct buf *out)
{
    char shown[96];
    if (!text_starts_with(word, line->typed))
        return;
    buf_print(out, "%.*s%s", line->kept, line->typed - line->kept, word);
    if (text && *text)
        buf_print(out, "\t%s", text_excerpt(text, strlen(text), shown, sizeof shown));
    buf_put(out, "\n");
}

static void offer_options(const struct line *line, struct arena *arena, struct buf *out)
{
    for (const struct option_spec *spec = option_specs; spec->name; spec++) {
        if (!spec->is_global && !(line->command && command_takes(line->command, spec)))
            continue;
        if (spec->letter)
            offer(line, arena_print(arena, "-%c", spec->letter), spec->help, out);
        offer(line, arena_print(arena, "--%s", spec->name), spec->help, out);
    }
}

static void offer_commands(const struct line *line, struct buf *out)
{
    for (const struct command *command = commands; command->name; command++)
        if (command->summary)
            offer(line, command->name, command->summary, out);
}

/* Jobs whose names cannot be read are left out; jobs with other errors are offered. A tag is offered once. */
static void offer_names(const struct line *line, bool tags, struct inputs *inputs, struct buf *out)
{
    struct text_list shown = {0};
    for (size_t i = 0; i < inputs->jobs.count; i++) {
        const struct job *job = &inputs->jobs.items[i];
        if (!tags)
            offer(line, job->name, job->description, out);
        for (size_t k = 0; tags && k < job->tags.count; k++) {
            const char *tag = job->tags.items[k];
            if (text_list_has(&shown, tag))
                continue;
            arena_add_text(inputs->arena, &shown, tag);
            offer(line, tag, NULL, out);
        }
    }
}

/* Offers the alternatives that the help shows for an argument or a value. */
static void offer_choices(const struct line *line, const char *text, struct inputs *inputs, struct buf *out)
{
    struct choice choice;
    while (choice_next(&text, &choice)) {
        switch (choice.kind) {
        case CHOICE_WORD:
            offer(line, arena_print(inputs->arena, "%.*s", (int)choice.length, choice.word), NULL, out);
            break;
        case CHOICE_FILES:
            buf_put(out, ":files\n");
            break;
        case CHOICE_DIRECTORIES:
            buf_put(out, ":directories\n");
            break;
        case CHOICE_JOBS:
        case CHOICE_TAGS:
            offer_names(line, choice.kind == CHOICE_TAGS, inputs, out);
            break;
        case CHOICE_COMMANDS:
            offer_commands(line, out);
            break;
        case CHOICE_FREE:
            break;
        }
    }
}

int command_complete(const struct options *options)
{
    struct options named = *options;
    SCOPED(inputs) struct inputs inputs = {0};
    SCOPED(buf) struct buf out = buf_make_result();
    SCOPED(arena) struct arena *arena = arena_make();
    struct line line = read_line(&options->arguments, arena);
    if (line.jobs_directory)
        named.jobs_directory = line.jobs_directory;
    inputs_read_jobs(&named, &inputs);
    if (line.option)
        offer_choices(&line, line.option->argument ? line.option->argument : "", &inputs, &out);
    else if (*line.typed == '-')
        offer_options(&line, inputs.arena, &out);
    else if (line.command)
        offer_choices(&line, line.command->arguments, &inputs, &out);
    else
        offer_commands(&line, &out);
    return output_end(&out, 0);
}
