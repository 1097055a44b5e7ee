#include "wire/pg/quote.h"

#include <string.h>

static void put_quoted(struct buf *sql, char quote, const char *text)
{
    const char marks[] = {quote, '\0'};
    buf_put(sql, marks);
    for (const char *rest = text; *rest != '\0';) {
        size_t plain = strcspn(rest, marks);
        buf_print(sql, "%.*s", (int)plain, rest);
        rest += plain;
        if (*rest != '\0') {
            buf_print(sql, "%c%c", quote, quote);
            rest++;
        }
    }
    buf_put(sql, marks);
}

void pg_put_identifier(struct buf *sql, const char *name)
{
    put_quoted(sql, '"', name);
}

void pg_put_literal(struct buf *sql, const char *text)
{
    put_quoted(sql, '\'', text);
}

void pg_put_on_one_line(struct buf *sql, const char *statement)
{
    char quote = '\0'; /* within which the text is */
    for (const char *at = statement; *at; at++) {
        if (*at == '\n' && !quote) {
            at += strspn(at, "\n ") - 1;
            buf_put(sql, " ");
            continue;
        }
        if (quote ? *at == quote : *at == '\'' || *at == '"')
            quote = quote ? '\0' : *at;
        buf_print(sql, "%c", *at);
    }
}
