/*
 * tokenflex-etl-reference: writes a part of the reference to stdout, made from the tables of the program.
 * The build runs it.
 *
 *   tokenflex-etl-reference man-page program|settings|job
 *   tokenflex-etl-reference schema TEMPLATE     job.schema.json
 *   tokenflex-etl-reference example             tokenflex-etl.example.yaml
 *   tokenflex-etl-reference tables PAGE         a page of Markdown, with its generated tables made new
 */
#include "base/exit_code.h"
#include "base/text.h"
#include "reference/example_file.h"
#include "reference/man_page.h"
#include "reference/page_tables.h"
#include "reference/schema_file.h"

#include <stdio.h>

static bool put_man_page(const char *name, struct buf *out)
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

static bool report(bool put, const struct err *err)
{
    if (!put)
        fprintf(stderr, "tokenflex-etl-reference: %s\n", err->text);
    return put;
}

static bool put_schema(const char *template_path, struct buf *out)
{
    struct err err = {0};
    return report(schema_put(template_path, out, &err), &err);
}

static bool put_tables(const char *path, struct buf *out)
{
    struct err err = {0};
    return report(page_tables_put(path, out, &err), &err);
}

static bool put_example(const char *ignored, struct buf *out)
{
    (void)ignored;
    example_put(out);
    return true;
}

static const struct {
    const char *name;
    int words; /* after it */
    bool (*put)(const char *word, struct buf *out);
} files[] = {
    {"man-page", 1, put_man_page},
    {"schema", 1, put_schema},
    {"tables", 1, put_tables},
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
        fputs("usage: tokenflex-etl-reference man-page program|settings|job | schema TEMPLATE | example | "
              "tables PAGE\n",
              stderr);
        return EXIT_CODE_USAGE;
    }
    return fwrite(buf_text(&out), 1, out.length, stdout) == out.length && fflush(stdout) == 0 ? 0 : 69;
}
