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
    TOKENS("consumedTokens", true, "Tokens of the year consumed so far." SNAPSHOT),
    TOKENS("remainingTokens", true, "Tokens of the year that are left." SNAPSHOT),
    TOKENS("multiyearTokensAtStart", false, "Multi-year tokens that were there when the year began."),
    TOKENS("multiyearConsumedTokens", true, "Multi-year tokens consumed in the year so far." SNAPSHOT),
};

static const struct catalogue_entry name_columns[] = {
    COLUMN("customField", COLUMN_TEXT, "Field of usage that has the name: customField1 and so on."),
    COLUMN("position", COLUMN_INTEGER, "Its place in the contract's list, from 1."),
    COLUMN("name", COLUMN_TEXT, "What the contract calls the field; null where it has no name."),
};

static const struct dataset datasets[] = {
    {DATASET_CONTRACTS, "contracts", contract_columns, COUNT_OF(contract_columns), 0},
    {DATASET_CONTRACT_YEARS, "contract_years", year_columns, COUNT_OF(year_columns), 1},
    {DATASET_CUSTOM_FIELD_NAMES, "custom_field_names", name_columns, COUNT_OF(name_columns), 1},
};

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
