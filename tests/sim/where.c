#include "where.h"

#include "buf.h"
#include "filter.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void keep(struct where_token *token, size_t *length, char c)
{
    if (*length + 1 < sizeof token->text)
        token->text[(*length)++] = c;
    token->text[*length] = '\0';
}

/* Names may be of any script. */
static bool is_of_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || ((unsigned char)c & 0x80) != 0;
}

const char *where_token_next(const char *at, struct where_token *token)
{
    size_t length = 0;

    token->text[0] = '\0';
    while (isspace((unsigned char)*at))
        at++;
    if (*at == '\0') {
        token->kind = WHERE_END;
    } else if (*at == '\'') {
        for (at++; *at != '\0' && (*at != '\'' || at[1] == '\''); at++) {
            at += *at == '\'';
            keep(token, &length, *at);
        }
        token->kind = *at == '\'' ? WHERE_STRING : WHERE_BROKEN;
        at += *at == '\'';
    } else if (is_of_word(*at)) {
        token->kind = WHERE_WORD;
        for (; is_of_word(*at); at++)
            keep(token, &length, *at);
    } else {
        token->kind = WHERE_OPERATOR;
        keep(token, &length, *at);
        if (strchr("<>!=", *at) != NULL && at[1] != '\0' && strchr("=>", at[1]) != NULL)
            keep(token, &length, *++at);
        at++;
    }
    return at;
}

struct window where_window(const char *where, struct window otherwise)
{
    char *message = NULL;
    struct filter *filter = filter_read(where, NULL, &message);
    struct window window = filter_window(filter);
    bool has_from = window.from != INT64_MIN, has_to = window.to != INT64_MAX;

    filter_free(filter);
    free(message);
    if (!has_from && !has_to)
        return otherwise;
    if (!has_from)
        window.from = window.to - 31;
    if (!has_to)
        window.to = window.from + 31;
    return (struct window){window.from, window.to > window.from ? window.to : window.from};
}

static bool check_pattern(const char *field_name, const char *pattern, char **message)
{
    size_t others = 0;

    if (strchr(pattern, '%') == NULL)
        return true;
    for (const char *c = pattern; *c != '\0'; c++)
        others += *c != '%' && ((unsigned char)*c & 0xc0) != 0x80;
    if (field_find(field_name)->enumerated) {
        *message = mem_format("Wildcards are not allowed for the field %s.", field_name);
        return false;
    }
    if (others < 3) {
        *message =
            mem_format("Wildcard pattern '%s' must contain at least three non-wildcard characters.", pattern);
        return false;
    }
    return true;
}

bool where_check(const char *where, char **message)
{
    struct where_token name = {WHERE_END, ""}, like = {WHERE_END, ""}, value;

    for (const char *at = where != NULL ? where : "";
         (at = where_token_next(at, &value)), value.kind != WHERE_END;) {
        if (value.kind == WHERE_WORD && strcasecmp(value.text, "not") == 0) {
            *message = mem_text("The keyword not is not allowed in where. Use != instead.");
            return false;
        }
        if (value.kind == WHERE_STRING && like.kind == WHERE_WORD && strcasecmp(like.text, "like") == 0 &&
            !check_pattern(name.text, value.text, message))
            return false;
        name = like;
        like = value;
    }
    struct filter *filter = filter_read(where, NULL, message);
    filter_free(filter);
    return *message == NULL;
}
