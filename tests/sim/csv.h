/*
 * An export file as a stream of bytes, made while it is read: header, rows, shape (BOM, line ends, quoting,
 * gzip). Memory does not grow with the rows.
 */
#ifndef SIM_CSV_H
#define SIM_CSV_H

#include "edit.h"

struct csv_stream;

/* A stream over the plan's rows in this shape. plan and script (the rule's, may be NULL as the rule may) are
 * held. */
struct csv_stream *csv_stream_make(struct plan *plan, const struct csv_shape *shape, struct script *script,
                                   const struct rule *rule);
void csv_stream_free(struct csv_stream *stream);

/* Up to `room` bytes of the file; 0 at its end. */
size_t csv_stream_read(struct csv_stream *stream, char *out, size_t room);

/* Reads and drops bytes; answers how many there were. */
uint64_t csv_stream_skip(struct csv_stream *stream, uint64_t bytes);

#endif
