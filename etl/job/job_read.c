#include "job/job_read.h"

#include "job/job_digest.h"
#include "job/job_keys.h"

#include <string.h>

/* The file's name without folders and ending. */
static const char *file_stem(struct arena *arena, const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *base = slash ? slash + 1 : file;
    const char *dot = strrchr(base, '.');
    return arena_copy(arena, base, dot ? (size_t)(dot - base) : strlen(base));
}

/* A job without a name is called like its file, which must hold no second job then. */
static void name_by_file(const struct keys_context *context, const struct yaml_documents *documents,
                         size_t number, struct job *job)
{
    char shown[KEY_SHOWN];
    const char *stem = file_stem(context->arena, job->place.file);
    job->name = number > 0 ? arena_print(context->arena, "%s_%zu", stem, number + 1) : stem;
    if (yaml_get(documents->items[number], "name"))
        return;
    if (documents->count > 1)
        finding_error(context->findings, job->place,
                      "`name` is missing: in a file with several jobs each needs one of its own");
    else if (!job_is_identifier(stem) || stem[0] == '_')
        finding_error(context->findings, job->place,
                      "`name` is missing, and the file's name `%s` cannot be a job's name: add a name of "
                      "lower-case letters, digits and `_`, or rename the file",
                      key_shorten(stem, shown));
}

static struct text_list names_of(const struct catalogue_entry *columns, size_t count, struct arena *arena)
{
    struct text_list names = {arena_alloc(arena, count, sizeof(const char *)), count};
    for (size_t i = 0; i < count; i++)
        names.items[i] = columns[i].name;
    return names;
}

/* The dataset's columns become those that the query requests. */
static void take_dataset(struct job *job, struct arena *arena)
{
    struct job_query *query = &job->query;
    const struct dataset *dataset = query->dataset;
    if (job->source != JOB_SOURCE_CONTRACT)
        query->dataset = NULL;
    if (!query->dataset)
        return;
    size_t keys = dataset->key_count;
    query->fields = names_of(dataset->columns, keys, arena);
    query->metrics = names_of(dataset->columns + keys, dataset->count - keys, arena);
    job->target.key = query->fields;
}

bool job_read(const struct keys_context *context, const struct yaml_documents *documents, size_t number,
              struct job *job)
{
    const struct yaml_node *root = documents->items[number];
    *job = (struct job){.window = {.field = "usageDate"},
                        .target = {.distribute_by = JOB_DISTRIBUTE_AS_DATABASE}};
    keys_set_defaults(context, job_keys, NULL, job);
    keys_read(&(struct key_value){context, "", root}, job_keys, job);
    if (root->kind != YAML_MAPPING || root->broken)
        return false;
    job->place = root->count > 0 ? root->keys[0]->place : root->place;
    if (!job->name)
        name_by_file(context, documents, number, job);
    const struct yaml_node *window = yaml_get(root, "window");
    job->digest = job_digest(root, context->arena);
    job->window.present = window && window->kind == YAML_MAPPING;
    if (!job->target.table)
        job->target.table = job->name;
    take_dataset(job, context->arena);
    if (job->target.key.count == 0)
        job->target.key = job->query.fields;
    return true;
}
