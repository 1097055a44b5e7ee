/*
 * tokenflex-etl-reference: writes a manual page, the schema of jobs or the example of settings to
 * stdout. Runs while the project is built.
 *
 *   tokenflex-etl-reference page program|settings|job
 *   tokenflex-etl-reference schema TEMPLATE
 *   tokenflex-etl-reference example
 */
#include "base/text.h"
#include "reference/example_file.h"
#include "reference/man_page.h"
#include "reference/schema_file.h"

#include <stdio.h>

static bool put_page(const char *name, struct buf *out)
{
    if (text_equal(name, "program")) {
        man_page_put_program(out);
        return true;
    }
    for (const struct help_topic *topic = help_topics; topic->name; topic++) {
        if (text_equal(name, topic->name)) {
            man_page_put_file(topic, out);
            return true;
        }
    }
    return false;
}

static bool put_schema(const char *template_path, struct buf *out)
{
    struct err err = {0};
    bool put = schema_put(template_path, out, &err);
    if (!put)
        fprintf(stderr, "tokenflex-etl-reference: %s\n", err.text);
    return put;
}

static bool put_example(const char *ignored, struct buf *out)
{
    (void)ignored;
    example_put(out);
    return true;
}

static const struct {
    const char *name;
    int words; /* behind it */
    bool (*put)(const char *word, struct buf *out);
} files[] = {
    {"page", 1, put_page},
    {"schema", 1, put_schema},
    {"example", 0, put_example},
};

static bool put_file(int count, char **words, struct buf *out)
{
    for (size_t i = 0; count > 0 && i < COUNT_OF(files); i++)
        if (text_equal(words[0], files[i].name) && count == files[i].words + 1)
            return files[i].put(words[1], out);
    return false;
}

int main(int argc, char **argv)
{
    SCOPED(buf) struct buf out = buf_make((size_t)1 << 20);
    if (!put_file(argc - 1, argv + 1, &out)) {
        fputs("usage: tokenflex-etl-reference page program|settings|job | schema TEMPLATE | example\n",
              stderr);
        return 64;
    }
    return fwrite(buf_text(&out), 1, out.length, stdout) == out.length && fflush(stdout) == 0 ? 0 : 69;
}
