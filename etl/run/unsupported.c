#include "run/unsupported.h"

static bool refuse(struct err *err, const char *what, const char *instead)
{
    err_set(err, ERR_CONFIG, "%s is not supported yet", what);
    return err_hint(err, "%s", instead);
}

bool supported_settings(const struct settings *settings, struct err *err)
{
    if (*settings->run.metrics_file)
        return refuse(err, "run.metrics_file", "leave it out");
    return true;
}

static bool needs_export(const struct job *job)
{
    for (size_t i = 0; i < job->query.fields.count; i++) {
        const struct catalogue_entry *entry = catalogue_find(job->query.fields.items[i]);
        if (entry && entry->level == LEVEL_SESSION)
            return true;
    }
    return false;
}

bool supported_job(const struct job *job, struct err *err)
{
    if (job->source == JOB_SOURCE_EXPORT)
        return refuse(err, "source: export", "use source: auto or query");
    if (needs_export(job))
        return refuse(err, "a field of session level, which needs the Export API,",
                      "leave session fields out");
    return true;
}
