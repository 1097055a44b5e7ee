#include "load/grain.h"

#include "base/text.h"
#include "load/table_kind.h"
#include "sql/statements.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* The column that tells runs' rows apart: the first of the key where every run's rows are kept. */
#define RUN_COLUMN "_run_id"

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

static void put_columns(const struct job *job, struct buf *text)
{
    char column[JOB_COLUMN_NAME];
    const struct text_list *key = &job->target.key;
    for (size_t i = 0; i < key->count; i++)
        buf_print(text, "%s%s %s", i ? "\n" : "", key->items[i], job_column_name(job, key->items[i], column));
}

/* What is to be remembered of a table that the job makes. In one that keeps every run's rows, the run is part
 * of what identifies a row. */
static struct target_record record_of(const struct job *job, struct arena *arena)
{
    struct buf fields = buf_make(BUF_OWN_TEXT);
    struct buf key = buf_make(BUF_OWN_TEXT);
    struct buf columns = buf_make(BUF_OWN_TEXT);
    put_names(&job->query.fields, &fields);
    put_columns(job, &columns);
    if (job->target.mode == JOB_APPEND)
        buf_put(&key, job->target.key.count ? RUN_COLUMN "\n" : RUN_COLUMN);
    put_names(&job->target.key, &key);
    struct target_record record = {
        .job = job->name,
        .grain = arena_copy_text(arena, buf_text(&fields)),
        .key = arena_copy_text(arena, buf_text(&key)),
        .key_columns = arena_copy_text(arena, buf_text(&columns)),
        .windowed = job->window.present && !job_rows_are_dated(job),
    };
    buf_release(&fields);
    buf_release(&key);
    buf_release(&columns);
    return record;
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
static const char *difference(const struct target_record *theirs, const struct target_record *ours,
                              struct arena *arena, const char **their_words, const char **our_words)
{
    if (strcmp(theirs->grain, ours->grain) != 0) {
        *their_words = in_words(theirs->grain, arena);
        *our_words = in_words(ours->grain, arena);
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

static bool has_column(const PGresult *columns, const char *name)
{
    for (int row = 0; row < PQntuples(columns); row++)
        if (text_equal(pg_value(columns, row, "name"), name))
            return true;
    return false;
}

/* The column of a field, as the table remembers it; "" where it does not. Returns out. */
static const char *remembered_column(const struct target_record *record, const char *field,
                                     char out[JOB_COLUMN_NAME])
{
    size_t length = strlen(field);
    out[0] = '\0';
    for (const char *line = record->key_columns; *line;) {
        const char *end = strchrnul(line, '\n');
        if (strncmp(line, field, length) == 0 && line[length] == ' ')
            snprintf(out, JOB_COLUMN_NAME, "%.*s", (int)(end - line - (ptrdiff_t)length - 1),
                     line + length + 1);
        line = *end ? end + 1 : end;
    }
    return out;
}

/*
 * A field of the key that the table has elsewhere than the job wants it, or not at all; NULL: all are in
 * their place. Rows are found by their keys, and columns of the key are never written again: a column that is
 * new or another field's would stay wrong. One that somebody has renamed in the table is in its place.
 */
struct misplaced {
    const char *field;
    char wanted[JOB_COLUMN_NAME];
    char kept_in[JOB_COLUMN_NAME]; /* "" : nowhere */
};

static bool find_misplaced(const struct job *job, const struct target_record *theirs, const PGresult *columns,
                           struct misplaced *misplaced)
{
    const struct text_list *key = &job->target.key;
    for (size_t i = 0; i < key->count; i++) {
        misplaced->field = key->items[i];
        job_column_name(job, misplaced->field, misplaced->wanted);
        remembered_column(theirs, misplaced->field, misplaced->kept_in);
        if (!has_column(columns, misplaced->kept_in))
            misplaced->kept_in[0] = '\0';
        bool is_elsewhere = *misplaced->kept_in && !text_equal(misplaced->kept_in, misplaced->wanted);
        if (is_elsewhere || !has_column(columns, misplaced->wanted))
            return true;
    }
    return false;
}

static bool refuse_misplaced(const struct target *target, const struct misplaced *misplaced, struct err *err)
{
    const char *schema = target->schema;
    const char *table = target->table;
    if (!*misplaced->kept_in) {
        err_set(err, ERR_CONFIG, "table %s.%s has no column %s for %s, which is part of its key", schema,
                table, misplaced->wanted, misplaced->field);
        return err_hint(err,
                        "rename or restore the column in the table, take the job's target.rename back, or "
                        "load the table anew with run --rebuild");
    }
    err_set(err, ERR_CONFIG, "table %s.%s has %s, which is part of its key, in the column %s, not in %s",
            schema, table, misplaced->field, misplaced->kept_in, misplaced->wanted);
    return err_hint(
        err,
        "alter table \"%s\".\"%s\" rename column \"%s\" to \"%s\"; or take the job's target.rename "
        "back, or load the table anew with run --rebuild",
        schema, table, misplaced->kept_in, misplaced->wanted);
}

/* Whether the fields of the key are in the columns where the job wants them. */
static bool check_places(const struct target *target, const struct target_record *theirs, struct pg *pg,
                         struct err *err)
{
    struct misplaced misplaced;
    SCOPED(pg_result)
    PGresult *columns = pg_query(pg, SQL_TARGET_COLUMNS, PG_PARAMS(target->schema, target->table), err);
    if (!columns)
        return false;
    return !find_misplaced(target->job, theirs, columns, &misplaced) ||
           refuse_misplaced(target, &misplaced, err);
}

bool grain_check(const struct target *target, struct pg *pg, struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    const struct target_record *theirs;
    struct target_record ours = record_of(target->job, arena);
    struct target_name name = {target->schema, target->table};
    const char *their_words;
    const char *our_words;
    if (!target_record_read(pg, &name, arena, &theirs, err))
        return false;
    if (!theirs) {
        err_set(err, ERR_CONFIG, "table %s.%s exists and was not made by tokenflex-etl", target->schema,
                target->table);
        return err_hint(err, "give the job another target.table, or rename the table that is there");
    }
    const char *what = difference(theirs, &ours, arena, &their_words, &our_words);
    if (!what)
        return check_places(target, theirs, pg, err);
    err_set(err, ERR_CONFIG, "table %s.%s holds rows by another %s: it has [%s], the job asks for [%s]",
            target->schema, target->table, what, their_words, our_words);
    return err_hint(err, "two grains in one table would count every token twice: load the table anew with "
                         "run --rebuild, or give the job another target.table");
}

bool grain_has_changed(const struct job *job, const char *schema, struct pg *pg, bool *changed,
                       struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    const struct target_record *theirs;
    struct target_record ours = record_of(job, arena);
    struct target_name name = {schema, job->target.table};
    const char *ignored;
    if (!table_kind_check(schema, job->target.table, pg, err))
        return false;
    SCOPED(pg_result)
    PGresult *columns = pg_query(pg, SQL_TARGET_COLUMNS, PG_PARAMS(schema, job->target.table), err);
    if (!columns || !target_record_read(pg, &name, arena, &theirs, err))
        return false;
    struct misplaced misplaced;
    *changed = PQntuples(columns) > 0 && theirs &&
               (difference(theirs, &ours, arena, &ignored, &ignored) ||
                find_misplaced(job, theirs, columns, &misplaced));
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
    const char *own_table = target->job->target.table;
    struct target_record record = record_of(target->job, arena);
    record.name = (struct target_name){target->schema, target->table};
    record.rebuilds = text_equal(target->table, own_table) ? NULL : own_table;
    return target_record_remember(pg, &record, err);
}

bool grain_keeps_every_run(const struct target_record *record)
{
    return text_equal(record->key, RUN_COLUMN) || text_starts_with(record->key, RUN_COLUMN "\n");
}
