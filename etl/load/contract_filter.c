#include "load/contract_filter.h"

#include "base/readable.h"
#include "base/text.h"
#include "job/filter.h"
#include "load/contract_filter_inner.h"
#include "state/target_filter.h"

#include <inttypes.h>
#include <string.h>

/* The export request, a poll that comes too early, one that finds the file, and the deletion. */
#define EXPORT_REQUESTS 4

/* Two filters and the text around them must fit into one error. */
#define SHOWN_FILTER 480

static struct target_filter filter_of(const struct job *job, struct arena *arena)
{
    const struct text_list *categories = &job->query.usage_categories;
    SCOPED(buf) struct buf normal = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf lines = buf_make(BUF_OWN_TEXT);
    job_filter_put(job, &normal);
    for (size_t i = 0; i < categories->count; i++)
        buf_print(&lines, "%s%s", i ? "\n" : "", categories->items[i]);
    return (struct target_filter){
        .job = job->name,
        .filter = arena_copy_text(arena, buf_text(&normal)),
        .where = job->query.where,
        .usage_categories = arena_copy_text(arena, buf_text(&lines)),
    };
}

/* The filter as in a job file: `usageCategory: [A, B]; where: userName = 'x'`. */
static const char *in_words(const struct target_filter *filter, char out[SHOWN_FILTER])
{
    SCOPED(buf) struct buf words = buf_make(BUF_OWN_TEXT);
    if (*filter->usage_categories) {
        buf_put(&words, "usageCategory: [");
        for (const char *at = filter->usage_categories; *at; at++)
            buf_print(&words, *at == '\n' ? ", " : "%c", *at);
        buf_put(&words, "]");
    }
    if (filter->where)
        buf_print(&words, "%swhere: %s", words.length > 0 ? "; " : "", filter->where);
    if (words.length == 0)
        buf_put(&words, "no filter");
    return text_excerpt(buf_text(&words), words.length, out, SHOWN_FILTER);
}

/* *theirs is NULL if the stored filter is the job's, or none is stored. */
static bool find_other(const struct contract_load *load, const struct target_filter *ours, struct pg *pg,
                       struct arena *arena, const struct target_filter **theirs, struct err *err)
{
    struct target_name name = {load->schema, load->table};
    if (!target_filter_read(pg, &name, load->contract, arena, theirs, err))
        return false;
    if (*theirs && text_equal((*theirs)->filter, ours->filter))
        *theirs = NULL;
    return true;
}

bool contract_filter_has_changed(const struct contract_load *load, struct pg *pg, bool *changed,
                                 struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    const struct target_filter *theirs;
    struct target_filter ours = filter_of(load->job, arena);
    if (!find_other(load, &ours, pg, arena, &theirs, err))
        return false;
    *changed = theirs != NULL;
    return true;
}

static uint64_t count_chunks(const struct job *job, const struct window *days)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct windows windows;
    struct err ignored;
    struct window_override all = {true, days->from, days->to};
    bool is_cut =
        days->bounded && job->window.present && window_plan(job, &all, days->to, arena, &windows, &ignored);
    return is_cut ? windows.count : 1;
}

uint64_t contract_filter_rebuild_requests(const struct job *job, const struct table_contents *contents)
{
    uint64_t requests = 0;
    for (size_t i = 0; i < contents->count; i++) {
        uint64_t chunks = count_chunks(job, &contents->items[i].days);
        uint64_t pages = (contents->items[i].rows + job->page_size - 1) / job->page_size;
        if (job->source == JOB_SOURCE_EXPORT)
            requests += chunks * EXPORT_REQUESTS;
        else
            requests += chunks + (pages > chunks ? pages : chunks);
    }
    return requests;
}

/* Adds a hint with the cost of a rebuild, which loads all that the table holds, of every contract. */
static bool hint_at_rebuild(const struct contract_load *load, struct pg *pg, struct arena *arena,
                            struct err *err)
{
    struct err failed;
    struct table_contents contents;
    struct table_contents_request table = {load->job, load->schema, load->table};
    uint64_t rows = 0;
    if (!table_contents_read(&table, pg, arena, &contents, &failed)) {
        *err = failed;
        return false;
    }
    for (size_t i = 0; i < contents.count; i++)
        rows += contents.items[i].rows;
    uint64_t requests = contract_filter_rebuild_requests(load->job, &contents);
    return err_hint(
        err,
        "give the job another target.table; or load the table again with run --rebuild: about "
        "%" PRIu64 " request%s, estimated from the %" PRIu64 " row%s and the days that the table holds, %s",
        requests, readable_plural(requests), rows, readable_plural(rows),
        load->job->source == JOB_SOURCE_EXPORT
            ? "four per chunk"
            : arena_print(arena, "one per chunk and one per page of %u rows", load->job->page_size));
}

bool contract_filter_check(const struct contract_load *load, struct pg *pg, struct err *err)
{
    char their_words[SHOWN_FILTER];
    char our_words[SHOWN_FILTER];
    SCOPED(arena) struct arena *arena = arena_make();
    const struct target_filter *theirs;
    struct target_filter ours = filter_of(load->job, arena);
    if (!find_other(load, &ours, pg, arena, &theirs, err))
        return false;
    if (!theirs)
        return true;
    err_set(err, ERR_CONFIG,
            "table %s.%s holds rows of contract %s with another filter: the job %s has loaded them with "
            "[%s], the job %s requests [%s]",
            load->schema, load->table, load->contract, theirs->job, in_words(theirs, their_words),
            load->job->name, in_words(&ours, our_words));
    return hint_at_rebuild(load, pg, arena, err);
}

bool contract_filter_remember(const struct contract_load *load, struct pg *pg, struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct target_filter ours = filter_of(load->job, arena);
    struct target_name name = {load->schema, load->table};
    return target_filter_remember(pg, &name, load->contract, &ours, err);
}
