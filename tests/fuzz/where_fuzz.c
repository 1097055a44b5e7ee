/*
 * What where_scan() finds sound stays within its parentheses, whoever reads it: in `(CONDITION) AND w` the
 * first parenthesis ends where it should, for readers with and without escapes by backslash and comments.
 * job_filter_put() and the request's body take any of it.
 */
#include "base/mem.h"
#include "job/filter.h"
#include "job/request_body.h"
#include "job/where_scan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A dialect of SQL, as far as it matters. */
struct reader {
    bool backslash_escapes;
    bool has_comments;
    bool double_quotes;
};

static void must(bool held)
{
    if (!held)
        abort();
}

/* Behind the text that begins at `at`; the end of the condition where it is not closed. */
static size_t skip_text(const struct reader *reader, const char *text, size_t at)
{
    char quote = text[at++];
    for (; text[at]; at++) {
        bool escapes = reader->backslash_escapes && text[at] == '\\' && text[at + 1];
        if (escapes || (text[at] == quote && text[at + 1] == quote))
            at++;
        else if (text[at] == quote)
            return at + 1;
    }
    return at;
}

static size_t skip_comment(const char *text, size_t at)
{
    if (strncmp(text + at, "/*", 2) == 0) {
        const char *end = strstr(text + at + 2, "*/");
        return end ? (size_t)(end - text) + 2 : strlen(text);
    }
    bool to_line_end =
        text[at] == '#' || strncmp(text + at, "--", 2) == 0 || strncmp(text + at, "//", 2) == 0;
    return to_line_end ? at + strcspn(text + at, "\n") : at;
}

/* The place of the parenthesis that closes the first one, to this reader. */
static size_t closing_place(const struct reader *reader, const char *text)
{
    size_t depth = 0;
    for (size_t at = 0; text[at];) {
        size_t behind = reader->has_comments ? skip_comment(text, at) : at;
        bool quotes = text[at] == '\'' || (reader->double_quotes && text[at] == '"');
        if (behind > at || quotes) {
            at = behind > at ? behind : skip_text(reader, text, at);
            continue;
        }
        depth += text[at] == '(';
        depth -= text[at] == ')';
        if (depth == 0)
            return at;
        at++;
    }
    return strlen(text);
}

static void check_sound(const char *condition)
{
    SCOPED(buf) struct buf whole = buf_make(BUF_OWN_TEXT);
    buf_put(&whole, "(");
    buf_put(&whole, condition);
    size_t end = whole.length;
    buf_put(&whole, ") AND usageDate >= '2026-01-01'");
    for (unsigned i = 0; i < 4; i++) {
        const struct reader reader = {(i & 1) != 0, (i & 2) != 0, true};
        must(closing_place(&reader, whole.bytes) == end);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf filter = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf body = buf_make(BUF_OWN_TEXT);
    must(buf_append(&text, data, size));
    const char *condition = buf_text(&text);
    struct where_fault fault = where_scan(condition);
    must(fault.kind == WHERE_VALID ||
         fault.token.bytes + fault.token.length <= condition + strlen(condition));
    if (fault.kind == WHERE_VALID)
        check_sound(condition);
    struct job job = {.name = "fuzz", .query = {.where = condition}, .window = {.field = "usageDate"}};
    job_filter_put(&job, &filter);
    request_body_put(&job, &(struct window){true, 20000, 20031}, &body);
    return 0;
}
