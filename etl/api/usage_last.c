#include "api/usage_last.h"

#include "api/cell_text.h"
#include "api/usage_last_inner.h"
#include "base/text.h"

/* The columns of the dataset usage_last, in its order. */
enum { CATEGORY, CHARGE, USAGE_DATE, PROCESS_DATE };

struct reading {
    const char *contract;
    struct arena *arena;
    struct source_pairs *pairs;
};

/* Sets ERR_DATA for the next line: names the member, its value and what it should be. Returns false. */
static bool refuse(const struct reading *reading, const char *member, const struct cell *cell,
                   const char *expected, struct err *err)
{
    char shown[CELL_SHOWN];
    return err_set(err, ERR_DATA, "line %zu of the answer about contract %s: %s `%s` is not a valid %s",
                   reading->pairs->count + 1, reading->contract, member, cell_show(cell, shown), expected);
}

static bool read_category(const struct reading *reading, const struct cell *cell,
                          enum usage_category *category, struct err *err)
{
    return cell_usage_category(cell, category) ||
           refuse(reading, "usageCategory", cell, "usage category that the service documents", err);
}

static bool read_charge(const struct reading *reading, const struct cell *cell, const char **charge,
                        struct err *err)
{
    /* Only some usage categories have charge categories. */
    if (cell->kind == CELL_NULL) {
        *charge = "";
        return true;
    }
    if (cell->kind != CELL_TEXT)
        return refuse(reading, "chargeCategory", cell, "charge category", err);
    *charge = arena_copy(reading->arena, cell->bytes, cell->length);
    return true;
}

/* Reads the day of a date, which may be followed by a time. */
static bool parse_day(const char *text, size_t length, date_t *day)
{
    static const size_t day_length = sizeof "2026-11-22" - 1;
    bool has_time = length > day_length && (text[day_length] == 'T' || text[day_length] == ' ');
    return date_parse(text, has_time ? day_length : length, day);
}

static bool read_day(const struct reading *reading, const char *member, const struct cell *cell, bool *has,
                     date_t *day, struct err *err)
{
    *has = cell->kind != CELL_NULL;
    *day = 0;
    return !*has || (cell->kind == CELL_TEXT && parse_day(cell->bytes, cell->length, day)) ||
           refuse(reading, member, cell, "date", err);
}

static bool check_unique(const struct reading *reading, const struct source_pair *pair, struct err *err)
{
    const struct source_pairs *pairs = reading->pairs;
    for (size_t i = 0; i < pairs->count; i++)
        if (pairs->items[i].category == pair->category &&
            text_equal(pairs->items[i].charge_category, pair->charge_category))
            return err_set(err, ERR_DATA,
                           "lines %zu and %zu of the answer about contract %s are both of %s %s", i + 1,
                           pairs->count + 1, reading->contract, usage_categories[pair->category].name,
                           pair->charge_category);
    return true;
}

bool usage_last_of(const struct metadata *metadata, const char *contract, struct arena *arena,
                   struct source_pairs *pairs, struct err *err)
{
    size_t width = dataset_find("usage_last")->count;
    struct reading reading = {contract, arena, pairs};
    *pairs = (struct source_pairs){0};
    for (size_t i = 0; i < metadata->row_count; i++) {
        const struct cell *cells = &metadata->cells[i * width];
        struct source_pair pair = {.is_listed = true};
        if (!read_category(&reading, &cells[CATEGORY], &pair.category, err) ||
            !read_charge(&reading, &cells[CHARGE], &pair.charge_category, err) ||
            !read_day(&reading, "lastUsageDate", &cells[USAGE_DATE], &pair.has_usage_date,
                      &pair.last_usage_date, err) ||
            !read_day(&reading, "lastProcessDate", &cells[PROCESS_DATE], &pair.has_process_date,
                      &pair.last_process_date, err) ||
            !check_unique(&reading, &pair, err))
            return false;
        *(struct source_pair *)arena_push(arena, &pairs->items, &pairs->count, sizeof pair) = pair;
    }
    return true;
}

bool usage_last_fetch(struct api *api, const char *contract, struct arena *arena, struct source_pairs *pairs,
                      struct err *err)
{
    struct metadata metadata;
    struct metadata_request request = {
        .dataset = dataset_find("usage_last"), .contract = contract, .is_optional = true};
    return metadata_fetch(api, &request, arena, &metadata, err) &&
           usage_last_of(&metadata, contract, arena, pairs, err);
}
