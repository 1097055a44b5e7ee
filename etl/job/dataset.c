#include "job/dataset.h"

#include "base/macros.h"
#include "base/text.h"

#define COLUMN(api_name, of_type, about)                                                                     \
    {                                                                                                        \
        .name = (api_name), .type = (of_type), .comment = (about)                                            \
    }
#define TOKENS(api_name, additive, about)                                                                    \
    {                                                                                                        \
        .name = (api_name), .type = COLUMN_NUMERIC, .is_metric = true, .is_additive = (additive),            \
        .unit = "tokens", .comment = (about)                                                                 \
    }

#define SNAPSHOT " A snapshot by the service's contract record, which may differ from the total of the usage."

static const struct catalogue_entry contract_columns[] = {
    COLUMN("contractName", COLUMN_TEXT, "Name of the contract."),
    COLUMN("contractStartDate", COLUMN_DATE, "First day of the contract."),
    COLUMN("contractEndDate", COLUMN_DATE, "Last day of the contract."),
    COLUMN("isActive", COLUMN_BOOLEAN, "Whether the service calls the contract active."),
    TOKENS("multiyearProvisionedTokens", true, "Multi-year tokens provisioned for the contract."),
};

static const struct catalogue_entry year_columns[] = {
    COLUMN("year", COLUMN_INTEGER, "Year of the contract, as contractYear counts it."),
    COLUMN("startDate", COLUMN_DATE, "First day of the year."),
    COLUMN("endDate", COLUMN_DATE, "Last day of the year."),
    TOKENS("provisionedTokens", true, "Tokens provisioned for the year."),
    TOKENS("consumedTokens", true,
           "Tokens of the year consumed so far, without multi-year tokens, which multiyear_consumed_tokens "
           "counts "
           "apart." SNAPSHOT),
    TOKENS("remainingTokens", true,
           "Tokens of the year that are left, without multi-year tokens. What is left in all is "
           "remaining_tokens + "
           "multiyear_tokens_at_start - multiyear_consumed_tokens." SNAPSHOT),
    TOKENS("multiyearTokensAtStart", false, "Multi-year tokens that were there when the year began."),
    TOKENS("multiyearConsumedTokens", true, "Multi-year tokens consumed in the year so far." SNAPSHOT),
};

static const struct catalogue_entry name_columns[] = {
    COLUMN("customField", COLUMN_TEXT, "Field of usage that has the name: customField1 and so on."),
    COLUMN("position", COLUMN_INTEGER, "Its place in the contract's list, from 1."),
    COLUMN("name", COLUMN_TEXT, "What the contract calls the field; null where it has no name."),
};

#define CURRENT_NAMES " Usage categories have the names that the service uses now."

static const struct catalogue_entry summary_columns[] = {
    COLUMN("usageMonth", COLUMN_DATE, "Month of the usage, as its first day."),
    COLUMN("contractYear", COLUMN_INTEGER, "Year of the contract."),
    COLUMN("usageCategory", COLUMN_TEXT, "Kind of usage." CURRENT_NAMES),
    {.name = "uniqueUsers",
     .type = COLUMN_INTEGER,
     .is_metric = true,
     .unit = "users",
     .comment =
         "Number of distinct users; of products metered by machine (Arnold, render nodes, VRED) that of "
         "machines."},
    TOKENS("tokensConsumed", true,
           "Tokens consumed, by the service's own total, which may be rounded to whole tokens."),
};

static const struct catalogue_entry last_columns[] = {
    COLUMN("usageCategory", COLUMN_TEXT, "Kind of usage." CURRENT_NAMES),
    COLUMN("chargeCategory", COLUMN_TEXT, "CHARGED, FREE, CASUAL, INCREMENTAL or N/A."),
    COLUMN("lastUsageDate", COLUMN_DATE, "Latest day with usage."),
    COLUMN(
        "lastProcessDate", COLUMN_DATE,
        "Day on which the service last processed usage, which may be of days long before, and which may be "
        "before last_usage_date."),
};

static const struct dataset datasets[] = {
    {DATASET_CONTRACTS, "contracts", contract_columns, COUNT_OF(contract_columns), 0},
    {DATASET_CONTRACT_YEARS, "contract_years", year_columns, COUNT_OF(year_columns), 1},
    {DATASET_CUSTOM_FIELD_NAMES, "custom_field_names", name_columns, COUNT_OF(name_columns), 1},
    {DATASET_USAGE_SUMMARY, "usage_summary", summary_columns, COUNT_OF(summary_columns), 3},
    {DATASET_USAGE_LAST, "usage_last", last_columns, COUNT_OF(last_columns), 2},
};

const char *dataset_name(size_t index)
{
    return index < COUNT_OF(datasets) ? datasets[index].name : NULL;
}

const char *dataset_names(struct arena *arena)
{
    const char *text = datasets[0].name;
    for (size_t i = 1; i < COUNT_OF(datasets); i++)
        text =
            arena_print(arena, "%s%s%s", text, i + 1 < COUNT_OF(datasets) ? ", " : " or ", datasets[i].name);
    return text;
}

const struct dataset *dataset_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(datasets); i++)
        if (text_equal(datasets[i].name, name))
            return &datasets[i];
    return NULL;
}

const struct catalogue_entry *dataset_column(const struct dataset *dataset, const char *name)
{
    for (size_t i = 0; i < dataset->count; i++)
        if (text_equal(dataset->columns[i].name, name))
            return &dataset->columns[i];
    return NULL;
}
