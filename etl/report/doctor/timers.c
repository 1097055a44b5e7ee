#include "report/doctor/timers.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char tool[] = "tokenflex-etl";

static void add(struct text_list *list, struct arena *arena, const char *text)
{
    arena_add_text(arena, list, arena_copy_text(arena, text));
}

static bool is_our_timer(const char *name)
{
    static const char suffix[] = ".timer";
    size_t length = strlen(name);
    return text_starts_with(name, tool) && length > strlen(suffix) &&
           text_equal(name + length - strlen(suffix), suffix);
}

/* An enabled unit is a symbolic link. A dangling link is left over from a removed package. */
static void find_units(const char *etc, struct arena *arena, struct timers *timers)
{
    const char *directory = arena_print(arena, "%s/systemd/system/timers.target.wants", etc);
    DIR *opened = opendir(directory);
    struct dirent *entry;
    while (opened && (entry = readdir(opened)))
        if (is_our_timer(entry->d_name) &&
            access(arena_print(arena, "%s/%s", directory, entry->d_name), F_OK) == 0)
            add(&timers->units, arena, entry->d_name);
    if (opened)
        closedir(opened);
}

static bool names_the_tool(const char *file)
{
    bool found = false;
    char *line = NULL;
    size_t size = 0;
    FILE *stream = fopen(file, "re");
    while (stream && !found && getline(&line, &size, stream) >= 0)
        found = line[strspn(line, " \t")] != '#' && strstr(line, tool);
    if (stream)
        fclose(stream);
    free(line);
    return found;
}

/* cron ignores a file of cron.d whose name has any other character, such as the dot of `.dpkg-old`. */
static bool is_read_by_cron(const char *name)
{
    return name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")] == '\0';
}

static void find_cron_files(const char *etc, struct arena *arena, struct timers *timers)
{
    const char *directory = arena_print(arena, "%s/cron.d", etc);
    const char *crontab = arena_print(arena, "%s/crontab", etc);
    DIR *opened = opendir(directory);
    struct dirent *entry;
    while (opened && (entry = readdir(opened))) {
        const char *file = arena_print(arena, "%s/%s", directory, entry->d_name);
        if (is_read_by_cron(entry->d_name) && names_the_tool(file))
            add(&timers->cron_files, arena, file);
    }
    if (opened)
        closedir(opened);
    if (names_the_tool(crontab))
        add(&timers->cron_files, arena, crontab);
}

void timers_find(const char *etc, struct arena *arena, struct timers *timers)
{
    *timers = (struct timers){0};
    find_units(etc, arena, timers);
    find_cron_files(etc, arena, timers);
}
