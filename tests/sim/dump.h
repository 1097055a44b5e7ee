/* The rows that a request must give, as CSV with API names in the header and null as nothing: what tests
 * compare tables with. */
#ifndef SIM_DUMP_H
#define SIM_DUMP_H

#include "csv.h"

#include <stdio.h>

/* A stream of the rows for a query's body. NULL with a reason (the caller frees). */
struct csv_stream *dump_stream(struct config *config, const char *contract, const char *body_text,
                               char **reason);

/* The same into a file; answers false when it cannot be written. */
bool dump_write(struct csv_stream *stream, FILE *file);

#endif
