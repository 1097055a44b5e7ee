#include "load/column_map.h"

#include "base/text.h"
#include "wire/pg/pg.h"

#include <stdio.h>
#include <string.h>

/* One line of the stored text. */
struct column_entry {
    const char *name;
    size_t name_length;
    const char *column;
    size_t column_length;
};

/* Reads the line at *at and moves *at to the next one. False at the end. */
static bool next_entry(const char **at, struct column_entry *entry)
{
    const char *line = *at;
    if (!*line)
        return false;
    const char *end = strchrnul(line, '\n');
    /* The last one: a contract's own name of a field may have blanks, a column has none. */
    const char *blank = memrchr(line, ' ', (size_t)(end - line));
    const char *name_end = blank ? blank : end;
    const char *column = blank ? blank + 1 : end;
    *entry = (struct column_entry){line, (size_t)(name_end - line), column, (size_t)(end - column)};
    *at = *end ? end + 1 : end;
    return true;
}

static bool is_same(const char *bytes, size_t length, const char *text)
{
    return strlen(text) == length && memcmp(bytes, text, length) == 0;
}

bool column_map_find_column(const char *remembered, const char *name, char out[JOB_COLUMN_NAME])
{
    struct column_entry entry;
    while (next_entry(&remembered, &entry)) {
        if (!is_same(entry.name, entry.name_length, name))
            continue;
        snprintf(out, JOB_COLUMN_NAME, "%.*s", (int)entry.column_length, entry.column);
        return true;
    }
    out[0] = '\0';
    return false;
}

/* Finds another field or metric than `name` that is stored for the column. */
static bool find_other(const char *remembered, const char *column, const char *name, char *out, size_t size)
{
    struct column_entry entry;
    out[0] = '\0';
    while (next_entry(&remembered, &entry)) {
        if (!is_same(entry.column, entry.column_length, column) ||
            is_same(entry.name, entry.name_length, name))
            continue;
        snprintf(out, size, "%.*s", (int)entry.name_length, entry.name);
        return true;
    }
    return false;
}

static bool job_requests(const struct job *job, const struct column_entry *entry)
{
    const struct text_list *lists[] = {&job->query.fields, &job->query.metrics};
    for (size_t list = 0; list < COUNT_OF(lists); list++)
        for (size_t i = 0; i < lists[list]->count; i++)
            if (is_same(entry->name, entry->name_length, lists[list]->items[i]))
                return true;
    return false;
}

static void put_entry(const char *name, const char *column, struct buf *out)
{
    buf_print(out, "%s%s %s", out->length > 0 ? "\n" : "", name, column);
}

const char *column_map_merge(const char *remembered, const struct job *job, struct arena *arena)
{
    char column[JOB_COLUMN_NAME];
    char ignored[JOB_COLUMN_NAME];
    struct column_entry entry;
    SCOPED(buf) struct buf merged = buf_make(BUF_OWN_TEXT);
    const struct text_list *lists[] = {&job->query.fields, &job->query.metrics};
    for (const char *at = remembered; next_entry(&at, &entry);) {
        const char *name = arena_print(arena, "%.*s", (int)entry.name_length, entry.name);
        if (column_map_find_column(buf_text(&merged), name, ignored))
            continue;
        if (job_requests(job, &entry))
            put_entry(name, job_column_name(job, name, column), &merged);
        else
            put_entry(name, arena_print(arena, "%.*s", (int)entry.column_length, entry.column), &merged);
    }
    for (size_t list = 0; list < COUNT_OF(lists); list++)
        for (size_t i = 0; i < lists[list]->count; i++)
            if (!column_map_find_column(buf_text(&merged), lists[list]->items[i], ignored))
                put_entry(lists[list]->items[i], job_column_name(job, lists[list]->items[i], column),
                          &merged);
    return arena_copy_text(arena, buf_text(&merged));
}

bool column_map_next_changed(const char **at, const char *after, struct arena *arena,
                             struct renamed_column *renamed)
{
    struct column_entry entry;
    while (next_entry(at, &entry)) {
        const char *name = arena_copy(arena, entry.name, entry.name_length);
        snprintf(renamed->column, JOB_COLUMN_NAME, "%.*s", (int)entry.column_length, entry.column);
        if (column_map_find_column(after, name, renamed->new_column) &&
            !text_equal(renamed->column, renamed->new_column))
            return true;
    }
    return false;
}

