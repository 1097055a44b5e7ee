#include "job/where_scan.h"

#include "base/utf8.h"
#include "job/catalogue.h"

#include <stdint.h>
#include <string.h>

/* What the next token has to be. */
enum expected {
    EXPECT_TERM,        /* a parenthesis, or the left side of a comparison */
    EXPECT_COMPARISON,  /* behind a left side */
    EXPECT_VALUE,       /* the right side */
    EXPECT_LIST,        /* IN's parenthesis */
    EXPECT_ITEM,        /* of IN's list */
    EXPECT_LOW,         /* BETWEEN's first value */
    EXPECT_RANGE_AND,   /* BETWEEN's AND */
    EXPECT_CONSTANT,    /* behind IS */
    EXPECT_CONJUNCTION, /* behind a term */
    EXPECT_NEXT_ITEM,   /* behind an item of a list */
    EXPECT_FIRST_ARGUMENT,
    EXPECT_ARGUMENT,
    EXPECT_NEXT_ARGUMENT,
};

struct scan {
    const char *condition;
    size_t at;
    struct where_token token;
    enum expected expected;
    enum expected after[WHERE_MAX_DEPTH]; /* of each open parenthesis: what comes behind its end */
    bool is_group[WHERE_MAX_DEPTH];       /* it holds a condition */
    size_t depth;
    struct where_fault fault;
};

static bool fail(struct scan *scan, enum where_fault_kind kind)
{
    scan->fault = (struct where_fault){kind, scan->token};
    return false;
}

static bool is_character(const struct where_token *token, char character)
{
    return token->kind == WHERE_OTHER && token->bytes[0] == character;
}

static bool begins_comment(const char *bytes)
{
    static const char *const marks[] = {"--", "/*", "*/", "//", "#"};
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (strncmp(bytes, marks[i], strlen(marks[i])) == 0)
            return true;
    return false;
}

/* Some dialects of SQL read a quote after an odd number of backslashes as escaped, others as the end of the
 * text.
 */
static bool has_escaped_quote(const struct where_token *text)
{
    size_t backslashes = 0;
    for (size_t i = 1; i < text->length; i++) {
        bool is_quote = text->bytes[i] == '\'' || text->bytes[i] == '"';
        if (is_quote && backslashes % 2 == 1)
            return true;
        backslashes = text->bytes[i] == '\\' ? backslashes + 1 : 0;
    }
    return false;
}

static bool is_quotation_mark(uint32_t point)
{
    return (point >= 0x2018 && point <= 0x201F) || point == 0xAB || point == 0xBB || point == 0x60 ||
           point == 0xFF07 || point == 0xFF02;
}

/* Whether all of a word's characters are letters, digits and `_`; else the fault. */
static bool check_word(struct scan *scan)
{
    const struct where_token *word = &scan->token;
    size_t step;
    for (size_t i = 0; i < word->length; i += step) {
        step = utf8_length(word->bytes + i, word->length - i);
        uint32_t point = step ? utf8_point(word->bytes + i, step) : 0;
        if (step == 0 || (point != '_' && !utf8_is_letter(point)))
            return fail(scan, is_quotation_mark(point) ? WHERE_WRONG_QUOTES : WHERE_CHARACTER);
    }
    return true;
}

/* A character that is no token of the grammar: why not. */
static bool check_other(struct scan *scan)
{
    const char *bytes = scan->token.bytes;
    bool is_sign = *bytes == '-' || *bytes == '+';
    if (begins_comment(bytes))
        return fail(scan, WHERE_COMMENT);
    if (*bytes == ',' || is_sign)
        return true;
    return fail(scan, *bytes == '`' ? WHERE_WRONG_QUOTES : WHERE_CHARACTER);
}

