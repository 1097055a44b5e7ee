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

/* A statement as the server tells it, on one line: line ends, with the blanks after them, become a blank.
 * Those within quotes stay, since a literal or a name would be another one. */
void pg_put_on_one_line(struct buf *sql, const char *statement);

#endif
