#include "job/job_read_values.h"

#include "job/job.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define IDENTIFIER "a name of lower-case letters, digits and `_`, at most 63 bytes long"

/* An invalid name is kept, too: other findings and job_find() use it. */
void job_read_name(const struct key_value *value, void *member)
{
    const char *expected =
        "a name such as daily_usage: lower-case letters, digits and `_`, a letter first, at most 63 "
        "bytes long";
    const char *text = key_text(value, expected);
    if (!text)
        return;
    *(const char **)member = arena_copy_text(value->context->arena, text);
    if (!job_is_identifier(text) || text[0] == '_')
        key_refuse(value, expected);
}

/* "; did you mean `active`?" for a text that no contract has: numbers have digits. */
static const char *suggest_contracts(const struct key_value *value, const char *text)
{
    static const char *const words[] = {"active", "all"};
    bool has_digit = text[strcspn(text, "0123456789")] != '\0';
    return has_digit ? "" : key_suggestion(value->context->arena, text, words, 2);
}

static void read_contract_number(const struct key_value *value, struct job *job)
{
    const char *expected = "a contract number such as \"11000000001\"";
    const char *text = value->node->broken ? NULL : key_text(value, expected);
    if (!text)
        return;
    struct text_list *numbers = &job->contract_numbers;
    if (text_equal(text, "active") || text_equal(text, "all"))
        finding_error(value->context->findings, value->node->place,
                      "`%s` cannot stand in a list: write `contract: %s`, or numbers only", text, text);
    else if (!job_is_contract_number(text))
        key_refuse(value, expected);
    else if (*suggest_contracts(value, text))
        finding_error(value->context->findings, value->node->place, "`%s` is no contract number%s", text,
                      suggest_contracts(value, text));
    else if (text_list_has(numbers, text))
        finding_error(value->context->findings, value->node->place,
                      "the contract `%s` is listed twice: remove one of them", text);
    else
        arena_add_text(value->context->arena, numbers, arena_copy_text(value->context->arena, text));
}

void job_read_contract(const struct key_value *value, void *member)
{
    const struct yaml_node *node = value->node;
    struct job *job = member;
    bool is_list = node->kind == YAML_SEQUENCE;
    if (node->kind == YAML_SCALAR && text_equal(node->text, "active"))
        job->contracts = JOB_CONTRACTS_ACTIVE;
    else if (node->kind == YAML_SCALAR && text_equal(node->text, "all"))
        job->contracts = JOB_CONTRACTS_ALL;
    else if (node->kind == YAML_SCALAR)
        read_contract_number(value, job);
    else if (!is_list || node->count == 0 || node->count > KEY_MAX_ITEMS)
        key_refuse(value, "a contract number, a list of them, active or all");
    for (size_t i = 0; is_list && i < node->count && node->count <= KEY_MAX_ITEMS; i++)
        read_contract_number(&(struct key_value){value->context, value->path, node->items[i]}, job);
}

void job_read_where(const struct key_value *value, void *member)
{
    const char *text = key_text(value, "a condition such as \"userName LIKE 'admin%'\"");
    if (!text)
        return;
    size_t length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        length--;
    size_t blanks = strspn(text, " \t\r\n");
    if (blanks >= length)
        finding_error(value->context->findings, value->node->place,
                      "`%s` is empty: give it a condition, or remove the key", value->path);
    else if (length > 65536)
        finding_error(value->context->findings, value->node->place, "`%s` is longer than 64 KiB: shorten it",
                      value->path);
    else
        *(const char **)member = arena_copy(value->context->arena, text + blanks, length - blanks);
}

void job_read_dataset(const struct key_value *value, void *member)
{
    const char *expected = dataset_names(value->context->arena);
    const char *text = key_text(value, expected);
    const struct dataset *dataset = text ? dataset_find(text) : NULL;
    if (text && !dataset)
        key_refuse(value, expected);
    *(const struct dataset **)member = dataset;
}

static const struct {
    const char *name;
    const char *names;
    enum job_unit unit;
    unsigned most; /* a hundred years */
} units[] = {
    {"day", "days", JOB_DAYS, 36500},
    {"week", "weeks", JOB_WEEKS, 5200},
    {"month", "months", JOB_MONTHS, 1200},
};

static bool parse_span(const char *text, unsigned *number_of, enum job_unit *unit_of)
{
    size_t digits = strspn(text, "0123456789");
    size_t blanks = strspn(text + digits, " ");
    char number[8] = {0};
    uint64_t count = 0;
    if (digits == 0 || digits >= sizeof number || blanks == 0)
        return false;
    memcpy(number, text, digits);
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        const char *unit = text + digits + blanks;
        if (!text_equal(unit, units[i].name) && !text_equal(unit, units[i].names))
            continue;
        if (!text_to_uint(number, units[i].most, &count) || count == 0)
            return false;
        *number_of = (unsigned)count;
        *unit_of = units[i].unit;
        return true;
    }
    return false;
}

