#include "job/job_load.h"

#include "job/job_check.h"
#include "job/job_keys.h"
#include "job/job_read.h"

static void check(const struct job_draft *draft)
{
    job_check_dataset(draft);
    if (draft->job->source != JOB_SOURCE_CONTRACT) {
        job_check_query(draft);
        job_check_where(draft);
    }
    job_check_target(draft);
    job_check_answer(draft);
}

void job_load(const struct yaml_source *source, struct arena *arena, struct findings *findings,
              struct jobs *jobs)
{
    struct yaml_documents documents;
    const struct keys_context context = {arena, findings, NULL, job_keys};
    size_t errors_before = findings->errors;
    yaml_read(source, arena, findings, &documents);
    for (size_t i = 0; i < documents.count; i++) {
        struct job read;
        if (!job_read(&context, &documents, i, &read))
            continue;
        struct job *job = arena_push(arena, &jobs->items, &jobs->count, sizeof *job);
        *job = read;
        check(&(struct job_draft){job, &context, documents.items[i]});
    }
    if (documents.count == 0 && findings->errors == errors_before)
        finding_error(findings, (struct place){source->file, 1, 1},
                      "there is no job in this file: write one, or remove the file");
}
