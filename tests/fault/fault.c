#include "fault.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static const char *chosen;
static long chosen_nth;
static const char *count_file;
static atomic_long seen;

/* Of the calls that FAULT_COUNT tells. */
static struct {
    const char *call;
    atomic_long times;
} counts[] = {
    {"open", 0},    {"read", 0},   {"write", 0},      {"fsync", 0},    {"truncate", 0}, {"rename", 0},
    {"mkdir", 0},   {"unlink", 0}, {"status", 0},     {"realpath", 0}, {"lock", 0},     {"random", 0},
    {"thread", 0},  {"socket", 0}, {"connect", 0},    {"poll", 0},     {"recv", 0},     {"send", 0},
    {"refused", 0}, {"lost", 0},   {"unanswered", 0},
};
#define COUNTS (sizeof counts / sizeof counts[0])

__attribute__((constructor)) static void begin(void)
{
    const char *nth = getenv("FAULT_NTH");
    count_file = getenv("FAULT_COUNT");
    chosen_nth = nth ? strtol(nth, NULL, 10) : 0;
    chosen = getenv("FAULT_CALL");
    fault_memory_begin();
}

__attribute__((destructor)) static void end(void)
{
    const char *path = count_file;
    count_file = NULL;
    chosen = NULL;
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file)
        return;
    for (size_t i = 0; i < COUNTS; i++)
        fprintf(file, "%s %ld\n", counts[i].call, atomic_load(&counts[i].times));
    fclose(file);
}

static void count(const char *call)
{
    for (size_t i = 0; i < COUNTS; i++)
        if (strcmp(counts[i].call, call) == 0)
            atomic_fetch_add(&counts[i].times, 1);
}

bool fault_is_about(const char *call)
{
    return chosen && strcmp(chosen, call) == 0;
}

bool fault_is_due(const char *call)
{
    if (count_file)
        count(call);
    return fault_is_about(call) && atomic_fetch_add(&seen, 1) + 1 == chosen_nth;
}