/* What is wrong with the token wherever it stands. */
static bool check_token(struct scan *scan)
{
    switch (scan->token.kind) {
    case WHERE_WORD:
        return check_word(scan);
    case WHERE_TEXT:
        return !has_escaped_quote(&scan->token) || fail(scan, WHERE_BACKSLASH);
    case WHERE_UNCLOSED:
        return fail(scan, WHERE_UNBALANCED);
    case WHERE_OTHER:
        return check_other(scan);
    case WHERE_END:
    case WHERE_NUMBER:
    case WHERE_OPEN:
    case WHERE_CLOSE:
    case WHERE_COMPARISON:
        break;
    }
    return true;
}

/* The next token that is not NOT. */
static bool advance(struct scan *scan)
{
    do {
        scan->token = where_next(scan->condition, &scan->at);
    } while (where_is_word(&scan->token, "not"));
    return check_token(scan);
}

static bool is_constant(const struct where_token *token)
{
    return where_is_word(token, "null") || where_is_word(token, "true") || where_is_word(token, "false");
}

static bool is_name(const struct where_token *token)
{
    return token->kind == WHERE_WORD && !where_keyword(token);
}

static bool is_field(const struct where_token *token)
{
    size_t count;
    const struct catalogue_entry *all = catalogue_all(&count);
    for (size_t i = 0; i < count; i++)
        if (where_is_word(token, all[i].name))
            return true;
    return false;
}

static bool is_next(const struct scan *scan, enum where_kind kind)
{
    size_t at = scan->at;
    return where_next(scan->condition, &at).kind == kind;
}

static bool open(struct scan *scan, bool is_group, enum expected within, enum expected after)
{
    if (scan->depth == WHERE_MAX_DEPTH)
        return fail(scan, WHERE_TOO_DEEP);
    scan->is_group[scan->depth] = is_group;
    scan->after[scan->depth++] = after;
    scan->expected = within;
    return true;
}

static bool close(struct scan *scan)
{
    scan->expected = scan->after[--scan->depth];
    return true;
}

/* A name with its `(` behind it, which is taken too. */
static bool open_call(struct scan *scan, enum expected after)
{
    return advance(scan) && open(scan, false, EXPECT_FIRST_ARGUMENT, after);
}

/* A sign in front of a number belongs to it. */
static bool is_number(struct scan *scan)
{
    bool is_signed = is_character(&scan->token, '-') || is_character(&scan->token, '+');
    if (!is_signed)
        return scan->token.kind == WHERE_NUMBER;
    return is_next(scan, WHERE_NUMBER) && advance(scan);
}

/* Takes an operand; `after` is expected next. If there is no operand, the fault is `missing`. */
static bool take_operand(struct scan *scan, enum expected after, enum where_fault_kind missing)
{
    bool names = is_name(&scan->token);
    if (names && is_next(scan, WHERE_OPEN))
        return open_call(scan, after);
    if (!names && !is_constant(&scan->token) && scan->token.kind != WHERE_TEXT && !is_number(scan))
        return scan->fault.kind == WHERE_VALID && fail(scan, missing);
    scan->expected = after;
    return true;
}

static bool take_value(struct scan *scan, enum expected after)
{
    bool names = is_name(&scan->token);
    if (names && !is_field(&scan->token) && !is_next(scan, WHERE_OPEN))
        return fail(scan, WHERE_UNQUOTED);
    return take_operand(scan, after, WHERE_NO_VALUE);
}

static bool take_comparison(struct scan *scan)
{
    static const struct {
        const char *word;
        enum expected expected;
    } words[] = {
        {"like", EXPECT_VALUE}, {"in", EXPECT_LIST}, {"between", EXPECT_LOW}, {"is", EXPECT_CONSTANT}};
    static const char *const comparisons[] = {"=", "!=", "<>", "<", "<=", ">", ">="};
    const struct where_token *token = &scan->token;
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (where_is_word(token, words[i].word)) {
            scan->expected = words[i].expected;
            return true;
        }
    }
    for (size_t i = 0; token->kind == WHERE_COMPARISON && i < COUNT_OF(comparisons); i++) {
        if (strlen(comparisons[i]) == token->length &&
            memcmp(token->bytes, comparisons[i], token->length) == 0) {
            scan->expected = EXPECT_VALUE;
            return true;
        }
    }
    return fail(scan, WHERE_NO_COMPARISON);
}

