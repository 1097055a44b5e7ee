#include "job/job_set.h"

#include "job/filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool same_names(const struct text_list *left, const struct text_list *right)
{
    for (size_t i = 0; i < left->count; i++)
        if (!text_list_has(right, left->items[i]))
            return false;
    return left->count == right->count;
}

static bool has_window_columns(const struct job *job)
{
    return job->window.present && !job_rows_are_dated(job);
}

/* "on line 3", or "at other.yaml:3:1". */
static const char *place_relative_to(struct arena *arena, const struct place *place,
                                     const struct place *beside)
{
    if (text_equal(place->file, beside->file))
        return arena_print(arena, "on line %u", place->line);
    return arena_print(arena, "at %s:%u:%u", place->file, place->line, place->column);
}

/* Whether both request a name of the list, and store it in columns of different names. */
static bool stores_elsewhere(const struct job *first, const struct job *second, const struct text_list *names)
{
    char theirs[JOB_COLUMN_NAME];
    char ours[JOB_COLUMN_NAME];
    for (size_t i = 0; i < names->count; i++) {
        const char *name = names->items[i];
        bool both = text_list_has(&first->query.fields, name) || text_list_has(&first->query.metrics, name);
        if (both && !text_equal(job_column_name(first, name, theirs), job_column_name(second, name, ours)))
            return true;
    }
    return false;
}

/* Why two jobs cannot fill one table, or NULL. */
static const char *difference(const struct job *first, const struct job *second)
{
    if (!same_names(&first->query.fields, &second->query.fields))
        return "requests other fields, so their rows differ in meaning";
    if (first->target.mode != second->target.mode)
        return second->target.mode == JOB_APPEND
                   ? "keeps the rows of every run, and that one does not (`target.mode`)"
                   : "does not keep the rows of every run, as that one does (`target.mode`)";
    if (stores_elsewhere(first, second, &second->query.fields) ||
        stores_elsewhere(first, second, &second->query.metrics))
        return "stores a field or metric in another column (`target.rename`)";
    if (has_window_columns(first) != has_window_columns(second))
        return "stores its windows in another way";
    if (!same_names(&first->target.key, &second->target.key))
        return "has another key";
    if (has_window_columns(first) && first->target.snapshots != second->target.snapshots)
        return second->target.snapshots == JOB_SNAPSHOTS_ALL
                   ? "keeps all its windows, which that one would replace (`target.snapshots`)"
                   : "replaces windows, all of which that one keeps (`target.snapshots`)";
    if (first->target.history != second->target.history)
        return second->target.history
                   ? "keeps old versions of its rows, and that one does not (`target.history`)"
                   : "keeps no old versions of its rows, as that one does (`target.history`)";
    if (first->target.partition_by != second->target.partition_by)
        return "cuts it into other partitions (`target.partition_by`)";
    if (first->target.distribute_by != second->target.distribute_by)
        return "distributes it in another way (`target.distribute_by`)";
    return NULL;
}

void job_set_distribute(struct jobs *jobs, enum job_distribute_by by, struct findings *findings)
{
    for (size_t i = 0; i < jobs->count; i++) {
        struct job *job = &jobs->items[i];
        bool is_inherited = job->target.distribute_by == JOB_DISTRIBUTE_AS_DATABASE;
        if (is_inherited)
            job->target.distribute_by = by;
        if (job->target.partition_by == JOB_PARTITION_NONE ||
            !job_distribute_column(job->target.distribute_by))
            continue;
        finding_error(findings, job->place,
                      "`%s` has `target.partition_by` and is to be distributed by %s (`%s.distribute_by`): a "
                      "table is either partitioned or distributed: remove `partition_by`, or write "
                      "`distribute_by: none` under `target`",
                      job->name, job_distribute_column(job->target.distribute_by),
                      is_inherited ? "database" : "target");
    }
}

/* The contract of an entry for a job whose contracts the service lists: those that are active are in every
 * such list. */
static const char active_contracts[] = "*";

/* A contract that both jobs load, by its number or because it is active; NULL where none is known. */
static const char *common_contract(const struct job *first, const struct job *second)
{
    if (first->contracts != JOB_CONTRACTS_LISTED && second->contracts != JOB_CONTRACTS_LISTED)
        return active_contracts;
    for (size_t i = 0; i < first->contract_numbers.count; i++)
        if (text_list_has(&second->contract_numbers, first->contract_numbers.items[i]))
            return first->contract_numbers.items[i];
    return NULL;
}

/* The size of a filter as a message shows it, NUL included. */
#define SHOWN_FILTER 400

static const char *show_filter(const struct buf *filter, char out[SHOWN_FILTER])
{
    char text[SHOWN_FILTER - 2];
    if (filter->length == 0)
        return "all usage";
    snprintf(out, SHOWN_FILTER, "`%s`", text_excerpt(buf_text(filter), filter->length, text, sizeof text));
    return out;
}

