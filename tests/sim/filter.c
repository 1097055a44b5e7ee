#include "filter.h"

#include "config.h"
#include "date.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_DEPTH 100

enum node_kind { NODE_AND, NODE_OR, NODE_COMPARISON };
enum comparison { EQUAL, UNEQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, LIKE };

struct filter {
    enum node_kind kind;
    struct filter *left, *right;
    enum comparison comparison;
    char *field;
    int place; /* of the field's values */
    char *text;
    bool ordered; /* by a number: a day, or a contract year */
    bool month;
    int64_t number;
};

struct reading {
    const struct contract *contract;
    const char *at;
    struct where_token token; /* the next one */
    int depth;
};

static struct filter *read_or(struct reading *reading);

static void advance(struct reading *reading)
{
    reading->at = where_token_next(reading->at, &reading->token);
}

static bool is_word(const struct reading *reading, const char *word)
{
    return reading->token.kind == WHERE_WORD && strcasecmp(reading->token.text, word) == 0;
}

static bool is_sign(const struct reading *reading, const char *sign)
{
    return reading->token.kind == WHERE_OPERATOR && strcmp(reading->token.text, sign) == 0;
}

void filter_free(struct filter *filter)
{
    if (filter == NULL)
        return;
    filter_free(filter->left);
    filter_free(filter->right);
    free(filter->field);
    free(filter->text);
    free(filter);
}

/* Both sides are taken over; NULL where one is missing. */
static struct filter *join(enum node_kind kind, struct filter *left, struct filter *right)
{
    if (left == NULL || right == NULL) {
        filter_free(left);
        filter_free(right);
        return NULL;
    }
    struct filter *filter = mem_zero(1, sizeof *filter);
    *filter = (struct filter){.kind = kind, .left = left, .right = right};
    return filter;
}

/* A comparison with the value that comes next. */
static struct filter *read_value(struct reading *reading, const char *field, enum comparison comparison)
{
    bool month = strcasecmp(field, "usageMonth") == 0, day = strcasecmp(field, "usageDate") == 0;
    bool year = strcmp(field, "contractYear") == 0;

    if (reading->token.kind != WHERE_STRING && reading->token.kind != WHERE_WORD)
        return NULL;
    struct filter *filter = mem_zero(1, sizeof *filter);
    *filter = (struct filter){.kind = NODE_COMPARISON,
                              .comparison = comparison,
                              .field = mem_text(day     ? "usageDate"
                                                : month ? "usageMonth"
                                                        : field),
                              .text = mem_text(reading->token.text),
                              .month = month};
    if (day || month)
        filter->ordered = date_parse(filter->text, &filter->number);
    filter->place = world_place(reading->contract, filter->field);
    if (year) {
        filter->number = strtoll(filter->text, NULL, 10);
        filter->ordered = true;
    }
    advance(reading);
    return filter;
}

static struct filter *read_list(struct reading *reading, const char *field)
{
    struct filter *list = NULL;

    do {
        advance(reading);
        struct filter *one = read_value(reading, field, EQUAL);
        list = list == NULL ? one : join(NODE_OR, list, one);
    } while (list != NULL && is_sign(reading, ","));
    if (list != NULL && !is_sign(reading, ")")) {
        filter_free(list);
        return NULL;
    }
    advance(reading);
    return list;
}

static struct filter *read_comparison(struct reading *reading)
{
    static const char *const signs[] = {"=", "!=", "<", "<=", ">", ">=", "<>"};
    char field[sizeof reading->token.text];

    if (reading->token.kind != WHERE_WORD)
        return NULL;
    strcpy(field, reading->token.text);
    advance(reading);
    if (is_word(reading, "like")) {
        advance(reading);
        return read_value(reading, field, LIKE);
    }
    if (is_word(reading, "in")) {
        advance(reading);
        return is_sign(reading, "(") ? read_list(reading, field) : NULL;
    }
    for (int i = 0; i < 7; i++)
        if (is_sign(reading, signs[i])) {
            advance(reading);
            return read_value(reading, field, i == 6 ? UNEQUAL : (enum comparison)i);
        }
    return NULL;
}

static struct filter *read_term(struct reading *reading)
{
    if (!is_sign(reading, "("))
        return read_comparison(reading);
    if (++reading->depth > MAX_DEPTH)
        return NULL;
    advance(reading);
    struct filter *inner = read_or(reading);
    reading->depth--;
    if (inner != NULL && !is_sign(reading, ")")) {
        filter_free(inner);
        return NULL;
    }
    advance(reading);
    return inner;
}