static bool is_requested(const struct jobs *jobs, const char *table, const struct column_entry *entry)
{
    for (size_t i = 0; i < jobs->count; i++)
        if (text_equal(jobs->items[i].target.table, table) && job_requests(&jobs->items[i], entry))
            return true;
    return false;
}

struct text_list column_map_list_unused(const char *remembered, const struct jobs *jobs, const char *table,
                                        struct arena *arena)
{
    struct text_list unused = {0};
    struct column_entry entry;
    while (next_entry(&remembered, &entry))
        if (!is_requested(jobs, table, &entry))
            arena_add_text(arena, &unused, arena_copy(arena, entry.name, entry.name_length));
    return unused;
}

static bool has_column(const PGresult *columns, const char *name)
{
    for (int row = 0; row < PQntuples(columns); row++)
        if (text_equal(pg_value(columns, row, "name"), name))
            return true;
    return false;
}

/* The comment that the tool gives to a column begins with the API name. */
static bool is_comment_of(const char *comment, const char *name, size_t length)
{
    return strncmp(comment, name, length) == 0 &&
           (!comment[length] || comment[length] == ',' || comment[length] == ':');
}

/* If the owner has renamed the column, its comment shows which one it is; out is "" if none does. */
static void find_renamed(const char *remembered, const PGresult *columns, const char *name,
                         char out[JOB_COLUMN_NAME])
{
    char other[64];
    out[0] = '\0';
    for (int row = 0; row < PQntuples(columns); row++) {
        const char *column = pg_value(columns, row, "name");
        if (is_comment_of(pg_value(columns, row, "comment"), name, strlen(name)) &&
            !find_other(remembered, column, name, other, sizeof other))
            snprintf(out, JOB_COLUMN_NAME, "%s", column);
    }
}

bool column_map_find_present(const char *remembered, const PGresult *columns, const char *name,
                             char out[JOB_COLUMN_NAME])
{
    if (!column_map_find_column(remembered, name, out) || !has_column(columns, out))
        find_renamed(remembered, columns, name, out);
    return *out != '\0';
}

bool column_map_next_renamed(const char **at, const char *remembered, const PGresult *columns,
                             struct arena *arena, struct renamed_column *renamed)
{
    struct column_entry entry;
    while (next_entry(at, &entry)) {
        const char *name = arena_copy(arena, entry.name, entry.name_length);
        snprintf(renamed->column, JOB_COLUMN_NAME, "%.*s", (int)entry.column_length, entry.column);
        if (column_map_find_present(remembered, columns, name, renamed->new_column) &&
            !text_equal(renamed->column, renamed->new_column))
            return true;
    }
    return false;
}

static const char *comment_of(const PGresult *columns, const char *column)
{
    for (int row = 0; row < PQntuples(columns); row++)
        if (text_equal(pg_value(columns, row, "name"), column))
            return pg_value(columns, row, "comment");
    return "";
}

/* The owner may have given the column's name to another one. Then the comments show where its values are. */
static void find_exchanged(const PGresult *columns, struct misplaced_column *misplaced)
{
    size_t length = strlen(misplaced->name);
    if (is_comment_of(comment_of(columns, misplaced->stored_in), misplaced->name, length))
        return;
    for (int row = 0; row < PQntuples(columns); row++)
        if (is_comment_of(pg_value(columns, row, "comment"), misplaced->name, length))
            snprintf(misplaced->stored_in, sizeof misplaced->stored_in, "%s", pg_value(columns, row, "name"));
}

