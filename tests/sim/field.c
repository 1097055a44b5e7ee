#include "field.h"

#include <string.h>

#define CUSTOM(name)                                                                                         \
    {                                                                                                        \
        name, VALUE_CUSTOM, DIMENSION_OWN, 6, true, false, true, false                                       \
    }

static const struct field fields[] = {
    {"usageDate", VALUE_DATE, DIMENSION_PERIOD, 0, false, false, true, false},
    {"usageMonth", VALUE_MONTH, DIMENSION_PERIOD, 0, false, false, true, false},
    {"contractYear", VALUE_CONTRACT_YEAR, DIMENSION_PERIOD, 0, false, false, true, false},
    {"sessionStartDate", VALUE_SESSION_START, DIMENSION_SECOND, 28800, false, true, true, false},
    {"sessionEndDate", VALUE_SESSION_END, DIMENSION_SECOND, 28800, false, true, true, false},
    {"transactionDate", VALUE_TRANSACTION_DATE, DIMENSION_SECOND, 28800, false, false, false, false},
    {"productName", VALUE_PRODUCT_NAME, DIMENSION_PRODUCT, 40, false, false, true, false},
    {"productLineCode", VALUE_PRODUCT_LINE, DIMENSION_PRODUCT, 40, false, false, true, false},
    {"productFeatureCode", VALUE_FEATURE_CODE, DIMENSION_PRODUCT, 40, false, false, true, false},
    {"productVersion", VALUE_VERSION, DIMENSION_OWN, 8, false, false, true, false},
    {"userName", VALUE_USER, DIMENSION_OWN, 300, false, false, true, false},
    {"usageCategory", VALUE_CATEGORY, DIMENSION_CATEGORY, 0, false, false, true, true},
    {"tokenPool", VALUE_TOKEN_POOL, DIMENSION_OWN, 3, false, false, false, true},
    {"chargedItemID", VALUE_CHARGED_ITEM, DIMENSION_OWN, 1000000, false, true, true, false},
    {"chargeCategory", VALUE_CHARGE_CATEGORY, DIMENSION_OWN, 4, false, true, true, true},
    {"licenseServerTimeZoneOffset", VALUE_TIME_ZONE, DIMENSION_OWN, 5, false, true, true, false},
    {"machineName", VALUE_MACHINE, DIMENSION_OWN, 120, true, false, true, false},
    {"licenseServerName", VALUE_SERVER, DIMENSION_OWN, 4, false, false, true, false},
    {"usageType", VALUE_USAGE_TYPE, DIMENSION_OWN, 2, false, false, true, true},
    {"hubId", VALUE_HUB_ID, DIMENSION_HUB, 12, false, true, false, false},
    {"hubName", VALUE_HUB_NAME, DIMENSION_HUB, 12, false, true, false, false},
    {"reasonType", VALUE_REASON_TYPE, DIMENSION_OWN, 3, false, false, false, false},
    {"reasonComment", VALUE_REASON_COMMENT, DIMENSION_OWN, 12, true, false, false, false},
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

static const struct field unknown_field = {"", VALUE_UNKNOWN, DIMENSION_OWN, 25, false, false, false, false};

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
