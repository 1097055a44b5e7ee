/* The body of a query or an export request: read, and checked against the usage limitations. */
#ifndef SIM_BODY_H
#define SIM_BODY_H

#include "field.h"
#include "json.h"

struct query_body {
    struct json_object *tree; /* the texts below point into it */
    const char **fields;
    size_t field_count;
    const char **metrics;
    size_t metric_count;
    int categories[CATEGORY_COUNT]; /* those asked, in the order asked; none means all of today's */
    size_t category_count;
    const char *where;              /* NULL when absent */
    const char *download_file_name; /* NULL when absent */
};

enum body_use { BODY_QUERY, BODY_EXPORT };

/* Reads and checks text. False with the service's message (the caller frees) for a 400. body_free() either
 * way. */
bool body_read(const char *text, enum body_use use, struct query_body *body, char **message);
void body_free(struct query_body *body);

#endif
