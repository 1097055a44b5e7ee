#include "run/export_header.h"

#include "run/export_dialect.h"

#include <stdint.h>
#include <string.h>

/* The length of a list of names in a message, and of one name. Two lists must fit the text of one error. */
#define LIST_BYTES 520
#define NAME_BYTES 64

#define NO_MATCH SIZE_MAX

static const char *put_name(const char *name, char *out)
{
    return text_excerpt(name, strlen(name), out, NAME_BYTES);
}

void export_header_put_names(struct buf *text, const struct text_list *names)
{
    char shown[NAME_BYTES];
    size_t start = text->length;
    for (size_t i = 0; i < names->count; i++) {
        if (text->length - start > LIST_BYTES - NAME_BYTES) {
            buf_print(text, " and %zu more", names->count - i);
            return;
        }
        buf_print(text, "%s`%s`", i > 0 ? ", " : "", put_name(names->items[i], shown));
    }
}

/* Copies the names of the header, with a final NUL. The CSV reader rejects names that contain one. */
static struct text_list copy_names(const struct csv_record *record, size_t count, struct arena *arena)
{
    const char **items = arena_alloc(arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = arena_copy(arena, record->cells[i].bytes, record->cells[i].length);
    return (struct text_list){items, count};
}

static bool is_quoted(const struct csv_record *record)
{
    for (size_t i = 0; i < record->count; i++)
        if (record->cells[i].is_quoted && export_is_word(&record->cells[i]))
            return true;
    return false;
}

/* The column of each requested name, and the requested name of each column; NO_MATCH and NULL: no match. */
struct matching {
    const struct text_list *names;
    struct text_list columns;
    size_t *places;
    const char **owners;
};

static bool match_one(struct matching *matching, size_t name, size_t column, struct err *err)
{
    char one[NAME_BYTES];
    char other[NAME_BYTES];
    char third[NAME_BYTES];
    const char *asked = matching->names->items[name];
    const char *had = matching->columns.items[column];
    size_t before = matching->places[name];
    if (before != NO_MATCH)
        return err_set(err, ERR_DATA, "the header has two columns that may be `%s`: `%s` and `%s`",
                       put_name(asked, one), put_name(matching->columns.items[before], other),
                       put_name(had, third));
    if (matching->owners[column])
        return err_set(err, ERR_DATA, "the header's column `%s` may be `%s` or `%s`", put_name(had, one),
                       put_name(matching->owners[column], other), put_name(asked, third));
    matching->places[name] = column;
    matching->owners[column] = asked;
    return true;
}

static bool match_all(struct matching *matching, struct err *err)
{
    for (size_t i = 0; i < matching->names->count; i++)
        matching->places[i] = NO_MATCH;
    for (size_t i = 0; i < matching->names->count; i++)
        for (size_t j = 0; j < matching->columns.count; j++)
            if (text_same_name(matching->names->items[i], matching->columns.items[j]) &&
                !match_one(matching, i, j, err))
                return false;
    return true;
}

static struct text_list list_missing(const struct matching *matching, struct arena *arena)
{
    struct text_list missing = {arena_alloc(arena, matching->names->count, sizeof *missing.items), 0};
    for (size_t i = 0; i < matching->names->count; i++)
        if (matching->places[i] == NO_MATCH)
            missing.items[missing.count++] = matching->names->items[i];
    return missing;
}

static bool is_nameless(const char *name)
{
    return name[strspn(name, " \t")] == '\0';
}

static void list_nameless(const struct text_list *columns, struct arena *arena, struct export_header *header)
{
    size_t *places = arena_alloc(arena, columns->count, sizeof *places);
    header->nameless = places;
    for (size_t i = 0; i < columns->count; i++)
        if (is_nameless(columns->items[i]))
            places[header->nameless_count++] = i;
}

static struct text_list list_extra(const struct matching *matching, struct arena *arena)
{
    struct text_list extra = {arena_alloc(arena, matching->columns.count, sizeof *extra.items), 0};
    for (size_t i = 0; i < matching->columns.count; i++)
        if (!matching->owners[i] && !is_nameless(matching->columns.items[i]))
            extra.items[extra.count++] = matching->columns.items[i];
    return extra;
}

static void hint_at_custom_fields(const struct text_list *missing, const struct text_list *extra,
                                  struct err *err)
{
    SCOPED(buf) struct buf shown = buf_make(BUF_OWN_TEXT);
    for (size_t i = 0; i < missing->count; i++) {
        if (!text_starts_with(missing->items[i], "customField"))
            continue;
        export_header_put_names(&shown, extra);
        err_hint(err,
                 "the file may call a custom field by the contract's own name for it, which is not known "
                 "here; `source: query` does not need it. Not requested: %s",
                 buf_text(&shown));
        return;
    }
}

static bool refuse_missing(const struct matching *matching, const struct text_list *missing,
                           const struct text_list *extra, struct err *err)
{
    SCOPED(buf) struct buf lacks = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf has = buf_make(BUF_OWN_TEXT);
    export_header_put_names(&lacks, missing);
    export_header_put_names(&has, &matching->columns);
    if (missing->count == matching->names->count)
        err_set(err, ERR_DATA,
                "there is no header: the first line has none of the requested columns, %s; it has %s",
                buf_text(&lacks), buf_text(&has));
    else
        err_set(err, ERR_DATA, "the header lacks %s; it has %s", buf_text(&lacks), buf_text(&has));
    if (extra->count > 0)
        hint_at_custom_fields(missing, extra, err);
    return false;
}

bool export_header_match(const struct text_list *names, const struct csv_record *record, struct arena *arena,
                         struct export_header *header, struct err *err)
{
    bool has_final_comma = record->count > 1 && record->cells[record->count - 1].length == 0;
    size_t width = record->count - has_final_comma;
    struct matching matching = {
        .names = names,
        .columns = copy_names(record, width, arena),
        .places = arena_alloc(arena, names->count, sizeof *matching.places),
        .owners = arena_alloc(arena, record->count, sizeof *matching.owners),
    };
    if (!match_all(&matching, err))
        return false;
    struct text_list missing = list_missing(&matching, arena);
    struct text_list extra = list_extra(&matching, arena);
    if (missing.count > 0)
        return refuse_missing(&matching, &missing, &extra, err);
    *header = (struct export_header){
        .places = matching.places,
        .count = names->count,
        .width = width,
        .final_comma = width < record->count,
        .is_quoted = is_quoted(record),
        .extra = extra,
    };
    list_nameless(&matching.columns, arena, header);
    return true;
}
