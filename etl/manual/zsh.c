#include "cli/command_table.h"
#include "cli/option_table.h"
#include "manual/choice.h"
#include "manual/manual.h"

static const char head[] =
    "#compdef tokenflex-etl\n"
    "# zsh completion for tokenflex-etl, made from its tables of commands and options.\n"
    "\n"
    "# Jobs or tags, with what the program says of them, from the directory that the line names.\n"
    "_tokenflex-etl_names() {\n"
    "  local kind=$1\n"
    "  local directory=${opt_args[--jobs]:-${opt_args[-j]:-$jobs_directory}}\n"
    "  local -a lines names\n"
    "  lines=(${(f)\"$($program ${directory:+--jobs} ${(e)~directory} complete $kind 2>/dev/null)\"})\n"
    "  lines=(${lines//:/\\\\:})\n"
    "  names=(${${lines/$'\\t'/:}%:})\n"
    "  _describe -t $kind $kind names\n"
    "}\n"
    "\n"
    "_tokenflex-etl() {\n"
    "  local program=$words[1] jobs_directory curcontext=$curcontext state ret=1\n"
    "  local -A opt_args\n"
    "  local -a line global own commands\n";

static const char dispatch[] = "  _arguments -C -S $global '1: :->command' '*:: :->argument' && ret=0\n"
                               "  case $state in\n"
                               "  command) _describe -t commands command commands && ret=0 ;;\n"
                               "  argument)\n"
                               "    jobs_directory=${opt_args[--jobs]:-$opt_args[-j]}\n"
                               "    case $words[1] in\n";

/* Within single quotes, of a specification whose brackets and colons mean something. */
static void put_quoted(const char *text, struct buf *out)
{
    for (; *text; text++) {
        if (*text == '\'')
            buf_put(out, "'\\''");
        else if (*text == '[' || *text == ']' || *text == ':' || *text == '\\')
            buf_print(out, "\\%c", *text);
        else
            buf_print(out, "%c", *text);
    }
}

/* `:MESSAGE:ACTION` */
static void put_action(const char *text, struct buf *out)
{
    buf_put(out, ":");
    put_quoted(text, out);
    buf_put(out, ":");
    if (choice_has(text, CHOICE_WORD) || choice_has(text, CHOICE_COMMANDS)) {
        buf_put(out, "(");
        choice_put_words(text, out);
        buf_put(out, ")");
    } else if (choice_has(text, CHOICE_FILES)) {
        buf_put(out, "_files");
    } else if (choice_has(text, CHOICE_DIRECTORIES)) {
        buf_put(out, "_files -/");
    } else if (choice_has(text, CHOICE_JOBS)) {
        buf_put(out, "{_tokenflex-etl_names jobs}");
    } else if (choice_has(text, CHOICE_TAGS)) {
        buf_put(out, "{_tokenflex-etl_names tags}");
    }
}

static void put_option(const struct option_spec *spec, const char *indent, struct buf *out)
{
    const char *sign = spec->argument ? "=" : "";
    char letter = option_letter(spec);
    buf_put(out, indent);
    if (letter)
        buf_print(out, "'(-%c --%s)'{-%c%s,--%s%s}'[", letter, spec->name, letter, spec->argument ? "+" : "",
                  spec->name, sign);
    else
        buf_print(out, "'--%s%s[", spec->name, sign);
    put_quoted(spec->help, out);
    buf_put(out, "]");
    if (spec->argument)
        put_action(spec->argument, out);
    buf_put(out, "'\n");
}

static void put_command_list(struct buf *out)
{
    buf_put(out, "  commands=(\n");
    for (const struct command *command = commands; command->name; command++) {
        if (!command->summary)
            continue;
        buf_print(out, "    '%s:", command->name);
        put_quoted(command->summary, out);
        buf_put(out, "'\n");
    }
    buf_put(out, "  )\n");
}

static void put_command(const struct command *command, struct buf *out)
{
    bool repeats = choice_has(command->arguments, CHOICE_JOBS);
    buf_print(out, "    %s)\n      own=(\n", command->name);
    for (const struct option_spec *spec = option_specs; spec->name; spec++)
        if (!option_is_global(spec) && (spec->commands & command->flag))
            put_option(spec, "        ", out);
    if (*command->arguments) {
        buf_put(out, repeats ? "        '*" : "        '1");
        put_action(command->arguments, out);
        buf_put(out, "'\n");
    }
    buf_put(out, "      )\n      ;;\n");
}

void zsh_put(struct buf *out)
{
    buf_put(out, head);
    buf_put(out, "  global=(\n");
    for (const struct option_spec *spec = option_specs; spec->name; spec++)
        if (option_is_global(spec))
            put_option(spec, "    ", out);
    buf_put(out, "  )\n");
    put_command_list(out);
    buf_put(out, dispatch);
    for (const struct command *command = commands; command->name; command++)
        if (command->summary)
            put_command(command, out);
    buf_put(out, "    esac\n"
                 "    _arguments -S $global $own && ret=0\n"
                 "    ;;\n"
                 "  esac\n"
                 "  return ret\n"
                 "}\n"
                 "\n"
                 "_tokenflex-etl \"$@\"\n");
}
