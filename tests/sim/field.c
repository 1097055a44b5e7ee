#include "field.h"

#include <string.h>

/* By the order of category_names. */
#define DESKTOP (1U << 0 | 1U << 5)
#define CLOUD (1U << 1 | 1U << 7)
#define ADJUSTMENT (1U << 3)
#define MANUAL (1U << 3 | 1U << 4)

#define CUSTOM(name)                                                                                         \
    {                                                                                                        \
        name, VALUE_CUSTOM, DIMENSION_OWN, 6, true, false, true, false, 0                                    \
    }

static const struct field fields[] = {
    {"usageDate", VALUE_DATE, DIMENSION_PERIOD, 0, false, false, true, false, 0},
    {"usageMonth", VALUE_MONTH, DIMENSION_PERIOD, 0, false, false, true, false, 0},
    {"contractYear", VALUE_CONTRACT_YEAR, DIMENSION_PERIOD, 0, false, false, true, false, 0},
    {"sessionStartDate", VALUE_SESSION_START, DIMENSION_SECOND, 28800, false, true, true, false, DESKTOP},
    {"sessionEndDate", VALUE_SESSION_END, DIMENSION_SECOND, 28800, false, true, true, false, DESKTOP},
    {"transactionDate", VALUE_TRANSACTION_DATE, DIMENSION_SECOND, 28800, false, true, false, false, MANUAL},
    {"productName", VALUE_PRODUCT_NAME, DIMENSION_PRODUCT, 40, false, false, true, false, 0},
    {"productLineCode", VALUE_PRODUCT_LINE, DIMENSION_PRODUCT, 40, false, false, true, false, 0},
    {"productFeatureCode", VALUE_FEATURE_CODE, DIMENSION_PRODUCT, 40, false, false, true, false, DESKTOP},
    {"productVersion", VALUE_VERSION, DIMENSION_OWN, 8, false, false, true, false, DESKTOP},
    {"userName", VALUE_USER, DIMENSION_OWN, 300, false, false, true, false, 0},
    {"usageCategory", VALUE_CATEGORY, DIMENSION_CATEGORY, 0, false, false, true, true, 0},
    {"tokenPool", VALUE_TOKEN_POOL, DIMENSION_OWN, 2, false, false, false, true, ADJUSTMENT},
    {"chargedItemID", VALUE_CHARGED_ITEM, DIMENSION_OWN, 1000000, false, true, true, false, 0},
    {"chargeCategory", VALUE_CHARGE_CATEGORY, DIMENSION_OWN, 5, false, true, true, true, DESKTOP | CLOUD},
    {"licenseServerTimeZoneOffset", VALUE_TIME_ZONE, DIMENSION_OWN, 5, false, true, true, false, DESKTOP},
    {"machineName", VALUE_MACHINE, DIMENSION_OWN, 120, true, false, true, false, DESKTOP},
    {"licenseServerName", VALUE_SERVER, DIMENSION_OWN, 4, false, false, true, false, DESKTOP},
    {"usageType", VALUE_USAGE_TYPE, DIMENSION_OWN, 2, false, false, true, true, DESKTOP},
    {"hubId", VALUE_HUB_ID, DIMENSION_HUB, 12, false, true, false, false, CLOUD},
    {"hubName", VALUE_HUB_NAME, DIMENSION_HUB, 12, false, true, false, false, CLOUD},
    {"reasonType", VALUE_REASON_TYPE, DIMENSION_OWN, 3, false, false, false, false, MANUAL},
    {"reasonComment", VALUE_REASON_COMMENT, DIMENSION_OWN, 12, true, true, false, false, MANUAL},
    CUSTOM("customField1"),
    CUSTOM("customField2"),
    CUSTOM("customField3"),
    CUSTOM("customField4"),
    CUSTOM("customField5"),
    CUSTOM("customField6"),
    CUSTOM("customField7"),
    CUSTOM("customField8"),
    CUSTOM("customField9"),
    CUSTOM("customField10"),
};

static const struct field unknown_field = {"",    VALUE_UNKNOWN, DIMENSION_OWN, 25, false,
                                           false, false,         false,         0};

static const char *const metrics[] = {"tokensConsumed", "quantity",    "usageMinutes",  "usageHours",
                                      "useCount",       "uniqueUsers", "uniqueProducts"};

const char *const category_names[CATEGORY_COUNT] = {
    "DESKTOP_PRODUCT",    "CLOUD_PRODUCT",       "CLOUD_SERVICE",     "MANUAL_ADJUSTMENT",
    "MANUAL_CONSUMPTION", "PRODUCT_CONSUMPTION", "CLOUD_CONSUMPTION", "CLOUD_PRODUCT_CONSUMPTION"};

const struct field *field_find(const char *name)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return &unknown_field;
}

enum metric metric_find(const char *name)
{
    for (size_t i = 0; i < sizeof metrics / sizeof metrics[0]; i++)
        if (strcmp(metrics[i], name) == 0)
            return (enum metric)i;
    return METRIC_UNKNOWN;
}

int category_find(const char *name)
{
    for (int i = 0; i < CATEGORY_COUNT; i++)
        if (strcmp(category_names[i], name) == 0)
            return i;
    return -1;
}

int category_today(int category)
{
    static const int today[CATEGORY_COUNT] = {0, 1, 2, 3, 4, 0, 2, 1};

    return today[category];
}
