#include "job/filter.h"

#include "job/where.h"

#include <stdlib.h>
#include <string.h>

/* Lists nested deeper than this keep their order: the service does not know nested lists. */
#define MAX_LISTS 16

/* A walk through the condition, one token after the other. */
struct reader {
    const char *where;
    size_t at;
    struct where_token token;
    unsigned lists; /* `in (…)` that are open */
};

static void advance(struct reader *reader)
{
    reader->token = where_next(reader->where, &reader->at);
}

static bool is_comma(const struct where_token *token)
{
    return token->kind == WHERE_OTHER && token->bytes[0] == ',';
}

static void put_token(const struct where_token *token, struct buf *out)
{
    char last = out->length > 0 ? out->bytes[out->length - 1] : '(';
    bool is_apart = last != '(' && token->kind != WHERE_CLOSE && !is_comma(token);
    const char *keyword = where_keyword(token);
    buf_put(out, is_apart ? " " : "");
    if (keyword)
        buf_put(out, keyword);
    else
        buf_print(out, "%.*s", (int)token->length, token->bytes);
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Appends the items sorted, each once, with ", " between them. */
static void put_sorted(struct text_list *items, struct buf *out)
{
    qsort(items->items, items->count, sizeof *items->items, compare_texts);
    for (size_t i = 0; i < items->count; i++)
        if (i == 0 || !text_equal(items->items[i - 1], items->items[i]))
            buf_print(out, "%s%s", i > 0 ? ", " : "", items->items[i]);
}

static void put_list(struct reader *reader, struct buf *out);

enum extent { WHOLE_CONDITION, ITEM_OF_LIST };

static void put_terms(struct reader *reader, enum extent extent, struct buf *out)
{
    size_t depth = 0;
    bool after_in = false;
    for (; reader->token.kind != WHERE_END; advance(reader)) {
        const struct where_token *token = &reader->token;
        bool closes = token->kind == WHERE_CLOSE;
        if (extent == ITEM_OF_LIST && depth == 0 && (closes || is_comma(token)))
            return;
        bool is_list = after_in && token->kind == WHERE_OPEN && reader->lists < MAX_LISTS;
        depth += token->kind == WHERE_OPEN && !is_list;
        depth -= closes && depth > 0;
        after_in = where_is_word(token, "in");
        if (is_list)
            put_list(reader, out);
        else
            put_token(token, out);
    }
}

/* From the parenthesis that opens to the one that closes. */
static void put_list(struct reader *reader, struct buf *out)
{
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(buf) struct buf item = buf_make(BUF_OWN_TEXT);
    struct text_list items = {0};
    put_token(&reader->token, out);
    reader->lists++;
    do {
        advance(reader);
        buf_clear(&item);
        put_terms(reader, ITEM_OF_LIST, &item);
        arena_add_text(arena, &items, arena_copy(arena, buf_text(&item), item.length));
    } while (is_comma(&reader->token));
    reader->lists--;
    put_sorted(&items, out);
    if (reader->token.kind == WHERE_CLOSE)
        put_token(&reader->token, out);
}

/* Quoted like a text of SQL, so that a comma in a name is not a separator. */
static const char *quoted_category(const char *category, struct arena *arena)
{
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    const struct usage_category_info *known = usage_category_find(category);
    buf_put(&text, "'");
    for (const char *letter = known ? known->name : category; *letter; letter++)
        buf_print(&text, "%s%c", *letter == '\'' ? "'" : "", *letter);
    buf_put(&text, "'");
    return arena_copy(arena, buf_text(&text), text.length);
}

static void put_categories(const struct text_list *categories, struct buf *out)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct text_list names = {arena_alloc(arena, categories->count, sizeof *names.items), categories->count};
    for (size_t i = 0; i < categories->count; i++)
        names.items[i] = quoted_category(categories->items[i], arena);
    buf_put(out, "usageCategory in (");
    put_sorted(&names, out);
    buf_put(out, ")");
}

void job_filter_put(const struct job *job, struct buf *out)
{
    SCOPED(buf) struct buf where = buf_make(BUF_OWN_TEXT);
    const struct text_list *categories = &job->query.usage_categories;
    if (categories->count > 0)
        put_categories(categories, out);
    if (!job->query.where)
        return;
    struct reader reader = {.where = job->query.where};
    advance(&reader);
    put_terms(&reader, WHOLE_CONDITION, &where);
    buf_print(out, "%swhere %s", categories->count > 0 ? " " : "", buf_text(&where));
}
