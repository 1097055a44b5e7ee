#include "wire/yaml/yaml_syntax.h"

#include "base/text.h"
#include "wire/yaml/yaml_scalar.h"

#include <string.h>

/* Which of libyaml's two marks shows the fault: where it gave up, or where the thing that it was reading
 * began. */
enum shown { SHOW_PROBLEM, SHOW_BEGIN };

static const struct {
    const char *problem; /* libyaml's */
    const char *context; /* libyaml's; NULL: any */
    enum shown shown;
    const char *message;
} complaints[] = {
    {"found a tab character that violates indentation", NULL, SHOW_PROBLEM,
     "a tab cannot indent: use blanks"},
    {"found a tab character where an indentation space is expected", NULL, SHOW_PROBLEM,
     "a tab cannot indent: use blanks"},
    {"could not find expected ':'", NULL, SHOW_BEGIN,
     "this is not `key: value`: put a `:` and a blank after the key, or indent the line if it belongs to the "
     "text above"},
    {"mapping values are not allowed in this context", NULL, SHOW_PROBLEM,
     "a `:` where no key can be: indent the line like its neighbours, or put text that holds `: ` between "
     "quotes"},
    {"mapping keys are not allowed in this context", NULL, SHOW_PROBLEM,
     "a key cannot begin here: put it on a line of its own"},
    {"block sequence entries are not allowed in this context", NULL, SHOW_PROBLEM,
     "a `- ` item cannot begin here: put it on a line of its own under the key"},
    {"found character that cannot start any token", NULL, SHOW_PROBLEM,
     "text cannot begin with this character: put it between quotes"},
    {"found unexpected end of stream", "while scanning a quoted scalar", SHOW_BEGIN,
     "this quoted text is never closed: add the missing quote"},
    {"found unexpected document indicator", "while scanning a quoted scalar", SHOW_BEGIN,
     "this quoted text is never closed before the next document: add the missing quote"},
    {"found unknown escape character", NULL, SHOW_PROBLEM,
     "between \"…\" a `\\` begins an escape sequence, and this is not one: write `\\\\`, or use '…'"},
    {"did not find expected hexdecimal number", NULL, SHOW_PROBLEM,
     "this escape needs hexadecimal digits, as in \"\\u00e9\""},
    {"found invalid Unicode character escape code", NULL, SHOW_PROBLEM,
     "this escape is not a Unicode character"},
    {"did not find expected alphabetic or numeric character", "while scanning an alias", SHOW_BEGIN,
     "a text that begins with `*` needs quotes, unless it is an alias such as *name"},
    {"did not find expected alphabetic or numeric character", "while scanning an anchor", SHOW_BEGIN,
     "a text that begins with `&` needs quotes, unless it is an anchor such as &name"},
    {"did not find expected comment or line break", "while scanning a block scalar", SHOW_PROBLEM,
     "text after `|` or `>` begins on the next line: move it there, or use quotes"},
    {"did not find expected '-' indicator", NULL, SHOW_PROBLEM,
     "the list has ended, but this line is indented like its items: begin it with `- `, or indent it like "
     "the key"},
    {"did not find expected key", NULL, SHOW_PROBLEM,
     "a `key: value` was expected here: indent the line like the keys above, or put text with special "
     "characters between quotes"},
    {"did not find expected ',' or ']'", NULL, SHOW_BEGIN,
     "this list is not closed: put `,` between its items and `]` at its end"},
    {"did not find expected ',' or '}'", NULL, SHOW_BEGIN,
     "this mapping is not closed: put `,` between its keys and `}` at its end"},
    {"did not find expected node content", NULL, SHOW_PROBLEM,
     "a value was expected here: remove the extra `,` or put the value between quotes"},
    {"did not find expected <document start>", NULL, SHOW_PROBLEM,
     "the document has ended, and this does not belong to it: indent it like the keys above, or begin a new "
     "document with ---"},
};

/* The offset of a mark, whose index counts characters. */
static size_t offset_of(const struct yaml_source *source, size_t index)
{
    size_t at = 0;
    while (at < source->length && index > 0) {
        at++;
        while (at < source->length && ((unsigned char)source->bytes[at] & 0xC0) == 0x80)
            at++;
        index--;
    }
    return at;
}

static struct place mark_place(const struct yaml_source *source, yaml_mark_t mark)
{
    return (struct place){source->file, (unsigned)mark.line + 1, (unsigned)mark.column + 1};
}

/* Bytes that YAML does not allow anywhere; libyaml knows their offset only. */
static void report_reader(const yaml_parser_t *parser, const struct yaml_source *source,
                          struct findings *findings)
{
    size_t offset = parser->problem_offset < source->length ? parser->problem_offset : source->length;
    struct place place = yaml_walk((struct place){source->file, 1, 1}, source->bytes, offset);
    if (parser->problem_value >= 0)
        finding_error(findings, place, "the control character U+%04X is not allowed in YAML: remove it",
                      (unsigned)parser->problem_value);
    else
        finding_error(findings, place, "not YAML: %s", parser->problem);
}

/* Faults that the bytes at the mark describe better than libyaml. False if there is nothing to add. */
static bool report_bytes(const yaml_parser_t *parser, const struct yaml_source *source,
                         struct findings *findings)
{
    size_t at = offset_of(source, parser->problem_mark.index);
    struct place place = mark_place(source, parser->problem_mark);
    bool in_quotes = parser->context && strstr(parser->context, "quoted");
    if (at >= source->length || in_quotes)
        return false;
    if (source->bytes[at] == '\t') {
        finding_error(findings, place, "a tab cannot indent: use blanks");
        return true;
    }
    if (source->bytes[at] == '{' && at > 0 && source->bytes[at - 1] == '$') {
        place.column--;
        finding_error(findings, place, "between [ ] or { } a variable needs quotes: write \"${NAME}\"");
        return true;
    }
    return false;
}

void yaml_syntax_report(const yaml_parser_t *parser, const struct yaml_source *source,
                        struct findings *findings)
{
    if (parser->error == YAML_READER_ERROR) {
        report_reader(parser, source, findings);
        return;
    }
    if (report_bytes(parser, source, findings))
        return;
    const char *problem = parser->problem ? parser->problem : "it cannot be read";
    const char *context = parser->context ? parser->context : "";
    struct place place = mark_place(source, parser->problem_mark);
    for (size_t i = 0; i < COUNT_OF(complaints); i++) {
        bool same_context = !complaints[i].context || text_equal(complaints[i].context, context);
        if (!text_equal(complaints[i].problem, problem) || !same_context)
            continue;
        if (complaints[i].shown == SHOW_BEGIN && parser->context)
            place = mark_place(source, parser->context_mark);
        finding_error(findings, place, "%s", complaints[i].message);
        return;
    }
    finding_error(findings, place, "not YAML: %s%s%s", context, *context ? ", " : "", problem);
}
