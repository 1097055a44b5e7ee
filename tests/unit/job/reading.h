/*
 * Reading settings and jobs from text, with an environment of a few variables, and comparing the findings.
 */
#ifndef UNIT_JOB_READING_H
#define UNIT_JOB_READING_H

#include "base/buf.h"
#include "job/job_load.h"
#include "job/job_set.h"
#include "job/settings_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* What follows a field that the catalogue lacks and that resembles none of its fields. */
#define CUSTOM_FIELD_ADVICE                                                                                  \
    "; if it is the contract's own name of a custom field, write `customFieldN`, which stays valid when "    \
    "that "                                                                                                  \
    "name changes: `tokenflex-etl discover fields --contract NUMBER` shows which"

struct reading {
    struct arena *arena;
    struct findings findings;
    struct jobs jobs;
    struct settings settings;
};

/* NAME=VALUE texts, ended by NULL; the context of environment_lookup(). */
static inline const char *environment_lookup(void *context, const char *name)
{
    size_t length = strlen(name);
    for (const char *const *entry = context; entry && *entry; entry++)
        if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=')
            return *entry + length + 1;
    return NULL;
}

static inline void reading_cleanup(struct reading *reading)
{
    arena_release(reading->arena);
}

static inline struct reading reading_make(void)
{
    struct reading reading = {.arena = arena_make()};
    reading.findings.arena = reading.arena;
    return reading;
}

static inline struct yaml_source source_of(const char *file, const char *text, const char *const *environment)
{
    return (struct yaml_source){
        .file = file,
        .bytes = text,
        .length = strlen(text),
        .lookup = environment_lookup,
        .lookup_context = (void *)(uintptr_t)environment,
    };
}

/* The jobs of usage.yaml with this text, checked as a set too. */
static inline struct reading read_jobs(const char *text)
{
    struct reading reading = reading_make();
    const struct yaml_source source = source_of("usage.yaml", text, NULL);
    job_load(&source, reading.arena, &reading.findings, &reading.jobs);
    job_set_check(&reading.jobs, &reading.findings);
    findings_sort(&reading.findings);
    return reading;
}

static inline struct reading read_settings(const char *text, const char *const *environment)
{
    struct reading reading = reading_make();
    const struct yaml_source source = source_of("tokenflex-etl.yaml", text, environment);
    reading.settings = settings_read(&source, reading.arena, &reading.findings);
    findings_sort(&reading.findings);
    return reading;
}

/* The findings as lines of LINE:COLUMN: SEVERITY: MESSAGE. */
static inline const char *findings_text(const struct reading *reading)
{
    const char *text = "";
    for (size_t i = 0; i < reading->findings.count; i++) {
        const struct finding *finding = &reading->findings.items[i];
        text =
            arena_print(reading->arena, "%s%u:%u: %s: %s\n", text, finding->place.line, finding->place.column,
                        finding->severity == SEVERITY_ERROR ? "error" : "warning", finding->message);
    }
    return text;
}

#define assert_findings(reading, expected) assert_string_equal(findings_text(&(reading)), expected)

#endif
