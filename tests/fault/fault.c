#include "fault.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static const char *chosen;
static long chosen_nth;
static const char *count_file;
static atomic_long seen;

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
    long count = atomic_load(&seen);
    chosen = NULL;
    FILE *file = count_file ? fopen(count_file, "w") : NULL;
    if (file) {
        fprintf(file, "%ld\n", count);
        fclose(file);
    }
}

bool fault_is_about(const char *call)
{
    return chosen && strcmp(chosen, call) == 0;
}

bool fault_is_due(const char *call)
{
    return fault_is_about(call) && atomic_fetch_add(&seen, 1) + 1 == chosen_nth;
}
