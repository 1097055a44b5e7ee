#include "load/grain.h"

#include "base/text.h"
#include "sql/statements.h"

#include <string.h>

/* As the table of targets keeps it. */
struct grain {
    const char *fields; /* sorted API names, one a line */
    const char *key;
    bool windowed;
};

/* Sorted, whatever order the job has them in. */
static void put_names(const struct text_list *names, struct buf *text)
{
    const char *last = NULL;
    for (size_t done = 0; done < names->count; done++) {
        const char *least = NULL;
        for (size_t i = 0; i < names->count; i++) {
            const char *name = names->items[i];
            bool comes_next = (!last || strcmp(name, last) > 0) && (!least || strcmp(name, least) < 0);
            if (comes_next)
                least = name;
        }
        buf_print(text, "%s%s", done ? "\n" : "", least ? least : "");
        last = least;
    }
}

/* In a table that keeps every run's rows, the run is part of what identifies one. */
static struct grain grain_of(const struct job *job, struct arena *arena)
{
    struct buf fields = buf_make(BUF_OWN_TEXT);
    struct buf key = buf_make(BUF_OWN_TEXT);
    put_names(&job->query.fields, &fields);
    if (job->target.mode == JOB_APPEND)
        buf_put(&key, job->target.key.count ? "_run_id\n" : "_run_id");
    put_names(&job->target.key, &key);
    struct grain grain = {
        .fields = arena_copy_text(arena, buf_text(&fields)),
        .key = arena_copy_text(arena, buf_text(&key)),
        .windowed = job->window.present && !job_rows_are_dated(job),
    };
    buf_release(&fields);
    buf_release(&key);
    return grain;
}

/* One name a line → `a, b, c`. */
static const char *in_words(const char *lines, struct arena *arena)
{
    struct buf words = buf_make(BUF_OWN_TEXT);
    for (const char *at = lines; *at; at++)
        buf_print(&words, *at == '\n' ? ", " : "%c", *at);
    const char *copy = arena_copy_text(arena, buf_text(&words));
    buf_release(&words);
    return *copy ? copy : "no fields at all";
}

static const char *window_in_words(bool windowed)
{
    return windowed ? "snapshots of a window" : "rows by date";
}

/* What differs between two grains, and how each of them reads; NULL: nothing. */
static const char *difference(const struct grain *theirs, const struct grain *ours, struct arena *arena,
                              const char **their_words, const char **our_words)
{
    if (strcmp(theirs->fields, ours->fields) != 0) {
        *their_words = in_words(theirs->fields, arena);
        *our_words = in_words(ours->fields, arena);
        return "grain";
    }
    if (strcmp(theirs->key, ours->key) != 0) {
        *their_words = in_words(theirs->key, arena);
        *our_words = in_words(ours->key, arena);
        return "key";
    }
    if (theirs->windowed != ours->windowed) {
        *their_words = window_in_words(theirs->windowed);
        *our_words = window_in_words(ours->windowed);
        return "window";
    }
    return NULL;
}

/* *known: the tool made the table. The texts live as long as the result. */
static PGresult *read_grain(const char *schema, const char *table, struct pg *pg, bool *known,
                            struct grain *grain, struct err *err)
{
    PGresult *row = pg_query(pg, SQL_TARGET_MEANING, PG_PARAMS(schema, table), err);
    if (!row)
        return NULL;
    *known = PQntuples(row) > 0;
    if (*known)
        *grain = (struct grain){pg_text(row, 0, 0), pg_text(row, 0, 1), strcmp(pg_text(row, 0, 2), "t") == 0};
    return row;
}

bool grain_check(const struct target *target, struct pg *pg, struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct grain theirs;
    struct grain ours = grain_of(target->job, arena);
    bool known;
    const char *their_words;
    const char *our_words;
    SCOPED(pg_result) PGresult *row = read_grain(target->schema, target->table, pg, &known, &theirs, err);
    if (!row)
        return false;
    if (!known) {
        err_set(err, ERR_CONFIG, "table %s.%s exists and was not made by tokenflex-etl", target->schema,
                target->table);
        return err_hint(err, "give the job another target.table, or rename the table that is there");
    }
    const char *what = difference(&theirs, &ours, arena, &their_words, &our_words);
    if (!what)
        return true;
    err_set(err, ERR_CONFIG, "table %s.%s holds rows by another %s: it has [%s], the job asks for [%s]",
            target->schema, target->table, what, their_words, our_words);
    return err_hint(err, "two grains in one table would count every token twice: load the table anew with "
                         "run --rebuild, or give the job another target.table");
}

bool grain_has_changed(const struct job *job, const char *schema, struct pg *pg, bool *changed,
                       struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct grain theirs;
    struct grain ours = grain_of(job, arena);
    bool known;
    const char *ignored;
    SCOPED(pg_result)
    PGresult *columns = pg_query(pg, SQL_TARGET_COLUMNS, PG_PARAMS(schema, job->target.table), err);
    SCOPED(pg_result)
    PGresult *row = columns ? read_grain(schema, job->target.table, pg, &known, &theirs, err) : NULL;
    if (!row)
        return false;
    *changed = PQntuples(columns) > 0 && known && difference(&theirs, &ours, arena, &ignored, &ignored);
    return true;
}

bool grain_hold(const struct target *target, struct pg *pg, struct err *err)
{
    if (!target->exists)
        return true; /* made in this very transaction */
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    buf_put(&sql, "lock table ");
    target_put_name(target, &sql);
    buf_put(&sql, " in row exclusive mode");
    return pg_exec(pg, buf_text(&sql), err) && grain_check(target, pg, err);
}

bool grain_remember(const struct target *target, struct pg *pg, struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct grain grain = grain_of(target->job, arena);
    const char *own_table = target->job->target.table;
    const char *rebuilds = text_equal(target->table, own_table) ? NULL : own_table;
    SCOPED(pg_result)
    PGresult *remembered = pg_query(pg, SQL_TARGET_REMEMBER,
                                    PG_PARAMS(target->schema, target->table, target->job->name, grain.fields,
                                              grain.key, grain.windowed ? "true" : "false", rebuilds),
                                    err);
    return remembered != NULL;
}