/* Fails: another token stands where `missing` is expected. A `-` and a number after a number are a date
 * without quotes. */
static bool refuse_rest(struct scan *scan, enum where_fault_kind missing)
{
    bool is_date = is_character(&scan->token, '-') && is_next(scan, WHERE_NUMBER) && scan->token.offset > 0 &&
                   scan->token.bytes[-1] >= '0' && scan->token.bytes[-1] <= '9';
    return fail(scan, is_date ? WHERE_UNQUOTED_DATE : missing);
}

/* Behind a term, an item or an argument. */
static bool take_next(struct scan *scan)
{
    const struct where_token *token = &scan->token;
    bool in_condition = scan->expected == EXPECT_CONJUNCTION;
    if (in_condition && (where_is_word(token, "and") || where_is_word(token, "or"))) {
        scan->expected = EXPECT_TERM;
        return true;
    }
    if (!in_condition && is_character(token, ',')) {
        scan->expected = scan->expected == EXPECT_NEXT_ITEM ? EXPECT_ITEM : EXPECT_ARGUMENT;
        return true;
    }
    if (token->kind != WHERE_CLOSE)
        return refuse_rest(scan, WHERE_NO_CONJUNCTION);
    bool fits = scan->depth > 0 && scan->is_group[scan->depth - 1] == in_condition;
    return fits ? close(scan) : fail(scan, WHERE_UNBALANCED);
}

/* The token is allowed here. */
static bool take(struct scan *scan)
{
    bool opens = scan->token.kind == WHERE_OPEN;
    switch (scan->expected) {
    case EXPECT_TERM:
        return opens ? open(scan, true, EXPECT_TERM, EXPECT_CONJUNCTION)
                     : take_operand(scan, EXPECT_COMPARISON, WHERE_NO_COMPARISON);
    case EXPECT_COMPARISON:
        return take_comparison(scan);
    case EXPECT_VALUE:
        return opens ? open(scan, false, EXPECT_ITEM, EXPECT_CONJUNCTION)
                     : take_value(scan, EXPECT_CONJUNCTION);
    case EXPECT_LIST:
        return opens ? open(scan, false, EXPECT_ITEM, EXPECT_CONJUNCTION) : fail(scan, WHERE_NO_LIST);
    case EXPECT_ITEM:
        return take_value(scan, EXPECT_NEXT_ITEM);
    case EXPECT_LOW:
        return take_value(scan, EXPECT_RANGE_AND);
    case EXPECT_RANGE_AND:
        scan->expected = EXPECT_VALUE;
        return where_is_word(&scan->token, "and") || refuse_rest(scan, WHERE_NO_RANGE_END);
    case EXPECT_CONSTANT:
        scan->expected = EXPECT_CONJUNCTION;
        return is_constant(&scan->token) || fail(scan, WHERE_NO_VALUE);
    case EXPECT_CONJUNCTION:
    case EXPECT_NEXT_ITEM:
    case EXPECT_NEXT_ARGUMENT:
        return take_next(scan);
    case EXPECT_FIRST_ARGUMENT:
        return scan->token.kind == WHERE_CLOSE ? close(scan)
                                               : take_operand(scan, EXPECT_NEXT_ARGUMENT, WHERE_NO_VALUE);
    case EXPECT_ARGUMENT:
        return take_operand(scan, EXPECT_NEXT_ARGUMENT, WHERE_NO_VALUE);
    }
    return fail(scan, WHERE_NO_COMPARISON);
}

struct where_fault where_scan(const char *condition)
{
    struct scan scan = {.condition = condition};
    while (advance(&scan)) {
        bool ends = scan.token.kind == WHERE_END;
        if (ends && scan.expected == EXPECT_CONJUNCTION) {
            if (scan.depth > 0)
                fail(&scan, WHERE_UNBALANCED);
            break;
        }
        if (!take(&scan))
            break;
    }
    return scan.fault;
}