/* Both write one table with one grain: each would delete the other's rows. */
static void check_filters(const struct job *first, const struct job *second, struct findings *findings)
{
    char first_shown[SHOWN_FILTER];
    char second_shown[SHOWN_FILTER];
    SCOPED(buf) struct buf first_filter = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf second_filter = buf_make(BUF_OWN_TEXT);
    const char *contract = common_contract(first, second);
    job_filter_put(first, &first_filter);
    job_filter_put(second, &second_filter);
    if (text_equal(buf_text(&first_filter), buf_text(&second_filter)))
        return;
    bool is_active = contract == active_contracts;
    finding_error(findings, second->place,
                  "`%s` writes the rows of %s%s%s in the table `%s` as the job `%s` %s does, but "
                  "requests other usage: `%s` requests %s, `%s` requests %s. Give one of them a table of its "
                  "own under `target.table`, or make them one job",
                  second->name, is_active ? "active contracts" : "contract `", is_active ? "" : contract,
                  is_active ? "" : "`", second->target.table, first->name,
                  place_relative_to(findings->arena, &first->place, &second->place), second->name,
                  show_filter(&second_filter, second_shown), first->name,
                  show_filter(&first_filter, first_shown));
}

/* A job under a key that it may share with others: its name, its table, or its table and a contract. */
struct entry {
    const char *key;
    const char *contract; /* NULL: none */
    const struct job *job;
};

struct entries {
    struct entry *items;
    size_t count;
};

static void add_entry(struct arena *arena, struct entries *entries, const struct entry *entry)
{
    *(struct entry *)arena_push(arena, &entries->items, &entries->count, sizeof *entry) = *entry;
}

static int compare_keys(const struct entry *left, const struct entry *right)
{
    int keys = strcmp(left->key, right->key);
    return keys != 0 || !left->contract ? keys : strcmp(left->contract, right->contract);
}

/* Jobs of one key keep their order: they are items of one array. */
static int compare_entries(const void *left_entry, const void *right_entry)
{
    const struct entry *left = left_entry;
    const struct entry *right = right_entry;
    int keys = compare_keys(left, right);
    return keys != 0 ? keys : (left->job > right->job) - (left->job < right->job);
}

static void check_name(const struct entry *first, const struct entry *second, struct findings *findings)
{
    finding_error(findings, second->job->place,
                  "there are two jobs named `%s`, the other one %s: rename one of them", second->job->name,
                  place_relative_to(findings->arena, &first->job->place, &second->job->place));
}

static void check_table(const struct entry *first, const struct entry *second, struct findings *findings)
{
    const struct job *job = second->job;
    const char *conflict = difference(first->job, job);
    if (conflict && !text_equal(first->job->name, job->name))
        finding_error(
            findings, job->place,
            "`%s` writes the table `%s` as the job `%s` %s does, but %s: give one of them a table of its own "
            "under `target.table`",
            job->name, job->target.table, first->job->name,
            place_relative_to(findings->arena, &first->job->place, &job->place), conflict);
}

/* Two jobs that share several contracts get one finding. */
static void check_contract(const struct entry *first, const struct entry *second, struct findings *findings)
{
    bool is_new = text_equal(common_contract(first->job, second->job), second->contract);
    bool differs = difference(first->job, second->job) || text_equal(first->job->name, second->job->name);
    if (is_new && !differs)
        check_filters(first->job, second->job, findings);
}

/* The table of old versions must not be another job's own. */
static void check_history(const struct job *job, const struct entries *tables, struct findings *findings)
{
    char name[JOB_COLUMN_NAME];
    if (!job->target.history || !job_history_name(job->target.table, name))
        return;
    for (size_t i = 0; i < tables->count; i++) {
        const struct job *other = tables->items[i].job;
        if (text_equal(other->target.table, name)) {
            finding_error(findings, job->place,
                          "`%s` keeps old versions of its rows in the table `%s`, which the job `%s` %s "
                          "writes: give one of them another table under `target.table`",
                          job->name, name, other->name,
                          place_relative_to(findings->arena, &other->place, &job->place));
            return;
        }
    }
}

/* Each job is compared with the first of its key: the number of findings grows with the jobs, not with their
 * pairs.
 */
static void check_entries(struct entries *entries,
                          void (*check)(const struct entry *, const struct entry *, struct findings *),
                          struct findings *findings)
{
    size_t first = 0;
    if (entries->count > 0)
        qsort(entries->items, entries->count, sizeof *entries->items, compare_entries);
    for (size_t i = 1; i < entries->count; i++) {
        if (compare_keys(&entries->items[first], &entries->items[i]) == 0)
            check(&entries->items[first], &entries->items[i], findings);
        else
            first = i;
    }
}

void job_set_check(const struct jobs *jobs, struct findings *findings)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct entries names = {0};
    struct entries tables = {0};
    struct entries contracts = {0};
    for (size_t i = 0; i < jobs->count; i++) {
        const struct job *job = &jobs->items[i];
        const struct text_list *numbers = &job->contract_numbers;
        add_entry(arena, &names, &(struct entry){job->name, NULL, job});
        add_entry(arena, &tables, &(struct entry){job->target.table, NULL, job});
        if (job->contracts != JOB_CONTRACTS_LISTED)
            add_entry(arena, &contracts, &(struct entry){job->target.table, active_contracts, job});
        for (size_t j = 0; j < numbers->count; j++)
            add_entry(arena, &contracts, &(struct entry){job->target.table, numbers->items[j], job});
    }
    check_entries(&names, check_name, findings);
    check_entries(&tables, check_table, findings);
    check_entries(&contracts, check_contract, findings);
    for (size_t i = 0; i < jobs->count; i++)
        check_history(&jobs->items[i], &tables, findings);
}
