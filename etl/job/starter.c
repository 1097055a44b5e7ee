#include "job/starter.h"

#include "job/custom_column.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define SHOWN_NAME 121

static void make_job_name(const char *contract, char out[JOB_COLUMN_NAME])
{
    snprintf(out, JOB_COLUMN_NAME, "usage_%s", contract);
    for (char *letter = out; *letter; letter++)
        *letter = *letter == '-' ? '_' : (char)tolower((unsigned char)*letter);
}

static void put_head(const struct starter *starter, struct buf *out)
{
    char name[JOB_COLUMN_NAME];
    make_job_name(starter->contract, name);
    buf_put(out, "# yaml-language-server: $schema=job.schema.json\n#\n");
    buf_print(out,
              "# A job to start from, made by `tokenflex-etl discover fields --contract %s --job`.\n"
              "# Save it as %s.yaml in the directory of job definitions, take out what you do not want, "
              "then:\n#\n"
              "#     tokenflex-etl check %s\n"
              "#     tokenflex-etl run %s\n",
              starter->contract, name, name, name);
    buf_print(out,
              "name: %s\n"
              "description: Tokens and hours by day, product and user\n"
              "contract: \"%s\"\n",
              name, starter->contract);
}

static void put_query(const struct starter *starter, struct buf *out)
{
    char shown[SHOWN_NAME];
    buf_put(
        out,
        "query:\n"
        "  # The grain: each combination of these fields is one row. Once the table is filled, another "
        "grain\n"
        "  # means to load it again (run --rebuild). `tokenflex-etl discover fields` lists all there are.\n"
        "  fields:\n"
        "    - usageDate\n"
        "    - productName\n"
        "    - userName\n");
    for (size_t i = 0; i < CATALOGUE_CUSTOM_FIELDS; i++)
        if (starter->custom_names[i])
            buf_print(out, "    - customField%zu # %s\n", i + 1,
                      text_excerpt(starter->custom_names[i], strlen(starter->custom_names[i]), shown,
                                   sizeof shown));
    buf_put(out, "  metrics: [tokensConsumed, usageHours]\n"
                 "  # Without this, usage of every category:\n"
                 "  # usageCategory: [DESKTOP_PRODUCT]\n");
}

static void put_rename(const struct starter *starter, struct buf *out)
{
    bool begun = false;
    struct custom_columns columns;
    custom_columns_make(starter->custom_names, &columns);
    for (size_t i = 0; i < CATALOGUE_CUSTOM_FIELDS; i++) {
        char plain[JOB_COLUMN_NAME];
        snprintf(plain, sizeof plain, "custom_field%zu", i + 1);
        if (!*columns.items[i] || text_equal(columns.items[i], plain))
            continue;
        buf_put(out, begun ? ""
                           : "target:\n  # The columns of the custom fields, as the contract calls them.\n"
                             "  rename:\n");
        buf_print(out, "    customField%zu: %s\n", i + 1, columns.items[i]);
        begun = true;
    }
}

void starter_put(const struct starter *starter, struct buf *out)
{
    put_head(starter, out);
    put_query(starter, out);
    buf_put(out, "window:\n"
                 "  # The service corrects past days for weeks, so each run requests all of these again.\n"
                 "  field: usageDate\n"
                 "  last: 35 days\n"
                 "  chunk: month\n");
    put_rename(starter, out);
}
