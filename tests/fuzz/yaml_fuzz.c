/*
 * libFuzzer entry: any bytes as a settings file and as a job file. Whatever they are, they end in settings,
 * jobs and findings; a job without errors can be planned.
 */
#include "job/job_load.h"
#include "job/job_set.h"
#include "job/request_body.h"
#include "job/settings_read.h"
#include "job/window.h"

#include <stdlib.h>

static const char *lookup(void *context, const char *name)
{
    (void)context;
    return text_equal(name, "HOME") ? "/srv/etl" : text_equal(name, "A") ? "${B}" : NULL;
}

/* A message is one line at a place in the file. */
static void check_findings(const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        if (finding->place.line == 0 || finding->place.column == 0)
            abort();
        for (const char *at = finding->message; *at; at++)
            if (*at == '\n')
                abort();
    }
}

static void plan_jobs(const struct jobs *jobs, struct arena *arena)
{
    static const struct window_override overrides[] = {{0}, {true, 20000, 20100}};
    for (size_t i = 0; i < jobs->count; i++) {
        for (size_t j = 0; j < COUNT_OF(overrides); j++) {
            struct windows windows;
            struct err err = {0};
            SCOPED(buf) struct buf body = buf_make(BUF_OWN_TEXT);
            if (window_plan(&jobs->items[i], &overrides[j], 20779, arena, &windows, &err))
                request_body_put(&jobs->items[i], &windows.items[0], &body);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct findings findings = {.arena = arena};
    struct jobs jobs = {0};
    const struct yaml_source source = {
        .file = "jobs/fuzz.yaml", .bytes = (const char *)bytes, .length = length, .lookup = lookup};
    job_load(&source, arena, &findings, &jobs);
    job_set_check(&jobs, &findings);
    if (findings.errors == 0)
        plan_jobs(&jobs, arena);
    findings_sort(&findings);
    check_findings(&findings);

    findings = (struct findings){.arena = arena};
    struct settings settings = settings_read(&source, arena, &findings);
    struct err err = {0};
    bool complete = settings_check_auth(&settings, &err);
    (void)complete;
    findings_sort(&findings);
    check_findings(&findings);
    return 0;
}
