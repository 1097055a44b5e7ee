#include "reads.h"

#include "clock.h"
#include "date.h"
#include "groups.h"
#include "known.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CUSTOM_FIELDS 10
#define MAX_YEARS 50
#define CHARGES 5

static void write_contract(const struct contract *contract, struct buf *out)
{
    char date[DATE_BYTES];

    buf_text(out, "\"contractNumber\":");
    buf_json(out, contract->number);
    buf_text(out, ",\"contractName\":");
    buf_json(out, contract->name);
    buf_format(out, ",\"contractStartDate\":\"%s\"", date_text(contract->start_day, date));
    buf_format(out, ",\"contractEndDate\":\"%s\"", date_text(contract->end_day, date));
    buf_format(out, ",\"isActive\":%s", contract->active ? "true" : "false");
}

void reads_contracts(struct sim *sim, struct request *request, struct reply *reply)
{
    const struct config *config = request->config;

    (void)sim;
    buf_char(&reply->body, '[');
    for (size_t i = 0; config->administrator && i < config->contract_count; i++) {
        buf_text(&reply->body, i > 0 ? ",\n{" : "{");
        write_contract(&config->contracts[i], &reply->body);
        buf_char(&reply->body, '}');
    }
    buf_char(&reply->body, ']');
}

/* What a contract has consumed by year and token pool. */
struct consumption {
    int64_t years[MAX_YEARS + 1][2]; /* thousandths; of the contract year's tokens, and of multi-year ones */
};

static void add_consumption(void *context, const struct usage *usage)
{
    struct consumption *consumption = context;
    uint64_t year = usage->values[VALUE_CONTRACT_YEAR];

    if (year <= MAX_YEARS)
        consumption->years[year][usage->values[VALUE_TOKEN_POOL] == 1] += usage->amounts[METRIC_TOKENS];
}

static void write_year(const struct contract *contract, int64_t year, int64_t last,
                       const struct consumption *consumption, int64_t multi_year, struct buf *out)
{
    int64_t start_month = date_month_of(contract->start_day) + (year - 1) * 12;
    int64_t into = contract->start_day - date_month_start(date_month_of(contract->start_day));
    int64_t start = date_month_start(start_month) + into;
    int64_t end = year < last ? date_month_start(start_month + 12) + into - 1 : contract->end_day;
    int64_t consumed = consumption->years[year][0], tokens = contract->tokens * 1000;
    char date[DATE_BYTES];

    buf_format(out, "%s{\"year\":%lld,\"startDate\":\"%s\"", year > 1 ? "," : "", (long long)year,
               date_text(start, date));
    buf_format(out, ",\"endDate\":\"%s\",\"provisionedTokens\":", date_text(end, date));
    buf_thousandths(out, tokens, false);
    buf_text(out, ",\"consumedTokens\":");
    buf_thousandths(out, consumed, false);
    buf_text(out, ",\"remainingTokens\":");
    buf_thousandths(out, tokens - consumed, false);
    buf_text(out, ",\"multiyearTokensAtStart\":");
    buf_thousandths(out, multi_year, false);
    buf_text(out, ",\"multiyearConsumedTokens\":");
    buf_thousandths(out, consumption->years[year][1], false);
    buf_char(out, '}');
}

void reads_contract(struct sim *sim, struct request *request, struct reply *reply)
{
    const struct contract *contract = config_contract(request->config, request->contract);
    int64_t last = world_contract_year(contract->start_day, contract->end_day);
    int64_t multi_year = contract->multi_year_tokens * 1000;
    struct known known = known_now(request->config, contract);
    struct consumption consumption = {0};
    struct buf *out = &reply->body;

    (void)sim;
    known_each(&known, INT64_MIN, INT64_MAX, false, add_consumption, &consumption);
    buf_char(out, '{');
    write_contract(contract, out);
    buf_format(out, ",\"multiyearProvisionedTokens\":%lld,\"contractYears\":[",
               (long long)contract->multi_year_tokens);
    for (int64_t year = 1; year <= last && year <= MAX_YEARS; year++) {
        write_year(contract, year, last, &consumption, multi_year, out);
        multi_year -= consumption.years[year][1];
    }
    buf_text(out, "]}");
}

void reads_enrichment(struct sim *sim, struct request *request, struct reply *reply)
{
    const struct contract *contract = config_contract(request->config, request->contract);

    (void)sim;
    buf_char(&reply->body, '[');
    for (size_t i = 0; i < contract->enrichment_count; i++) {
        if (i > 0)
            buf_char(&reply->body, ',');
        buf_json(&reply->body, contract->enrichment[i]);
    }
    buf_char(&reply->body, ']');
}

/* The values that are in the usage, of one category or (-1) of all. */
struct found {
    struct groups *groups;
    int category;
};

static void add_found(void *context, const struct usage *usage)
{
    struct found *found = context;

    if (found->category < 0 || usage->values[VALUE_CATEGORY] == (uint64_t)found->category)
        groups_add(found->groups, usage);
}

