#include "job/job_check.h"
#include "job/where_scan.h"

#include <stdio.h>
#include <string.h>

/* The most errors, and the most advice, for one condition. */
#define MAX_FINDINGS 20

/* A walk through the condition, one token after the other. */
struct walk {
    const struct job_draft *draft;
    const struct yaml_node *node;
    struct where_token name; /* the latest name of a field, as a guess */
    bool after_like;         /* also in a list of patterns */
    size_t advised;
    size_t open[64]; /* offsets of the parentheses that are still open */
    size_t depth;
    bool warned_of_window;
};

static struct place place_of(const struct walk *walk, const struct where_token *token)
{
    return yaml_place_in(walk->node, token->offset);
}

static const struct catalogue_entry *entry_of(const struct where_token *name)
{
    size_t count;
    const struct catalogue_entry *all = catalogue_all(&count);
    for (size_t i = 0; i < count; i++)
        if (where_is_word(name, all[i].name))
            return &all[i];
    return NULL;
}

static void check_pattern(const struct walk *walk, const struct where_token *text)
{
    struct findings *findings = walk->draft->context->findings;
    const struct catalogue_entry *entry = entry_of(&walk->name);
    struct where_pattern pattern = where_pattern_of(text);
    char shown[KEY_SHOWN];
    if (pattern.wildcards == 0)
        return;
    text_excerpt(text->bytes, text->length, shown, sizeof shown);
    if (entry && entry->is_enum)
        finding_error(findings, place_of(walk, text),
                      "`%s` takes no wildcards: compare it with `=` or IN (…) instead of LIKE %s",
                      entry->name, shown);
    else if (pattern.others < 3)
        finding_error(
            findings, place_of(walk, text),
            "a pattern with `%%` needs at least three other characters, found %s: make it longer, or compare "
            "with `=`",
            shown);
}

/* A name that is compared with something. */
static void check_compared(struct walk *walk)
{
    const struct job_window *window = &walk->draft->job->window;
    struct findings *findings = walk->draft->context->findings;
    const struct where_token *name = &walk->name;
    char shown[KEY_SHOWN];
    if (window->present && where_is_word(name, window->field) && !walk->warned_of_window) {
        walk->warned_of_window = true;
        finding_warning(
            findings, place_of(walk, name),
            "`where` restricts `%s`, and so does the window: both apply; choose the days by the window alone",
            window->field);
    }
    if (entry_of(name) || walk->advised++ >= MAX_FINDINGS)
        return;
    text_excerpt(name->bytes, name->length, shown, sizeof shown);
    const char *names[64];
    size_t count;
    const struct catalogue_entry *all = catalogue_all(&count);
    for (size_t i = 0; i < count && i < COUNT_OF(names); i++)
        names[i] = all[i].name;
    const char *suggestion = key_suggestion(walk->draft->context->arena, shown, names, count);
    finding_advice(findings, place_of(walk, name),
                   "`%s` in `where` is not a field that the service documents%s", shown,
                   *suggestion ? suggestion : JOB_CUSTOM_FIELD_ADVICE);
}

static void take_parenthesis(struct walk *walk, const struct where_token *token)
{
    struct findings *findings = walk->draft->context->findings;
    size_t most = COUNT_OF(walk->open);
    if (token->kind == WHERE_OPEN) {
        if (walk->depth < most)
            walk->open[walk->depth] = token->offset;
        walk->depth++;
    } else if (walk->depth > 0) {
        walk->depth--;
    } else {
        finding_error(findings, place_of(walk, token), "this `)` closes nothing: remove it, or add the `(`");
    }
}

static void take_word(struct walk *walk, const struct where_token *token)
{
    if (where_is_word(token, "not"))
        finding_error(walk->draft->context->findings, place_of(walk, token),
                      "the keyword `%.*s` is not allowed in `where`: use `!=`", (int)token->length,
                      token->bytes);
    if (!where_keyword(token)) {
        walk->name = *token;
        return;
    }
    if (where_is_word(token, "and") || where_is_word(token, "or"))
        walk->name = (struct where_token){0};
    bool compares = where_is_word(token, "like") || where_is_word(token, "in") ||
                    where_is_word(token, "between") || where_is_word(token, "is");
    if (compares && walk->name.length > 0)
        check_compared(walk);
    walk->after_like = where_is_word(token, "like");
}

