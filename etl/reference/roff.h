/*
 * Writing man(7). Text is escaped, so that no line of it is a request. Prose has the markup of cli/prose.h.
 */
#ifndef REFERENCE_ROFF_H
#define REFERENCE_ROFF_H

#include "base/buf.h"

/* The title line. section is a digit. */
void roff_put_title(const char *page, char section, struct buf *out);

void roff_put_section(const char *name, struct buf *out);
void roff_put_subsection(const char *name, struct buf *out);

/* Paragraphs, terms with explanations as a list, and literal lines unchanged. */
void roff_put_prose(const char *text, struct buf *out);

/* An indented paragraph below its heading. Both may have `code`. */
void roff_put_item(const char *heading, const char *text, struct buf *out);

/* Text with `code`, within the current line. */
void roff_put_inline(const char *text, struct buf *out);

#endif
