#include "job/custom_column.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* What PostgreSQL reserves, so that a column of this name would have to be quoted in every query. */
static const char sql_words[] =
    " all analyse analyze and any array as asc asymmetric authorization binary both case cast check"
    " collate collation column concurrently constraint create cross current_catalog current_date"
    " current_role current_schema current_time current_timestamp current_user default deferrable desc"
    " distinct do else end except false fetch for foreign freeze from full grant group having ilike"
    " in initially inner intersect into is isnull join lateral leading left like limit localtime"
    " localtimestamp natural not notnull null offset on only or order outer overlaps placing primary"
    " references returning right select session_user similar some symmetric system_user table"
    " tablesample then to trailing true union unique user using variadic verbose when where window"
    " with ";

static bool is_sql_word(const char *text)
{
    char word[JOB_COLUMN_NAME + 2];
    snprintf(word, sizeof word, " %s ", text);
    return strstr(sql_words, word) != NULL;
}

/* The column of a documented field or metric, one that the tool or PostgreSQL has in every table, or a word
 * that PostgreSQL reserves. */
static bool is_taken(const char *column)
{
    size_t count;
    const struct catalogue_entry *entries = catalogue_all(&count);
    for (size_t i = 0; i < count; i++) {
        char own[JOB_COLUMN_NAME];
        if (text_snake_case(entries[i].name, own, sizeof own) && text_equal(own, column))
            return true;
    }
    return job_column_is_reserved(column) || is_sql_word(column);
}

/* A name is cut to MAX_BYTES, which leaves room for this prefix before it and for a suffix such as `_10`. */
static const char prefix[] = "custom_";
#define MAX_BYTES (JOB_COLUMN_NAME - sizeof prefix - 3)

/* The name in snake_case, cut to a length that leaves room for a suffix; false if it is empty then. */
static bool simplify(const char *name, char out[JOB_COLUMN_NAME])
{
    char snake[4 * JOB_COLUMN_NAME];
    bool whole = text_snake_case(name, snake, sizeof snake);
    (void)whole; /* what did not fit would be cut off below */
    const char *start = snake + strspn(snake, "_");
    snprintf(out, JOB_COLUMN_NAME, "%.*s", (int)MAX_BYTES, start);
    text_trim_broken_utf8(out);
    for (size_t length = strlen(out); length > 0 && out[length - 1] == '_'; length--)
        out[length - 1] = '\0';
    return *out != '\0';
}

static bool comes_before(const struct custom_columns *columns, size_t count, const char *column)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(columns->items[i], column))
            return true;
    return false;
}

static void make_one(const char *name, size_t place, struct custom_columns *columns)
{
    char simple[JOB_COLUMN_NAME];
    char *out = columns->items[place];
    if (simplify(name, simple)) {
        bool prefixed = isdigit((unsigned char)*simple) || is_taken(simple);
        snprintf(out, JOB_COLUMN_NAME, "%s%.*s", prefixed ? prefix : "", (int)MAX_BYTES, simple);
        if (!is_taken(out) && !comes_before(columns, place, out))
            return;
        snprintf(out, JOB_COLUMN_NAME, "%s%.*s_%zu", prefixed ? prefix : "", (int)MAX_BYTES, simple,
                 place + 1);
        if (!is_taken(out) && !comes_before(columns, place, out))
            return;
    }
    snprintf(out, JOB_COLUMN_NAME, "custom_field%zu", place + 1);
}

void custom_columns_make(const char *const names[CATALOGUE_CUSTOM_FIELDS], struct custom_columns *columns)
{
    *columns = (struct custom_columns){0};
    for (size_t i = 0; i < CATALOGUE_CUSTOM_FIELDS; i++)
        if (names[i])
            make_one(names[i], i, columns);
}
