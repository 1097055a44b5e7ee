/*
 * Writing man(7): text that cannot be taken for a request, and prose (cli/prose.h) as paragraphs.
 */
#ifndef REFERENCE_ROFF_H
#define REFERENCE_ROFF_H

#include "base/buf.h"

/* The title line. section is a digit. */
void roff_put_title(const char *page, char section, struct buf *out);

void roff_put_section(const char *name, struct buf *out);
void roff_put_subsection(const char *name, struct buf *out);

/* Prose as paragraphs, explained words as a list, literal lines as they stand. */
void roff_put_prose(const char *text, struct buf *out);

/* A paragraph that hangs under its heading; the heading is text with `code` too. */
void roff_put_item(const char *heading, const char *text, struct buf *out);

/* Text with `code`, within a line. */
void roff_put_inline(const char *text, struct buf *out);

#endif
