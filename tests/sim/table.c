#include "table.h"

#include "buf.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct kept {
    struct kept *next;
    char *name;
    uint32_t count;
    enum format format;
    struct table *table;
};

struct field_context {
    const struct field *field;
    const char *name;
};

static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept *kept_tables;

struct table *table_make(uint32_t count, table_render *render, const void *context, enum format format,
                         bool raw)
{
    struct table *table = mem_zero(1, sizeof *table);
    struct buf text = BUF_MAX((size_t)1 << 30);
    char value[DOMAIN_BYTES];

    table->count = count;
    table->start = mem_zero((size_t)count + 1, sizeof *table->start);
    for (uint32_t i = 0; i < count; i++) {
        size_t length = render(context, i, value);

        if (length > 0 && format == FORMAT_JSON && raw)
            buf_add(&text, value, length);
        else if (length > 0 && format == FORMAT_JSON)
            buf_json_part(&text, value, length);
        else if (length > 0 && format == FORMAT_CSV_TEXTS && raw)
            buf_add(&text, value, length);
        else if (length > 0)
            buf_csv(&text, value, length, format == FORMAT_CSV_QUOTED || format == FORMAT_CSV_TEXTS);
        table->start[i + 1] = (uint32_t)text.length;
        if (table->start[i + 1] - table->start[i] > table->widest)
            table->widest = table->start[i + 1] - table->start[i];
    }
    table->text = buf_take(&text);
    return table;
}

void table_free(struct table *table)
{
    if (table == NULL)
        return;
    free(table->text);
    free(table->start);
    free(table);
}

static size_t render_field(const void *context, uint64_t index, char *out)
{
    const struct field_context *of = context;

    return domain_text(of->field, of->name, index, out);
}

const struct table *table_of_field(const struct field *field, const char *name, uint32_t count,
                                   enum format format)
{
    pthread_mutex_lock(&kept_lock);
    struct kept *kept = kept_tables;
    while (kept != NULL && (kept->count != count || kept->format != format || strcmp(kept->name, name) != 0))
        kept = kept->next;
    if (kept == NULL) {
        struct field_context context = {field, name};

        kept = mem_zero(1, sizeof *kept);
        *kept = (struct kept){kept_tables, mem_text(name), count, format,
                              table_make(count, render_field, &context, format, false)};
        kept_tables = kept;
    }
    pthread_mutex_unlock(&kept_lock);
    return kept->table;
}
