#include "job/where.h"

#include "base/macros.h"

#include <ctype.h>
#include <string.h>

/* A letter, `_`, or any byte of a character past ASCII. */
static bool begins_word(char c)
{
    return isalpha((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static size_t word_length(const char *text)
{
    size_t length = 0;
    while (begins_word(text[length]) || isdigit((unsigned char)text[length]))
        length++;
    return length;
}

/* Up to and including the closing quote; a quote written twice does not close the text. */
static size_t quoted_length(const char *text, bool *closed)
{
    char quote = text[0];
    size_t length = 1;
    *closed = false;
    while (text[length] && !*closed) {
        bool doubled = text[length] == quote && text[length + 1] == quote;
        *closed = text[length] == quote && !doubled;
        length += doubled ? 2 : 1;
    }
    return length;
}

struct where_token where_next(const char *condition, size_t *at)
{
    while (isspace((unsigned char)condition[*at]))
        (*at)++;
    const char *text = condition + *at;
    struct where_token token = {.kind = WHERE_OTHER, .bytes = text, .length = 1, .offset = *at};
    if (!*text) {
        token.kind = WHERE_END;
        token.length = 0;
    } else if (*text == '\'' || *text == '"') {
        bool closed;
        token.length = quoted_length(text, &closed);
        token.kind = closed ? WHERE_TEXT : WHERE_UNCLOSED;
    } else if (begins_word(*text)) {
        token.kind = WHERE_WORD;
        token.length = word_length(text);
    } else if (isdigit((unsigned char)*text)) {
        token.kind = WHERE_NUMBER;
        token.length = strspn(text, "0123456789.");
    } else if (*text == '(' || *text == ')') {
        token.kind = *text == '(' ? WHERE_OPEN : WHERE_CLOSE;
    } else if (strchr("=<>!", *text)) {
        token.kind = WHERE_COMPARISON;
        token.length = strspn(text, "=<>!");
    }
    *at += token.length;
    return token;
}

bool where_is_word(const struct where_token *token, const char *word)
{
    return token->kind == WHERE_WORD && token->length == strlen(word) &&
           strncasecmp(token->bytes, word, token->length) == 0;
}

const char *where_keyword(const struct where_token *token)
{
    static const char *const keywords[] = {"and", "or",   "in",  "like", "between",
                                           "is",  "null", "not", "true", "false"};
    for (size_t i = 0; i < COUNT_OF(keywords); i++)
        if (where_is_word(token, keywords[i]))
            return keywords[i];
    return NULL;
}

struct where_pattern where_pattern_of(const struct where_token *text)
{
    struct where_pattern pattern = {0};
    char quote = text->bytes[0];
    for (size_t i = 1; i + 1 < text->length; i++) {
        bool continues = ((unsigned char)text->bytes[i] & 0xC0) == 0x80;
        if (text->bytes[i] == '%')
            pattern.wildcards++;
        else if (!continues)
            pattern.others++;
        if (text->bytes[i] == quote)
            i++; /* the second of a quote written twice */
    }
    return pattern;
}
