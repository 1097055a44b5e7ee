#include "reads.h"

#include "clock.h"
#include "date.h"
#include "domain.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CUSTOM_FIELDS 10

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

void reads_contract(struct sim *sim, struct request *request, struct reply *reply)
{
    const struct contract *contract = config_contract(request->config, request->contract);
    int64_t last = plan_contract_year(contract->start_day, contract->end_day);
    struct buf *out = &reply->body;
    char date[DATE_BYTES];

    (void)sim;
    buf_char(out, '{');
    write_contract(contract, out);
    buf_text(out, ",\"multiyearProvisionedTokens\":0,\"contractYears\":[");
    for (int64_t year = 1; year <= last; year++) {
        int64_t start_month = date_month_of(contract->start_day) + (year - 1) * 12;
        int64_t into = contract->start_day - date_month_start(date_month_of(contract->start_day));
        int64_t start = date_month_start(start_month) + into;
        int64_t end = year < last ? date_month_start(start_month + 12) + into - 1 : contract->end_day;
        int64_t consumed = (int64_t)(text_mix(text_hash(contract->number) + (uint64_t)year) % 1000) *
                           contract->tokens / 1000;

        buf_format(out, "%s{\"year\":%lld,\"startDate\":\"%s\"", year > 1 ? "," : "", (long long)year,
                   date_text(start, date));
        buf_format(
            out,
            ",\"endDate\":\"%s\",\"provisionedTokens\":%lld,\"consumedTokens\":%lld,\"remainingTokens\":%lld",
            date_text(end, date), (long long)contract->tokens, (long long)consumed,
            (long long)(contract->tokens - consumed));
        buf_text(out, ",\"multiyearTokensAtStart\":0,\"multiyearConsumedTokens\":0}");
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

static void write_values(const struct config *config, const char *name, struct buf *out)
{
    const struct field *field = field_find(name);
    int64_t asked = 0;
    char text[DOMAIN_BYTES];
    bool first = true;

    for (size_t i = 0; i < config->domain_count; i++)
        if (strcmp(config->domains[i].field, name) == 0)
            asked = config->domains[i].values;
    uint32_t count = domain_values(field, asked);
    buf_char(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        size_t length = domain_text(field, name, i, text);

        if (length == 0)
            continue;
        if (!first)
            buf_char(out, ',');
        first = false;
        buf_json_part(out, text, length);
    }
    buf_char(out, ']');
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
            write_values(request->config, field, &reply->body);
            return;
        }
    }
    reply_error(reply, 404, "There is no such enrichment category.");
}

void reads_field_values(struct sim *sim, struct request *request, struct reply *reply)
{
    const char *field = request->parts[4];
    char *category = text_form_get(request->form, "usageCategory");
    bool known = category == NULL || category_find(category) >= 0;

    (void)sim;
    free(category);
    if (!text_has_word("productName userName machineName licenseServerName", field))
        reply_error(reply, 404,
                    "There are values of productName, userName, machineName and licenseServerName only.");
    else if (!known)
        reply_error(reply, 400, "Unknown usageCategory.");
    else
        write_values(request->config, field, &reply->body);
}

void reads_last(struct sim *sim, struct request *request, struct reply *reply)
{
    static const char *const charges[] = {"CHARGED", "FREE", "CASUAL"};
    char yesterday[DATE_BYTES];
    const char *last = request->config->last_usage_date;

    (void)sim;
    if (*last == '\0')
        last = date_text(clock_today() - 1, yesterday);
    buf_char(&reply->body, '[');
    for (int category = 0; category < CATEGORY_DEFAULT_COUNT; category++)
        for (size_t i = 0; i < 3; i++)
            buf_format(&reply->body,
                       "%s{\"usageCategory\":\"%s\",\"chargeCategory\":\"%s\",\"lastUsageDate\":\"%s\","
                       "\"lastProcessDate\":"
                       "\"%s\"}",
                       category + (int)i > 0 ? ",\n" : "", category_names[category], charges[i], last, last);
    buf_char(&reply->body, ']');
}
