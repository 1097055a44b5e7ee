/*
 * The markup of help texts. One parser serves the terminal and the man pages.
 *
 *   - A paragraph: lines without indentation. An empty line ends it.
 *   - A term and its explanation: `login   what it does`, a word, two or more blanks, and the explanation.
 * Its other lines are indented.
 *   - A literal line: four blanks at its start, after an empty line. It is shown unchanged.
 *   - `code`: words between backquotes.
 */
#ifndef CLI_PROSE_H
#define CLI_PROSE_H

#include "base/buf.h"

enum prose_kind { PROSE_PARAGRAPH, PROSE_TERM, PROSE_LITERAL };

/* A block of the text. Its members point into the text. */
struct prose_block {
    enum prose_kind kind;
    const char *term; /* PROSE_TERM */
    size_t term_length;
    const char *text; /* with its line breaks and indentation */
    size_t length;
};

/* Reads the next block at *text and moves *text after it. False at the end. */
bool prose_next(const char **text, struct prose_block *block);

/* Reads the next word of a block, which blanks or line breaks separate, and removes it from the block. False
 * at the end. */
bool prose_word(struct prose_block *block, const char **word, size_t *length);

/* The width of the text on a terminal: its number of characters. */
size_t prose_columns(const char *text, size_t length);

/* Appends the text for a terminal, in lines of at most PROSE_WIDTH columns, each indented. */
#define PROSE_WIDTH 80
void prose_put(const char *text, size_t indent, struct buf *out);

/* The same for one paragraph whose first line begins at column `at`, where out ends, and the others at
 * `indent`. */
void prose_put_hanging(const char *text, size_t at, size_t indent, struct buf *out);

#endif
