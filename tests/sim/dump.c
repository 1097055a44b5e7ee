#include "dump.h"

#include <stdlib.h>

struct csv_stream *dump_stream(struct config *config, const char *contract, const char *body_text,
                               char **reason)
{
    static const struct csv_shape shape = {.final_newline = true, .null_text = ""};
    const struct contract *known = contract != NULL ? config_contract(config, contract) : NULL;
    struct csv_stream *stream = NULL;
    struct query_body body;

    if (known == NULL) {
        *reason = mem_format("no such contract: %s", contract != NULL ? contract : "none given");
        return NULL;
    }
    if (body_read(body_text, BODY_EXPORT, &body, reason)) {
        struct plan *plan = plan_make(config, known, &body);

        stream = csv_stream_make(plan, &shape, NULL, NULL);
        plan_release(plan);
    }
    body_free(&body);
    return stream;
}

bool dump_write(struct csv_stream *stream, FILE *file)
{
    char *bytes = mem_alloc(65536);
    size_t count = 1;
    bool written = true;

    while (written && count > 0) {
        count = csv_stream_read(stream, bytes, 65536);
        written = fwrite(bytes, 1, count, file) == count;
    }
    free(bytes);
    return fflush(file) == 0 && written;
}
