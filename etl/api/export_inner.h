/* What only api/export.c and its unit tests use. */
#ifndef API_EXPORT_INNER_H
#define API_EXPORT_INNER_H

#include "api/export.h"

/* The query's body, a JSON object, with downloadFileName as its last member; appended to `text`. Pure. */
void export_put_body(struct buf *text, const char *body, const char *file_name);

#endif