static void write_values(const struct request *request, const char *name, int category, struct buf *out)
{
    const struct contract *contract = config_contract(request->config, request->contract);
    struct grouping grouping = {.places = {world_place(contract, name)}, .place_count = 1};
    struct known known = known_now(request->config, contract);
    struct found found = {groups_make(&grouping), category};
    char text[WORLD_TEXT_BYTES];
    bool first = true;

    known_each(&known, INT64_MIN, INT64_MAX, false, add_found, &found);
    buf_char(out, '[');
    for (size_t i = 0; i < found.groups->count; i++) {
        size_t length = known_text(&known, grouping.places[0], name, found.groups->values[i], text);

        if (length == 0)
            continue;
        buf_text(out, first ? "" : ",");
        first = false;
        buf_json_part(out, text, length);
    }
    buf_char(out, ']');
    groups_release(found.groups);
}

void reads_enrichment_values(struct sim *sim, struct request *request, struct reply *reply)
{
    const struct contract *contract = config_contract(request->config, request->contract);
    const char *category = request->parts[5];
    char field[32];

    (void)sim;
    for (size_t i = 0; i < CUSTOM_FIELDS; i++) {
        snprintf(field, sizeof field, "customField%u", (unsigned)i + 1);
        bool named = i < contract->enrichment_count && strcmp(contract->enrichment[i], category) == 0;

        if (strcmp(field, category) == 0 || named) {
            write_values(request, field, -1, &reply->body);
            return;
        }
    }
    reply_error(reply, 404, "There is no such enrichment category.");
}

void reads_field_values(struct sim *sim, struct request *request, struct reply *reply)
{
    const char *field = request->parts[4];
    char *category = text_form_get(request->form, "usageCategory");
    int number = category != NULL ? category_find(category) : -1;
    bool known = category == NULL || number >= 0;

    (void)sim;
    free(category);
    if (!text_has_word("productName userName machineName licenseServerName", field))
        reply_error(reply, 404,
                    "There are values of productName, userName, machineName and licenseServerName only.");
    else if (!known)
        reply_error(reply, 400, "Unknown usageCategory.");
    else
        write_values(request, field, number < 0 ? -1 : category_today(number), &reply->body);
}

static void write_last(struct buf *out, int category, const char *charge, const char *usage,
                       const char *process)
{
    buf_format(out,
               "%s{\"usageCategory\":\"%s\",\"chargeCategory\":\"%s\",\"lastUsageDate\":\"%s\","
               "\"lastProcessDate\":\"%s\"}",
               out->length > 1 ? ",\n" : "", category_names[category], charge, usage, process);
}

/* The days of each category and charge category; 0 where there is nothing. */
struct last {
    int64_t usage[CATEGORY_DEFAULT_COUNT][CHARGES], process[CATEGORY_DEFAULT_COUNT][CHARGES];
};

static void see_last(void *context, const struct usage *usage)
{
    struct last *last = context;
    uint64_t category = usage->values[VALUE_CATEGORY], charge = usage->values[VALUE_CHARGE_CATEGORY];
    int64_t day = (int64_t)usage->values[VALUE_DATE];

    if (!usage->gone && day > last->usage[category][charge])
        last->usage[category][charge] = day;
    if (usage->known_day > last->process[category][charge])
        last->process[category][charge] = usage->known_day;
}

/* Of the world: the newest day with usage, and the newest day on which the service learned something. */
static void write_last_of_world(const struct request *request, struct buf *out)
{
    struct known known = known_now(request->config, config_contract(request->config, request->contract));
    struct last last = {0};
    char usage[DATE_BYTES], process[DATE_BYTES], charge[WORLD_TEXT_BYTES];

    known_each(&known, INT64_MIN, INT64_MAX, true, see_last, &last);
    for (int i = 0; i < CATEGORY_DEFAULT_COUNT; i++)
        for (int k = 0; k < CHARGES; k++)
            if (last.usage[i][k] > 0) {
                world_text(VALUE_CHARGE_CATEGORY, "chargeCategory", (uint64_t)k, charge);
                write_last(out, i, charge, date_text(last.usage[i][k], usage),
                           date_text(last.process[i][k], process));
            }
}

void reads_last(struct sim *sim, struct request *request, struct reply *reply)
{
    static const char *const charges[] = {"CHARGED", "FREE", "CASUAL"};
    char yesterday[DATE_BYTES];
    const char *last = request->config->last_usage_date;
    bool world = *last == '\0' && config_has_world(request->config);

    (void)sim;
    if (*last == '\0')
        last = date_text(clock_today() - 1, yesterday);
    buf_char(&reply->body, '[');
    if (world)
        write_last_of_world(request, &reply->body);
    for (int category = 0; category < CATEGORY_DEFAULT_COUNT && !world; category++)
        for (size_t i = 0; i < 3; i++)
            write_last(&reply->body, category, charges[i], last, last);
    buf_char(&reply->body, ']');
}
