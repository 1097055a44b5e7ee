#include "reference/roff.h"

#include "cli/prose.h"
#include "version.h"

#include <ctype.h>
#include <string.h>

/* The length at which source lines are broken: checkers of man pages ask for less than 80. */
#define ROFF_WIDTH 72

/* The state of an output line. In `code` the font is bold, and hyphens are ASCII hyphens. */
struct pen {
    struct buf *out;
    bool in_code;
    size_t line_start; /* in out */
};

/* Returns the code point at *at and moves *at after it. The texts are those of the program, in UTF-8. */
static unsigned take_code_point(const char **at)
{
    const unsigned char *byte = (const unsigned char *)*at;
    size_t more = *byte >= 0xF0 ? 3 : *byte >= 0xE0 ? 2 : *byte >= 0xC0 ? 1 : 0;
    unsigned point = more == 0 ? *byte : *byte & (0x3FU >> more);
    for (size_t i = 1; i <= more; i++)
        point = point << 6 | (byte[i] & 0x3FU);
    *at += 1 + more;
    return point;
}

static void put_point(unsigned point, bool keyboard_hyphen, struct buf *out)
{
    static const struct {
        char character;
        const char *escape;
    } escapes[] = {{'\\', "\\e"}, {'\'', "\\(aq"}, {'^', "\\(ha"}, {'~', "\\(ti"}, {'`', "\\(ga"}};
    for (size_t i = 0; i < COUNT_OF(escapes); i++) {
        if (point == (unsigned char)escapes[i].character) {
            buf_put(out, escapes[i].escape);
            return;
        }
    }
    if (point == '-' && keyboard_hyphen)
        buf_put(out, "\\-");
    else if (point < 0x80)
        buf_print(out, "%c", (int)point);
    else
        buf_print(out, "\\[u%04X]", point);
}

static void put_word(struct pen *pen, const char *word, size_t length)
{
    const char *end = word + length;
    bool is_option = word[0] == '-';
    if (pen->out->length == pen->line_start && word[0] == '.')
        buf_put(pen->out, "\\&");
    while (word < end) {
        if (*word == '`') {
            pen->in_code = !pen->in_code;
            buf_put(pen->out, pen->in_code ? "\\fB" : "\\fR");
            word++;
        } else {
            put_point(take_code_point(&word), pen->in_code || is_option, pen->out);
        }
    }
}

static void put_words(struct prose_block words, struct buf *out)
{
    struct pen pen = {.out = out, .line_start = out->length};
    const char *word;
    size_t length;
    while (prose_word(&words, &word, &length)) {
        bool first = out->length == pen.line_start;
        bool breaks = !first && out->length - pen.line_start + length > ROFF_WIDTH;
        if (!first)
            buf_put(out, breaks ? "\n" : " ");
        if (breaks)
            pen.line_start = out->length;
        put_word(&pen, word, length);
    }
    buf_put(out, "\n");
}

void roff_put_inline(const char *text, struct buf *out)
{
    struct pen pen = {.out = out, .line_start = out->length};
    put_word(&pen, text, strlen(text));
}

void roff_put_title(const char *page, char section, struct buf *out)
{
    buf_put(out, ".\\\" Made from the tables of tokenflex-etl.\n.TH \"");
    for (const char *at = page; *at; at++)
        buf_print(out, "%c", toupper((unsigned char)*at));
    buf_print(out, "\" %c \"%s\" \"tokenflex\\-etl %s\" \"tokenflex\\-etl\"\n", section, TOKENFLEX_ETL_DATE,
              TOKENFLEX_ETL_VERSION);
}

void roff_put_section(const char *name, struct buf *out)
{
    buf_print(out, ".SH %s\n", name);
}

void roff_put_subsection(const char *name, struct buf *out)
{
    buf_put(out, ".SS ");
    roff_put_inline(name, out);
    buf_put(out, "\n");
}

static void put_literal(const struct prose_block *block, struct buf *out)
{
    const char *line = block->text;
    const char *end = block->text + block->length;
    buf_put(out, ".PP\n.RS 4\n.nf\n");
    while (line < end) {
        const char *at = line + 4;
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        stop = stop ? stop : end;
        if (at < stop && (*at == '.' || *at == '\''))
            buf_put(out, "\\&");
        while (at < stop)
            put_point(take_code_point(&at), true, out);
        buf_put(out, "\n");
        line = stop + 1;
    }
    buf_put(out, ".fi\n.RE\n");
}

/* mandoc warns of .PP directly after a heading, which begins a paragraph itself. */
static bool is_after_heading(const struct buf *out)
{
    const char *text = buf_text(out);
    size_t at = out->length;
    while (at > 1 && text[at - 2] != '\n')
        at--;
    const char *line = text + (at > 0 ? at - 1 : 0);
    return strncmp(line, ".SH", 3) == 0 || strncmp(line, ".SS", 3) == 0;
}

void roff_put_prose(const char *text, struct buf *out)
{
    struct prose_block block;
    while (prose_next(&text, &block)) {
        if (block.kind == PROSE_LITERAL) {
            put_literal(&block, out);
            continue;
        }
        if (block.kind == PROSE_TERM) {
            buf_put(out, ".TP\n\\fB");
            for (const char *at = block.term; at < block.term + block.term_length;)
                put_point(take_code_point(&at), true, out);
            buf_put(out, "\\fR\n");
        } else if (!is_after_heading(out)) {
            buf_put(out, ".PP\n");
        }
        put_words(block, out);
    }
}

void roff_put_item(const char *heading, const char *text, struct buf *out)
{
    buf_put(out, ".TP\n");
    roff_put_inline(heading, out);
    buf_put(out, "\n");
    put_words((struct prose_block){.text = text, .length = strlen(text)}, out);
}