static void take(struct walk *walk, const struct where_token *token)
{
    switch (token->kind) {
    case WHERE_WORD:
        take_word(walk, token);
        return;
    case WHERE_TEXT:
        if (walk->after_like)
            check_pattern(walk, token);
        return;
    case WHERE_UNCLOSED:
        finding_error(walk->draft->context->findings, place_of(walk, token),
                      "this quote is never closed: add the missing %c; a quote within text is written twice",
                      token->bytes[0]);
        return;
    case WHERE_OPEN:
    case WHERE_CLOSE:
        take_parenthesis(walk, token);
        return;
    case WHERE_COMPARISON:
        if (walk->name.length > 0)
            check_compared(walk);
        return;
    case WHERE_NUMBER:
    case WHERE_OTHER:
    case WHERE_END:
        return;
    }
}

static void check_open(const struct walk *walk)
{
    size_t most = COUNT_OF(walk->open);
    if (walk->depth > most)
        finding_error(
            walk->draft->context->findings, walk->node->place,
            "`query.where` has more than %zu parentheses that are never closed: add the missing `)`", most);
    else if (walk->depth > 0)
        finding_error(walk->draft->context->findings, yaml_place_in(walk->node, walk->open[walk->depth - 1]),
                      "this `(` is never closed: add the missing `)`");
}

/* The message after the word at fault; faults that the walk itself reports have none. */
static const char *const scan_messages[] = {
    [WHERE_UNQUOTED] = "is neither a field nor quoted: write text between quotes, such as 'AutoCAD'",
    [WHERE_UNQUOTED_DATE] = "follows a number: a date is text, write it between quotes",
    [WHERE_WRONG_QUOTES] = "contains a typographic quotation mark: write text between ' and '",
    [WHERE_BACKSLASH] = "has a backslash before a quote, so it is not clear where the text ends: a quote "
                        "within text is written twice, and no text ends in a backslash",
    [WHERE_COMMENT] = "begins or ends a comment, which is not allowed in `where`: remove it",
    [WHERE_CHARACTER] = "is not allowed in `where` outside quotes: remove it, or quote the text",
    [WHERE_NO_COMPARISON] = "is where a comparison is expected, such as userName = 'ann'",
    [WHERE_NO_VALUE] = "is where a value is expected: a quoted text, a number or a field",
    [WHERE_NO_LIST] = "is where a list is expected, such as IN ('ann', 'bob')",
    [WHERE_NO_RANGE_END] = "is where AND and the second value of BETWEEN are expected",
    [WHERE_NO_CONJUNCTION] =
        "is where AND, OR or the end is expected: quote a text of several words as a whole",
    [WHERE_TOO_DEEP] = "is nested too deeply: write the condition with fewer parentheses",
};

static const char *show_token(const struct where_token *token, char out[static KEY_SHOWN])
{
    char text[KEY_SHOWN - 2];
    if (token->kind == WHERE_END)
        return "the end";
    size_t length = token->length;
    while (token->kind == WHERE_OTHER && length < 4 && strchr("-/*", token->bytes[length]) &&
           token->bytes[length])
        length++;
    snprintf(out, KEY_SHOWN, "`%s`", text_excerpt(token->bytes, length, text, sizeof text));
    return out;
}

static void check_syntax(const struct walk *walk)
{
    char shown[KEY_SHOWN];
    struct where_fault fault = where_scan(walk->node->text);
    const char *message = fault.kind < COUNT_OF(scan_messages) ? scan_messages[fault.kind] : NULL;
    if (message)
        finding_error(walk->draft->context->findings, place_of(walk, &fault.token), "%s %s",
                      show_token(&fault.token, shown), message);
}

void job_check_where(const struct job_draft *draft)
{
    struct walk walk = {.draft = draft, .node = job_draft_node(draft, "query", "where")};
    const struct findings *findings = draft->context->findings;
    size_t errors_before = findings->errors;
    struct where_token token;
    size_t at = 0;
    if (!draft->job->query.where)
        return;
    do {
        token = where_next(walk.node->text, &at);
        take(&walk, &token);
        if (token.kind == WHERE_UNCLOSED || findings->errors - errors_before >= MAX_FINDINGS)
            return;
    } while (token.kind != WHERE_END);
    check_open(&walk);
    check_syntax(&walk);
}
