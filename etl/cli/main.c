/*
 * tokenflex-etl: the command line.
 */
#include "base/environment.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/program.h"
#include "cli/about.h"
#include "cli/command_table.h"
#include "cli/help.h"
#include "cli/options_parse.h"
#include "cli/output.h"
#include "terminal/display.h"
#include "wire/libraries.h"

#include <locale.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether stderr is the socket of the journal: systemd names its device and inode in JOURNAL_STREAM. */
static bool stderr_is_journal(void)
{
    struct stat file;
    unsigned long long device;
    unsigned long long inode;
    const char *stream = environment_get(ENVIRONMENT_JOURNAL);
    if (sscanf(stream, "%llu:%llu", &device, &inode) != 2 || fstat(STDERR_FILENO, &file) != 0)
        return false;
    return file.st_dev == device && file.st_ino == inode;
}

static void set_up_log(const struct options *options)
{
    struct log_options log = {
        .fd = STDERR_FILENO,
        .level = options->log_level,
        .format = options->log_format,
        .colour = display_has_colour(),
        .short_lines = isatty(STDERR_FILENO) == 1,
    };
    if (!options->log_format_given && stderr_is_journal())
        log.format = LOG_JOURNALD;
    log_setup(&log);
}

static int show_help(const struct command *command)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    help_put(command, &out);
    return output_end(&out, 0);
}

static int show_version(const struct options *options)
{
    SCOPED(buf) struct buf out = buf_make(BUF_OWN_TEXT);
    if (options->output == OUTPUT_JSON)
        about_put_json(&out);
    else
        about_put_text(&out);
    return output_end(&out, 0);
}

int main(int argc, char **argv)
{
    struct err err = {0};
    struct options options;
    mem_make_reserve();
    libraries_prepare();
    SCOPED(arena) struct arena *arena = arena_make();
    output_prepare();
    program_set_command(environment_get(ENVIRONMENT_COMMAND));
    setlocale(LC_CTYPE, "C.UTF-8");
    bool parsed = options_parse(argc, argv, arena, &options, &err);
    set_up_log(&options);
    bool as_json = options.output == OUTPUT_JSON;
    if (!parsed)
        return output_finish(options.command ? options.command->name : "", as_json,
                             output_fail("usage", &err));
    if (options.help)
        return show_help(options.command);
    if (options.version)
        return show_version(&options);
    return output_finish(options.command->name, as_json, options.command->run(&options));
}
