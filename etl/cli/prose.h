/*
 * The little markup of help texts, read once for the terminal and once for the manual page:
 *
 *   a paragraph              lines without indentation; an empty line ends it
 *   login   what it does     a word, two blanks or more, and its explanation; further lines of it are
 * indented a literal line       four blanks after an empty line: shown as it stands `code` words between
 * backquotes stand for themselves
 */
#ifndef CLI_PROSE_H
#define CLI_PROSE_H

#include "base/buf.h"

enum prose_kind { PROSE_PARAGRAPH, PROSE_TERM, PROSE_LITERAL };

/* A block of the text; the pieces point into it. */
struct prose_block {
    enum prose_kind kind;
    const char *term; /* PROSE_TERM */
    size_t term_length;
    const char *text; /* with its line breaks and indentation */
    size_t length;
};

/* Takes the next block off *text. False at the end. */
bool prose_next(const char **text, struct prose_block *block);

/* The next word, separated by blanks and line breaks, of what is left of a block. False at its end. */
bool prose_word(struct prose_block *block, const char **word, size_t *length);

/* The columns that text takes on a terminal: its characters. */
size_t prose_columns(const char *text, size_t length);

/* For terminals: the whole text, broken at PROSE_WIDTH columns, each line indented. */
#define PROSE_WIDTH 80
void prose_put(const char *text, size_t indent, struct buf *out);

/* The same for one paragraph whose first line stands at column `at` already, the others at `indent`. */
void prose_put_hanging(const char *text, size_t at, size_t indent, struct buf *out);

#endif
