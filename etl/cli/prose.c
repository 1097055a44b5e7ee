#include "cli/prose.h"

#include <string.h>

#define LITERAL_INDENT 4

static size_t line_length(const char *line)
{
    return strcspn(line, "\n");
}

static const char *next_line(const char *line)
{
    line += line_length(line);
    return *line ? line + 1 : line;
}

static bool is_empty_line(const char *line)
{
    return strspn(line, " ") == line_length(line);
}

/* The length of the term with which the line begins; 0: it begins with none. */
static size_t term_length(const char *line)
{
    size_t word = strcspn(line, " \n");
    size_t blanks = strspn(line + word, " ");
    bool explained = blanks >= 2 && line[word + blanks] != '\n' && line[word + blanks] != '\0';
    return explained ? word : 0;
}

static void take_literal(const char **text, struct prose_block *block)
{
    const char *line = *text;
    *block = (struct prose_block){.kind = PROSE_LITERAL, .text = line};
    while (*line && (is_empty_line(line) || strspn(line, " ") >= LITERAL_INDENT))
        line = next_line(line);
    *text = line;
    block->length = (size_t)(line - block->text);
    while (block->length > 0 && block->text[block->length - 1] == '\n')
        block->length--;
}

static void take_term(const char **text, struct prose_block *block)
{
    const char *line = *text;
    size_t length = term_length(line);
    *block =
        (struct prose_block){.kind = PROSE_TERM, .term = line, .term_length = length, .text = line + length};
    line = next_line(line);
    while (*line == ' ' && !is_empty_line(line))
        line = next_line(line);
    block->length = (size_t)(line - block->text);
    *text = line;
}

static void take_paragraph(const char **text, struct prose_block *block)
{
    const char *line = *text;
    *block = (struct prose_block){.kind = PROSE_PARAGRAPH, .text = line};
    while (*line && !is_empty_line(line) && term_length(line) == 0)
        line = next_line(line);
    block->length = (size_t)(line - block->text);
    *text = line;
}

bool prose_next(const char **text, struct prose_block *block)
{
    while (**text && is_empty_line(*text))
        *text = next_line(*text);
    if (!**text)
        return false;
    if (strspn(*text, " ") >= LITERAL_INDENT)
        take_literal(text, block);
    else if (term_length(*text) > 0)
        take_term(text, block);
    else
        take_paragraph(text, block);
    return true;
}

bool prose_word(struct prose_block *block, const char **word, size_t *length)
{
    size_t at = 0;
    while (at < block->length && (block->text[at] == ' ' || block->text[at] == '\n'))
        at++;
    size_t end = at;
    while (end < block->length && block->text[end] != ' ' && block->text[end] != '\n')
        end++;
    *word = block->text + at;
    *length = end - at;
    block->text += end;
    block->length -= end;
    return *length > 0;
}

size_t prose_columns(const char *text, size_t length)
{
    size_t columns = 0;
    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)text[i] & 0xC0) != 0x80;
    return columns;
}

static void put_blanks(size_t count, struct buf *out)
{
    buf_print(out, "%*s", (int)count, "");
}

static void put_words(struct prose_block words, size_t at, size_t indent, struct buf *out)
{
    const char *word;
    size_t length;
    bool first = true;
    while (prose_word(&words, &word, &length)) {
        size_t columns = prose_columns(word, length);
        bool breaks = !first && at + 1 + columns > PROSE_WIDTH;
        if (breaks) {
            buf_put(out, "\n");
            put_blanks(indent, out);
            at = indent;
        } else if (!first) {
            buf_put(out, " ");
            at++;
        }
        buf_print(out, "%.*s", (int)length, word);
        at += columns;
        first = false;
    }
    buf_put(out, "\n");
}

void prose_put_hanging(const char *text, size_t at, size_t indent, struct buf *out)
{
    put_words((struct prose_block){.text = text, .length = strlen(text)}, at, indent, out);
}

static void put_literal(const struct prose_block *block, size_t indent, struct buf *out)
{
    const char *line = block->text;
    const char *end = block->text + block->length;
    while (line < end) {
        size_t length = line_length(line);
        if (length > (size_t)(end - line))
            length = (size_t)(end - line);
        if (length > 0)
            put_blanks(indent, out);
        buf_print(out, "%.*s\n", (int)length, line);
        line += length + 1;
    }
}

/* The length of the longest term in the text: the explanations are aligned after it. */
static size_t widest_term(const char *text)
{
    struct prose_block block;
    size_t widest = 0;
    while (prose_next(&text, &block)) {
        size_t columns = block.kind == PROSE_TERM ? prose_columns(block.term, block.term_length) : 0;
        widest = columns > widest ? columns : widest;
    }
    return widest;
}

void prose_put(const char *text, size_t indent, struct buf *out)
{
    struct prose_block block;
    size_t explanations = indent + widest_term(text) + 2;
    enum prose_kind before = PROSE_TERM;
    for (bool first = true; prose_next(&text, &block); first = false) {
        if (!first && !(before == PROSE_TERM && block.kind == PROSE_TERM))
            buf_put(out, "\n");
        before = block.kind;
        if (block.kind == PROSE_LITERAL) {
            put_literal(&block, indent, out);
            continue;
        }
        put_blanks(indent, out);
        if (block.kind == PROSE_TERM) {
            size_t columns = prose_columns(block.term, block.term_length);
            buf_print(out, "%.*s", (int)block.term_length, block.term);
            put_blanks(explanations - indent - columns, out);
            put_words(block, explanations, explanations, out);
        } else {
            put_words(block, indent, indent, out);
        }
    }
}
