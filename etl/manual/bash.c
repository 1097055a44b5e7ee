#include "cli/command_table.h"
#include "cli/option_table.h"
#include "manual/choice.h"
#include "manual/manual.h"

/* What does not depend on the tables. COMP_WORDBREAKS may split at `=`, which is put together again here. */
static const char head[] =
    "# bash completion for tokenflex-etl, made from its tables of commands and options.\n"
    "\n"
    "_tokenflex_etl_words()\n"
    "{\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\")\n"
    "}\n"
    "\n"
    "_tokenflex_etl_files()\n"
    "{\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    mapfile -t COMPREPLY < <(compgen \"$1\" -- \"$cur\")\n"
    "}\n"
    "\n"
    "# Jobs or tags: a name a line, behind a tab what other shells show beside it.\n"
    "_tokenflex_etl_names()\n"
    "{\n"
    "    local name\n"
    "    while IFS=$'\\t' read -r name _; do\n"
    "        [[ $name == \"$cur\"* ]] && printf -v name %q \"$name\" && COMPREPLY+=(\"$name\")\n"
    "    done < <(\"$program\" ${jobs:+--jobs \"$jobs\"} complete \"$1\" 2>/dev/null)\n"
    "}\n"
    "\n";

static const char scan[] = "_tokenflex_etl()\n"
                           "{\n"
                           "    local program=${COMP_WORDS[0]/#\\~/$HOME} cur=${COMP_WORDS[COMP_CWORD]} "
                           "option='' command='' jobs='' i word\n"
                           "    COMPREPLY=()\n"
                           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                           "        word=${COMP_WORDS[i]}\n"
                           "        if [[ $word == = ]]; then\n"
                           "            continue\n"
                           "        elif [[ $option == -j || $option == --jobs ]]; then\n"
                           "            jobs=${word/#\\~/$HOME}\n"
                           "            jobs=${jobs//\\\\/}\n"
                           "            option=''\n"
                           "        elif [[ $option ]]; then\n"
                           "            option=''\n"
                           "        elif _tokenflex_etl_takes_value \"$word\"; then\n"
                           "            option=$word\n"
                           "        elif [[ $word == --jobs=* || $word == -j?* ]]; then\n"
                           "            word=${word#-j} jobs=${word#--jobs=}\n"
                           "        elif [[ $word != -* && ! $command ]]; then\n"
                           "            command=$word\n"
                           "        fi\n"
                           "    done\n"
                           "    [[ $option && $cur == = ]] && cur=''\n";

static void put_names(const struct option_spec *spec, const char *between, struct buf *out)
{
    if (option_letter(spec))
        buf_print(out, "-%c%s", option_letter(spec), between);
    buf_print(out, "--%s", spec->name);
}

static void put_takes_value(struct buf *out)
{
    buf_put(out, "_tokenflex_etl_takes_value()\n{\n    case $1 in\n    ");
    const char *bar = "";
    for (const struct option_spec *spec = option_specs; spec->name; spec++) {
        if (!spec->argument)
            continue;
        buf_put(out, bar);
        put_names(spec, " | ", out);
        bar = " | ";
    }
    buf_put(out, ") return 0 ;;\n    esac\n    return 1\n}\n\n");
}

/* The statements that offer what can stand here, in one line. */
static void put_offers(const char *text, struct buf *out)
{
    if (choice_has(text, CHOICE_WORD) || choice_has(text, CHOICE_COMMANDS)) {
        buf_put(out, " _tokenflex_etl_words '");
        choice_put_words(text, out);
        buf_put(out, "' ;");
    }
    if (choice_has(text, CHOICE_FILES))
        buf_put(out, " _tokenflex_etl_files -f ;");
    if (choice_has(text, CHOICE_DIRECTORIES))
        buf_put(out, " _tokenflex_etl_files -d ;");
    if (choice_has(text, CHOICE_JOBS))
        buf_put(out, " _tokenflex_etl_names jobs ;");
    if (choice_has(text, CHOICE_TAGS))
        buf_put(out, " _tokenflex_etl_names tags ;");
}

static void put_option_values(struct buf *out)
{
    buf_put(out, "    case $option in\n    '') ;;\n");
    for (const struct option_spec *spec = option_specs; spec->name; spec++) {
        if (!spec->argument)
            continue;
        buf_put(out, "    ");
        put_names(spec, " | ", out);
        buf_put(out, ")");
        put_offers(spec->argument, out);
        buf_put(out, " return ;;\n");
    }
    buf_put(out, "    esac\n");
}

static void put_option_words(const struct command *command, struct buf *out)
{
    const char *blank = "";
    for (const struct option_spec *spec = option_specs; spec->name; spec++) {
        if (!option_is_global(spec) && (!command || !(spec->commands & command->flag)))
            continue;
        buf_put(out, blank);
        put_names(spec, " ", out);
        blank = " ";
    }
}

static void put_options(struct buf *out)
{
    buf_put(out, "    if [[ $cur == -* ]]; then\n        case $command in\n");
    for (const struct command *command = commands; command->name; command++) {
        if (!command_has_options(command))
            continue;
        buf_print(out, "        %s) _tokenflex_etl_words '", command->name);
        put_option_words(command, out);
        buf_put(out, "' ;;\n");
    }
    buf_put(out, "        *) _tokenflex_etl_words '");
    put_option_words(NULL, out);
    buf_put(out, "' ;;\n        esac\n        return\n    fi\n");
}

static void put_arguments(struct buf *out)
{
    buf_put(out, "    case $command in\n    '') _tokenflex_etl_words '");
    choice_put_words("COMMAND", out);
    buf_put(out, "' ;;\n");
    for (const struct command *command = commands; command->name; command++) {
        if (!command->summary || !*command->arguments)
            continue;
        buf_print(out, "    %s)", command->name);
        put_offers(command->arguments, out);
        buf_put(out, ";\n");
    }
    buf_put(out, "    esac\n}\n\ncomplete -F _tokenflex_etl tokenflex-etl\n");
}

void bash_put(struct buf *out)
{
    buf_put(out, head);
    put_takes_value(out);
    buf_put(out, scan);
    put_option_values(out);
    put_options(out);
    put_arguments(out);
}
