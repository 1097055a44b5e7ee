#include "job/job.h"

#include "base/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct job *job_find(const struct jobs *jobs, const char *name)
{
    for (size_t i = 0; i < jobs->count; i++)
        if (text_equal(jobs->items[i].name, name))
            return &jobs->items[i];
    return NULL;
}

struct text_list job_result_columns(const struct job *job, struct arena *arena)
{
    const struct text_list *fields = &job->query.fields;
    const struct text_list *metrics = &job->query.metrics;
    size_t count = fields->count + metrics->count;
    struct text_list columns = {arena_alloc(arena, count, sizeof *columns.items), count};
    for (size_t i = 0; i < count; i++)
        columns.items[i] = i < fields->count ? fields->items[i] : metrics->items[i - fields->count];
    return columns;
}

/* FNV-1a. */
static uint32_t hash_of(const char *text)
{
    uint32_t hash = 2166136261U;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619U;
    return hash;
}

/* A column name that is cut gets a hash of the whole name, so that it stays distinct from similar names. */
static void cut_column(const char *api_name, char out[JOB_COLUMN_NAME])
{
    char tail[10];
    snprintf(tail, sizeof tail, "_%08" PRIx32, hash_of(api_name));
    out[JOB_COLUMN_NAME - sizeof tail] = '\0';
    text_trim_broken_utf8(out);
    strcat(out, tail);
}

const char *job_column_name(const struct job *job, const char *api_name, char *out)
{
    for (size_t i = 0; i < job->target.rename_count; i++) {
        if (text_equal(job->target.renames[i].name, api_name)) {
            out[0] = '\0';
            strncat(out, job->target.renames[i].column, JOB_COLUMN_NAME - 1);
            return out;
        }
    }
    if (!text_snake_case(api_name, out, JOB_COLUMN_NAME))
        cut_column(api_name, out);
    return out;
}

const struct catalogue_entry *job_column_entry(const struct job *job, const char *api_name)
{
    const struct dataset *dataset = job->query.dataset;
    return dataset ? dataset_column(dataset, api_name) : catalogue_find(api_name);
}

bool job_column_type(const struct job *job, const char *api_name, enum column_type *type)
{
    for (size_t i = 0; i < job->target.type_count; i++) {
        if (text_equal(job->target.types[i].name, api_name)) {
            *type = job->target.types[i].type;
            return true;
        }
    }
    const struct catalogue_entry *entry = job_column_entry(job, api_name);
    if (entry)
        *type = entry->type;
    return entry != NULL;
}

bool job_rows_are_dated(const struct job *job)
{
    return job->window.present && text_list_has(&job->query.fields, job->window.field);
}

static const char *const reserved[] = {
    "contract_number",
    "window_start",
    "window_end",
    "_row_key",
    "_run_id",
    "_synced_at",
    "_valid_from",
    "_valid_to",
    "_operation",
    "_ended_by_run_id",
    "tableoid",
    "xmin",
    "cmin",
    "xmax",
    "cmax",
    "ctid",
};

const char *job_reserved_column(size_t index)
{
    return index < COUNT_OF(reserved) ? reserved[index] : NULL;
}

bool job_column_is_reserved(const char *column)
{
    for (size_t i = 0; i < COUNT_OF(reserved); i++)
        if (text_equal(reserved[i], column))
            return true;
    return false;
}

bool job_history_name(const char *table, char *out)
{
    int length = snprintf(out, JOB_COLUMN_NAME, "%s" JOB_HISTORY_SUFFIX, table);
    return length > 0 && length < JOB_COLUMN_NAME;
}

bool job_is_identifier(const char *text)
{
    size_t length = strlen(text);
    bool starts_well = (text[0] >= 'a' && text[0] <= 'z') || text[0] == '_';
    return starts_well && length <= 63 && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

bool job_is_column(const char *text)
{
    size_t length = strlen(text);
    bool is_column = length > 0 && length < JOB_COLUMN_NAME && !(text[0] >= '0' && text[0] <= '9');
    size_t step;
    for (size_t at = 0; at < length && is_column; at += step) {
        step = utf8_length(text + at, length - at);
        uint32_t point = step ? utf8_point(text + at, step) : 0;
        is_column = step > 0 && (text[at] == '_' || (utf8_is_letter(point) && !utf8_is_upper(point)));
    }
    return is_column;
}

bool job_is_contract_number(const char *text)
{
    size_t length = strlen(text);
    size_t sound = strspn(text, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-");
    return length > 0 && length <= 64 && sound == length;
}
