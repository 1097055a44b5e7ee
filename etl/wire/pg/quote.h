/*
 * The one place where SQL identifiers and literals are quoted. Pure.
 */
#ifndef WIRE_PG_QUOTE_H
#define WIRE_PG_QUOTE_H

#include "base/buf.h"

/* "name", as PostgreSQL reads any name. */
void pg_put_identifier(struct buf *sql, const char *name);

/* 'text', as PostgreSQL reads any text with standard_conforming_strings, which every connection sets. */
void pg_put_literal(struct buf *sql, const char *text);

/* Appends a statement that the server returned, on one line: a line end outside quotes becomes one blank,
 * together with the blanks and line ends after it. Line ends in quotes stay: they are part of a literal or a
 * name. */
void pg_put_on_one_line(struct buf *sql, const char *statement);

#endif