static struct filter *read_and(struct reading *reading)
{
    struct filter *left = read_term(reading);

    while (left != NULL && is_word(reading, "and")) {
        advance(reading);
        left = join(NODE_AND, left, read_term(reading));
    }
    return left;
}

static struct filter *read_or(struct reading *reading)
{
    struct filter *left = read_and(reading);

    while (left != NULL && is_word(reading, "or")) {
        advance(reading);
        left = join(NODE_OR, left, read_and(reading));
    }
    return left;
}

struct filter *filter_read(const char *where, const struct contract *contract, char **message)
{
    static const struct contract nameless = {0};
    struct reading reading = {.contract = contract != NULL ? contract : &nameless,
                              .at = where != NULL ? where : ""};

    advance(&reading);
    if (reading.token.kind == WHERE_END)
        return NULL;
    struct filter *filter = read_or(&reading);
    if (filter == NULL || reading.token.kind != WHERE_END) {
        filter_free(filter);
        *message = mem_text("The where clause cannot be parsed.");
        return NULL;
    }
    return filter;
}

/* % stands for any number of bytes. */
static bool is_like(const char *pattern, const char *text)
{
    const char *restart = NULL, *from = NULL;

    while (*text != '\0')
        if (*pattern == '%') {
            restart = ++pattern;
            from = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (restart != NULL) {
            pattern = restart;
            text = ++from;
        } else {
            return false;
        }
    while (*pattern == '%')
        pattern++;
    return *pattern == '\0';
}

static bool compares(enum comparison comparison, int order)
{
    switch (comparison) {
    case EQUAL:
        return order == 0;
    case UNEQUAL:
        return order != 0;
    case LESS:
        return order < 0;
    case LESS_EQUAL:
        return order <= 0;
    case GREATER:
        return order > 0;
    case GREATER_EQUAL:
        return order >= 0;
    case LIKE:
        break;
    }
    return false;
}

static bool comparison_holds(const struct filter *filter, const struct known *known,
                             const struct usage *usage)
{
    uint64_t value = usage->values[filter->place];
    char text[WORLD_TEXT_BYTES];

    if (filter->ordered) {
        int64_t number = filter->month ? date_month_start((int64_t)value) : (int64_t)value;

        return compares(filter->comparison, (number > filter->number) - (number < filter->number));
    }
    if (known_text(known, filter->place, filter->field, value, text) == 0)
        return filter->comparison == UNEQUAL;
    return filter->comparison == LIKE ? is_like(filter->text, text)
                                      : compares(filter->comparison, strcmp(text, filter->text));
}

bool filter_holds(const struct filter *filter, const struct known *known, const struct usage *usage)
{
    if (filter == NULL)
        return true;
    if (filter->kind == NODE_COMPARISON)
        return comparison_holds(filter, known, usage);
    bool left = filter_holds(filter->left, known, usage);
    return left == (filter->kind == NODE_OR) ? left : filter_holds(filter->right, known, usage);
}

/* A condition on the month is one on its first day: it opens or closes whole months. */
static int64_t month_ceiling(int64_t day)
{
    int64_t start = date_month_start(date_month_of(day));

    return start == day ? day : date_month_start(date_month_of(day) + 1);
}

static struct window comparison_window(const struct filter *filter)
{
    struct window window = {INT64_MIN, INT64_MAX};

    if (!filter->ordered || strcmp(filter->field, "contractYear") == 0)
        return window;
    int64_t at = filter->month ? month_ceiling(filter->number) : filter->number;
    int64_t after = filter->month ? month_ceiling(filter->number + 1) : filter->number + 1;
    if (filter->comparison == EQUAL || filter->comparison == GREATER_EQUAL)
        window.from = at;
    if (filter->comparison == GREATER)
        window.from = after;
    if (filter->comparison == LESS)
        window.to = at;
    if (filter->comparison == EQUAL || filter->comparison == LESS_EQUAL)
        window.to = after;
    return window;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

struct window filter_window(const struct filter *filter)
{
    if (filter == NULL)
        return (struct window){INT64_MIN, INT64_MAX};
    if (filter->kind == NODE_COMPARISON)
        return comparison_window(filter);
    struct window left = filter_window(filter->left), right = filter_window(filter->right);
    if (filter->kind == NODE_OR)
        return (struct window){smaller(left.from, right.from), larger(left.to, right.to)};
    return (struct window){larger(left.from, right.from), smaller(left.to, right.to)};
}
