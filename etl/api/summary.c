#include "api/summary.h"

#include "api/cell_text.h"
#include "api/summary_inner.h"
#include "base/decimal.h"
#include "base/text.h"
#include "wire/json/json_reader.h"

#include <stdlib.h>
#include <string.h>

/* The columns of the dataset usage_summary, in its order. */
enum { MONTH, YEAR, CATEGORY, TOKENS = 4 };

/* A contract has a few years: a number above this cannot be one of them. */
#define MAX_YEARS 1000

struct reading {
    const char *contract;
    struct arena *arena;
    struct summary *summary;
};

/* Sets ERR_DATA for the next line: names the member, its value and what it should be. Returns false. */
static bool refuse(const struct reading *reading, const char *member, const struct cell *cell,
                   const char *expected, struct err *err)
{
    char shown[CELL_SHOWN];
    return err_set(err, ERR_DATA, "line %zu of the summary of contract %s: %s %s `%s` is not a %s",
                   reading->summary->count + 1, reading->contract, member,
                   cell->kind == CELL_TEXT ? "as the text" : "as", cell_show(cell, shown), expected);
}

static bool read_month(const struct reading *reading, const struct cell *cell, date_t *month, struct err *err)
{
    bool is_month = cell->kind == CELL_TEXT && date_parse_day(cell->bytes, cell->length, month) &&
                    date_month_start(*month) == *month;
    return is_month || refuse(reading, "usageMonth", cell, "first day of a month", err);
}

static bool read_year(const struct reading *reading, const struct cell *cell, unsigned *year, struct err *err)
{
    uint64_t number = 0;
    bool is_year = (cell->kind == CELL_TEXT || cell->kind == CELL_NUMBER) &&
                   json_is_number(cell->bytes, cell->length) &&
                   decimal_to_uint(cell->bytes, cell->length, MAX_YEARS, &number) && number > 0;
    *year = (unsigned)number;
    return is_year || refuse(reading, "contractYear", cell, "year of a contract", err);
}

static bool read_category(const struct reading *reading, const struct cell *cell,
                          enum usage_category *category, struct err *err)
{
    return cell_usage_category(cell, category) ||
           refuse(reading, "usageCategory", cell, "usage category that the service documents", err);
}

static bool read_tokens(const struct reading *reading, const struct cell *cell, const char **tokens,
                        struct err *err)
{
    char digits[DECIMAL_CANONICAL];
    size_t length;
    if (cell->kind != CELL_NUMBER || !decimal_canonical(cell->bytes, cell->length, digits, &length))
        return refuse(reading, "tokensConsumed", cell, "number", err);
    *tokens = arena_copy(reading->arena, digits, length);
    return true;
}

static bool check_unique(const struct reading *reading, const struct summary_line *line, struct err *err)
{
    const struct summary *summary = reading->summary;
    char month[DATE_TEXT];
    for (size_t i = 0; i < summary->count; i++) {
        const struct summary_line *other = &summary->lines[i];
        if (other->month == line->month && other->contract_year == line->contract_year &&
            other->category == line->category)
            return err_set(err, ERR_DATA,
                           "lines %zu and %zu of the summary of contract %s are both of %.7s, contract year "
                           "%u, %s",
                           i + 1, summary->count + 1, reading->contract, date_format(line->month, month),
                           line->contract_year, usage_categories[line->category].name);
    }
    return true;
}

bool summary_of(const struct metadata *metadata, const char *contract, struct arena *arena,
                struct summary *summary, struct err *err)
{
    size_t width = dataset_find("usage_summary")->count;
    struct reading reading = {contract, arena, summary};
    *summary = (struct summary){.is_whole = true};
    for (size_t i = 0; i < metadata->row_count; i++) {
        const struct cell *cells = &metadata->cells[i * width];
        struct summary_line line;
        if (!read_month(&reading, &cells[MONTH], &line.month, err) ||
            !read_year(&reading, &cells[YEAR], &line.contract_year, err) ||
            !read_category(&reading, &cells[CATEGORY], &line.category, err) ||
            !read_tokens(&reading, &cells[TOKENS], &line.tokens, err) || !check_unique(&reading, &line, err))
            return false;
        summary->is_whole = summary->is_whole && !strchr(line.tokens, '.');
        *(struct summary_line *)arena_push(arena, &summary->lines, &summary->count, sizeof line) = line;
    }
    return true;
}

bool summary_fetch(struct api *api, const char *contract, struct arena *arena, struct summary *summary,
                   struct err *err)
{
    struct metadata metadata;
    struct metadata_request request = {.dataset = dataset_find("usage_summary"), .contract = contract};
    return metadata_fetch(api, &request, arena, &metadata, err) &&
           summary_of(&metadata, contract, arena, summary, err);
}
