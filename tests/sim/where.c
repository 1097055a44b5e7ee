#include "where.h"

#include "buf.h"
#include "date.h"
#include "field.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum token_kind { TOKEN_WORD, TOKEN_STRING, TOKEN_OPERATOR, TOKEN_BROKEN, TOKEN_END };

struct token {
    enum token_kind kind;
    char text[256]; /* a string without its quotes; longer ones are cut */
};

struct bounds {
    bool has_from, has_to;
    int64_t from, to;
};

static void keep(struct token *token, size_t *length, char c)
{
    if (*length + 1 < sizeof token->text)
        token->text[(*length)++] = c;
    token->text[*length] = '\0';
}

/* Reads one token and answers where the next one starts. */
static const char *token_next(const char *at, struct token *token)
{
    size_t length = 0;

    token->text[0] = '\0';
    while (isspace((unsigned char)*at))
        at++;
    if (*at == '\0') {
        token->kind = TOKEN_END;
    } else if (*at == '\'') {
        for (at++; *at != '\0' && (*at != '\'' || at[1] == '\''); at++) {
            at += *at == '\'';
            keep(token, &length, *at);
        }
        token->kind = *at == '\'' ? TOKEN_STRING : TOKEN_BROKEN;
        at += *at == '\'';
    } else if (isalnum((unsigned char)*at) || *at == '_' || *at == '.') {
        token->kind = TOKEN_WORD;
        for (; isalnum((unsigned char)*at) || *at == '_' || *at == '.'; at++)
            keep(token, &length, *at);
    } else {
        token->kind = TOKEN_OPERATOR;
        keep(token, &length, *at);
        if (strchr("<>!=", *at) != NULL && at[1] != '\0' && strchr("=>", at[1]) != NULL)
            keep(token, &length, *++at);
        at++;
    }
    return at;
}

static void raise_from(struct bounds *bounds, int64_t day)
{
    bounds->from = !bounds->has_from || day > bounds->from ? day : bounds->from;
    bounds->has_from = true;
}

static void lower_to(struct bounds *bounds, int64_t day)
{
    bounds->to = !bounds->has_to || day < bounds->to ? day : bounds->to;
    bounds->has_to = true;
}

/* A month condition is one on the first day of the month: it opens or closes whole months. */
static int64_t month_ceiling(int64_t day)
{
    int64_t start = date_month_start(date_month_of(day));

    return start == day ? day : date_month_start(date_month_of(day) + 1);
}

static void apply(struct bounds *bounds, bool month, const char *operator_text, int64_t day)
{
    int64_t at = month ? month_ceiling(day) : day;
    int64_t after = month ? month_ceiling(day + 1) : day + 1;

    if (strcmp(operator_text, ">=") == 0 || strcmp(operator_text, "=") == 0)
        raise_from(bounds, at);
    if (strcmp(operator_text, ">") == 0)
        raise_from(bounds, after);
    if (strcmp(operator_text, "<") == 0)
        lower_to(bounds, at);
    if (strcmp(operator_text, "<=") == 0 || strcmp(operator_text, "=") == 0)
        lower_to(bounds, after);
}

struct window where_window(const char *where, struct window otherwise)
{
    struct bounds bounds = {0};
    struct token name = {TOKEN_END, ""}, operator_token = {TOKEN_END, ""}, value;

    for (const char *at = where != NULL ? where : "";
         (at = token_next(at, &value)), value.kind != TOKEN_END;) {
        bool month = strcasecmp(name.text, "usageMonth") == 0;
        int64_t day;

        if (name.kind == TOKEN_WORD && (month || strcasecmp(name.text, "usageDate") == 0) &&
            operator_token.kind == TOKEN_OPERATOR && value.kind == TOKEN_STRING &&
            date_parse(value.text, &day))
            apply(&bounds, month, operator_token.text, day);
        name = operator_token;
        operator_token = value;
    }
    if (!bounds.has_from && !bounds.has_to)
        bounds = (struct bounds){true, true, otherwise.from, otherwise.to};
    if (!bounds.has_from)
        bounds.from = bounds.to - 31;
    if (!bounds.has_to)
        bounds.to = bounds.from + 31;
    return (struct window){bounds.from, bounds.to > bounds.from ? bounds.to : bounds.from};
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
    struct token name = {TOKEN_END, ""}, like = {TOKEN_END, ""}, value;
    int depth = 0;

    for (const char *at = where != NULL ? where : "";
         (at = token_next(at, &value)), value.kind != TOKEN_END;) {
        depth += value.kind == TOKEN_OPERATOR ? (value.text[0] == '(') - (value.text[0] == ')') : 0;
        if (value.kind == TOKEN_BROKEN || depth < 0) {
            *message = mem_text("The where clause cannot be parsed.");
            return false;
        }
        if (value.kind == TOKEN_WORD && strcasecmp(value.text, "not") == 0) {
            *message = mem_text("The keyword not is not allowed in where. Use != instead.");
            return false;
        }
        if (value.kind == TOKEN_STRING && like.kind == TOKEN_WORD && strcasecmp(like.text, "like") == 0 &&
            !check_pattern(name.text, value.text, message))
            return false;
        name = like;
        like = value;
    }
    if (depth != 0)
        *message = mem_text("The where clause cannot be parsed.");
    return depth == 0;
}
