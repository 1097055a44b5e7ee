#include "report/metrics/metrics_sample.h"

#include "base/mem.h"
#include "base/text.h"

#include <string.h>

void metrics_put_head(struct buf *out, const char *name, const char *help)
{
    buf_print(out, "# HELP " METRICS_PREFIX "%s %s\n# TYPE " METRICS_PREFIX "%s gauge\n", name, help, name);
}

/* One line of a value. */
static void put_escaped(struct buf *out, const char *line, size_t length)
{
    SCOPED(mem) char *safe = mem_alloc(length + 1, 1);
    for (const char *text = text_excerpt(line, length, safe, length + 1); *text; text++)
        buf_print(out, "%s%c", *text == '\\' || *text == '"' ? "\\" : "", *text);
}

void metrics_put_label_value(struct buf *out, const char *text)
{
    size_t length = strcspn(text, "\n");
    put_escaped(out, text, length);
    while (text[length]) {
        text += length + 1;
        length = strcspn(text, "\n");
        buf_put(out, "\\n");
        put_escaped(out, text, length);
    }
}