static bool is_misplaced(const char *remembered, const PGresult *columns, struct misplaced_column *misplaced)
{
    bool is_known = column_map_find_column(remembered, misplaced->name, misplaced->stored_in);
    misplaced->wanted_exists = has_column(columns, misplaced->wanted);
    if (is_known && has_column(columns, misplaced->stored_in)) {
        find_exchanged(columns, misplaced);
        return !text_equal(misplaced->stored_in, misplaced->wanted);
    }
    misplaced->stored_in[0] = '\0';
    if (misplaced->wanted_exists)
        return find_other(remembered, misplaced->wanted, misplaced->name, misplaced->other,
                          sizeof misplaced->other);
    if (is_known)
        find_renamed(remembered, columns, misplaced->name, misplaced->stored_in);
    return is_known;
}

bool column_map_find_misplaced(const struct job *job, const char *remembered, const PGresult *columns,
                               struct misplaced_column *misplaced)
{
    const struct text_list *lists[] = {&job->query.fields, &job->query.metrics};
    for (size_t list = 0; list < COUNT_OF(lists); list++)
        for (size_t i = 0; i < lists[list]->count; i++) {
            *misplaced = (struct misplaced_column){.name = lists[list]->items[i]};
            job_column_name(job, misplaced->name, misplaced->wanted);
            if (is_misplaced(remembered, columns, misplaced))
                return true;
        }
    return false;
}

bool column_map_find_added(const struct job *job, const char *remembered, const PGresult *columns,
                           size_t *next, struct misplaced_column *added)
{
    const struct text_list *metrics = &job->query.metrics;
    while (*next < metrics->count) {
        *added = (struct misplaced_column){.name = metrics->items[(*next)++]};
        job_column_name(job, added->name, added->wanted);
        if (has_column(columns, added->wanted) &&
            !column_map_find_column(remembered, added->name, added->stored_in))
            return true;
    }
    return false;
}

static void put_rename(const char *schema, const char *table, const char *column, const char *new_name,
                       struct buf *sql)
{
    buf_put(sql, "alter table ");
    pg_put_identifier(sql, schema);
    buf_put(sql, ".");
    pg_put_identifier(sql, table);
    buf_put(sql, " rename column ");
    pg_put_identifier(sql, column);
    buf_put(sql, " to ");
    pg_put_identifier(sql, new_name);
}

bool column_map_refuse_added(const char *schema, const char *table, const struct misplaced_column *added,
                             struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    char new_name[JOB_COLUMN_NAME];
    snprintf(new_name, sizeof new_name, "own_%.50s", added->wanted);
    text_trim_broken_utf8(new_name);
    put_rename(schema, table, added->wanted, new_name, &sql);
    err_set(err, ERR_CONFIG,
            "table %s.%s has a column %s with values that no load has written, where the job wants %s",
            schema, table, added->wanted, added->name);
    return err_hint(err, "%s; or give %s another column in the job's target.rename", buf_text(&sql),
                    added->name);
}

static bool refuse_elsewhere(const char *schema, const char *table, const struct misplaced_column *misplaced,
                             struct err *err)
{
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    if (!misplaced->wanted_exists) {
        put_rename(schema, table, misplaced->stored_in, misplaced->wanted, &sql);
        buf_put(&sql, "; or ");
    }
    err_set(err, ERR_CONFIG, "table %s.%s has %s in the column %s, not in %s", schema, table, misplaced->name,
            misplaced->stored_in, misplaced->wanted);
    return err_hint(err,
                    "%swrite the table's column into the job's target.rename, or load the table again with "
                    "run --rebuild",
                    buf_text(&sql));
}

bool column_map_refuse_misplaced(const char *schema, const char *table,
                                 const struct misplaced_column *misplaced, struct err *err)
{
    if (*misplaced->stored_in)
        return refuse_elsewhere(schema, table, misplaced, err);
    if (*misplaced->other) {
        err_set(err, ERR_CONFIG, "table %s.%s has %s in the column %s, where the job wants %s", schema, table,
                misplaced->other, misplaced->wanted, misplaced->name);
        return err_hint(err,
                        "give %s another column in the job's target.rename, or load the table again with "
                        "run --rebuild",
                        misplaced->name);
    }
    err_set(err, ERR_CONFIG, "table %s.%s has lost the column %s, which holds %s", schema, table,
            misplaced->wanted, misplaced->name);
    return err_hint(err,
                    "rename the column back if it was renamed; if it was dropped, run --rebuild loads the "
                    "table again");
}