/* Units of other tools, in days or months, for a helpful message. */
static const char *suggest_span(struct arena *arena, const char *text)
{
    static const struct {
        const char *name;
        unsigned months;
    } others[] = {{"year", 12}, {"quarter", 3}};
    size_t digits = strspn(text, "0123456789");
    const char *unit = text + digits + strspn(text + digits, " ");
    unsigned long count = strtoul(text, NULL, 10);
    if (digits == 0 || digits > 4 || count == 0)
        return "";
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (strncmp(unit, others[i].name, strlen(others[i].name)) == 0)
            return arena_print(arena, "; did you mean `%lu months`?", count * others[i].months);
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (text_nearest(unit, &units[i].names, 1))
            return arena_print(arena, "; did you mean `%lu %s`?", count,
                               count == 1 ? units[i].name : units[i].names);
    return "";
}

static void read_span(const struct key_value *value, const char *expected, unsigned *number_of,
                      enum job_unit *unit_of)
{
    const char *text = key_text(value, expected);
    char shown[KEY_SHOWN];
    if (text && !parse_span(text, number_of, unit_of))
        finding_error(value->context->findings, value->node->place, "`%s` must be %s, found %s%s",
                      value->path, expected, key_show(value->node, shown),
                      suggest_span(value->context->arena, text));
}

void job_read_last(const struct key_value *value, void *member)
{
    struct job_window *window = member;
    read_span(value, "a number of days, weeks or months within a hundred years, such as 35 days",
              &window->last, &window->unit);
}

void job_read_full_every(const struct key_value *value, void *member)
{
    struct job_window *window = member;
    read_span(value, "a number of days, weeks or months within a hundred years, such as 7 days",
              &window->full_every, &window->full_every_unit);
}

void job_read_until(const struct key_value *value, void *member)
{
    const char *expected = "today or a date from 2000-01-01 to 3000-01-01, such as 2026-11-22";
    const char *text = key_text(value, expected);
    struct job_window *window = member;
    date_t until = 0;
    if (!text)
        return;
    window->until_today = text_equal(text, "today");
    if (window->until_today)
        return;
    if (date_parse(text, strlen(text), &until) && until >= JOB_FIRST_DAY && until <= JOB_END_DAY)
        window->until = until;
    else
        key_refuse(value, expected);
}

void job_read_window_field(const struct key_value *value, void *member)
{
    const char *text = key_text(value, "usageDate or usageMonth");
    if (!text)
        return;
    if (text_equal(text, "usageDate") || text_equal(text, "usageMonth"))
        *(const char **)member = arena_copy_text(value->context->arena, text);
    else
        key_refuse(value, "usageDate or usageMonth");
}

void job_read_identifier(const struct key_value *value, void *member)
{
    const char *text = key_text(value, IDENTIFIER);
    if (text && job_is_identifier(text))
        *(const char **)member = arena_copy_text(value->context->arena, text);
    else if (text)
        key_refuse(value, IDENTIFIER);
}

/* One entry of `types` or `rename`: the value, with its path; false where it was refused already. */
static bool entry_value(const struct key_value *map, size_t i, struct key_value *entry)
{
    char shown[KEY_SHOWN];
    const char *key = map->node->keys[i]->text;
    *entry = (struct key_value){
        map->context,
        arena_print(map->context->arena, "%s.%s", map->path, key_shorten(key, shown)),
        map->node->items[i],
    };
    return !entry->node->broken;
}

void job_read_types(const struct key_value *value, void *member)
{
    const char *expected = "text, bigint, numeric, date, timestamp or boolean";
    struct job_target *target = member;
    if (value->node->kind != YAML_MAPPING) {
        key_refuse(value, "a mapping such as {customField1: bigint}");
        return;
    }
    for (size_t i = 0; i < value->node->count; i++) {
        struct key_value entry;
        enum column_type type;
        const char *text = entry_value(value, i, &entry) ? key_text(&entry, expected) : NULL;
        if (text && !column_type_parse(text, &type))
            key_refuse(&entry, expected);
        else if (text)
            *(struct job_type *)arena_push(value->context->arena, &target->types, &target->type_count,
                                           sizeof(struct job_type)) =
                (struct job_type){arena_copy_text(value->context->arena, value->node->keys[i]->text), type};
    }
}

static void read_column(const struct key_value *value, const char **column)
{
    const char *text = key_text(value, IDENTIFIER);
    if (text && job_is_column(text))
        *column = arena_copy_text(value->context->arena, text);
    else if (text)
        key_refuse(value, IDENTIFIER);
}

void job_read_rename(const struct key_value *value, void *member)
{
    struct job_target *target = member;
    if (value->node->kind != YAML_MAPPING) {
        key_refuse(value, "a mapping such as {customField1: department}");
        return;
    }
    for (size_t i = 0; i < value->node->count; i++) {
        struct key_value entry;
        const char *column = NULL;
        if (entry_value(value, i, &entry))
            read_column(&entry, &column);
        if (column)
            *(struct job_rename *)arena_push(value->context->arena, &target->renames, &target->rename_count,
                                             sizeof(struct job_rename)) = (struct job_rename){
                arena_copy_text(value->context->arena, value->node->keys[i]->text), column};
    }
}
