#include "job/catalogue.h"

#include "base/macros.h"
#include "base/text.h"

#include <string.h>

#define FIELD_OF(for_categories, api_name, column, of_level, desktop_session, about)                         \
    {                                                                                                        \
        .name = (api_name), .type = (column), .level = (of_level), .categories = (for_categories),           \
        .in_desktop_session_export = (desktop_session), .comment = (about)                                   \
    }
#define FIELD(api_name, column, of_level, desktop_session, about)                                            \
    FIELD_OF(NULL, api_name, column, of_level, desktop_session, about)
#define ENUM_FIELD_OF(for_categories, api_name, of_level, desktop_session, about)                            \
    {                                                                                                        \
        .name = (api_name), .type = COLUMN_TEXT, .is_enum = true, .level = (of_level),                       \
        .categories = (for_categories), .in_desktop_session_export = (desktop_session), .comment = (about)   \
    }
#define ENUM_FIELD(api_name, of_level, desktop_session, about)                                               \
    ENUM_FIELD_OF(NULL, api_name, of_level, desktop_session, about)
#define CUSTOM_FIELD(number)                                                                                 \
    FIELD("customField" #number, COLUMN_TEXT, LEVEL_AGGREGATE, true,                                         \
          "Value of the contract's custom field " #number ".")
#define METRIC(api_name, column, additive, desktop_session, of_unit, about)                                  \
    {                                                                                                        \
        .name = (api_name), .type = (column), .is_metric = true, .is_additive = (additive),                  \
        .in_desktop_session_export = (desktop_session), .unit = (of_unit), .comment = (about)                \
    }

const char *const catalogue_categories[] = {
    "DESKTOP_PRODUCT", "CLOUD_PRODUCT", "CLOUD_SERVICE", "MANUAL_ADJUSTMENT", "MANUAL_CONSUMPTION", NULL,
};

static const char *const desktop[] = {"DESKTOP_PRODUCT", NULL};
static const char *const cloud[] = {"CLOUD_PRODUCT", NULL};
static const char *const products[] = {"DESKTOP_PRODUCT", "CLOUD_PRODUCT", NULL};
static const char *const manual[] = {"MANUAL_ADJUSTMENT", "MANUAL_CONSUMPTION", NULL};

static const struct catalogue_entry entries[] = {
    FIELD("usageDate", COLUMN_DATE, LEVEL_AGGREGATE, true, "Day of the usage."),
    FIELD("usageMonth", COLUMN_DATE, LEVEL_AGGREGATE, true, "Month of the usage, as its first day."),
    FIELD("contractYear", COLUMN_INTEGER, LEVEL_AGGREGATE, true, "Year of the contract."),
    FIELD("productName", COLUMN_TEXT, LEVEL_AGGREGATE, true, "Name of the product."),
    FIELD("productLineCode", COLUMN_TEXT, LEVEL_AGGREGATE, true, "Code of the product line."),
    FIELD_OF(desktop, "productVersion", COLUMN_TEXT, LEVEL_AGGREGATE, true,
             "Version of the desktop product."),
    FIELD_OF(desktop, "productFeatureCode", COLUMN_TEXT, LEVEL_AGGREGATE, true,
             "Feature code of the desktop product."),
    FIELD("userName", COLUMN_TEXT, LEVEL_AGGREGATE, true, "User who used the product."),
    FIELD_OF(desktop, "machineName", COLUMN_TEXT, LEVEL_AGGREGATE, true,
             "Machine on which the desktop product ran."),
    FIELD_OF(desktop, "licenseServerName", COLUMN_TEXT, LEVEL_AGGREGATE, true,
             "License server that gave the license."),
    FIELD_OF(desktop, "sessionStartDate", COLUMN_TIMESTAMP, LEVEL_SESSION, true,
             "Start of the session, in the license server's local time."),
    FIELD_OF(desktop, "sessionEndDate", COLUMN_TIMESTAMP, LEVEL_SESSION, true,
             "End of the session, in the license server's local time."),
    FIELD_OF(desktop, "licenseServerTimeZoneOffset", COLUMN_TEXT, LEVEL_SESSION, true,
             "The license server's offset from UTC, such as -8:00."),
    FIELD("chargedItemID", COLUMN_TEXT, LEVEL_SESSION, true, "Identifier of what was charged."),
    ENUM_FIELD_OF(products, "chargeCategory", LEVEL_SESSION, true, "CHARGED, FREE, CASUAL or N/A."),
    ENUM_FIELD("usageCategory", LEVEL_AGGREGATE, true,
               "Kind of usage, such as DESKTOP_PRODUCT or CLOUD_SERVICE."),
    ENUM_FIELD_OF(desktop, "usageType", LEVEL_AGGREGATE, true, "Normal or Borrowed."),
    ENUM_FIELD("tokenPool", LEVEL_AGGREGATE, false, "Pool that the tokens were taken from."),
    FIELD_OF(cloud, "hubId", COLUMN_TEXT, LEVEL_SESSION, false, "Identifier of the cloud product's hub."),
    FIELD_OF(cloud, "hubName", COLUMN_TEXT, LEVEL_SESSION, false, "Name of the cloud product's hub."),
    FIELD_OF(manual, "reasonType", COLUMN_TEXT, LEVEL_AGGREGATE, false, "Kind of reason of a manual entry."),
    FIELD_OF(manual, "reasonComment", COLUMN_TEXT, LEVEL_AGGREGATE, false, "Comment on a manual entry."),
    FIELD_OF(manual, "transactionDate", COLUMN_TIMESTAMP, LEVEL_AGGREGATE, false,
             "When a manual entry was made."),
    CUSTOM_FIELD(1),
    CUSTOM_FIELD(2),
    CUSTOM_FIELD(3),
    CUSTOM_FIELD(4),
    CUSTOM_FIELD(5),
    CUSTOM_FIELD(6),
    CUSTOM_FIELD(7),
    CUSTOM_FIELD(8),
    CUSTOM_FIELD(9),
    CUSTOM_FIELD(10),
    METRIC("tokensConsumed", COLUMN_NUMERIC, true, true, "tokens", "Tokens consumed."),
    METRIC("quantity", COLUMN_NUMERIC, true, false, "items", "Items consumed."),
    METRIC("usageMinutes", COLUMN_NUMERIC, true, true, "minutes", "Time of usage."),
    METRIC("usageHours", COLUMN_NUMERIC, true, true, "hours", "Time of usage."),
    METRIC("useCount", COLUMN_INTEGER, true, false, "uses", "Number of uses."),
    METRIC("uniqueUsers", COLUMN_INTEGER, false, false, "users", "Number of distinct users."),
    METRIC("uniqueProducts", COLUMN_INTEGER, false, false, "products", "Number of distinct products."),
};

static const struct {
    const char *name;
    enum column_type type;
} type_names[] = {
    {"boolean", COLUMN_BOOLEAN},
    {"bigint", COLUMN_INTEGER},
    {"integer", COLUMN_INTEGER},
    {"int", COLUMN_INTEGER},
    {"numeric", COLUMN_NUMERIC},
    {"decimal", COLUMN_NUMERIC},
    {"date", COLUMN_DATE},
    {"timestamp", COLUMN_TIMESTAMP},
    {"timestamp without time zone", COLUMN_TIMESTAMP},
    {"text", COLUMN_TEXT},
};

/* The first name of a type is PostgreSQL's. */
const char *column_type_name(enum column_type type)
{
    size_t i = 0;
    while (type_names[i].type != type)
        i++;
    return type_names[i].name;
}

bool column_type_parse(const char *name, enum column_type *type)
{
    for (size_t i = 0; i < COUNT_OF(type_names); i++) {
        if (text_equal(type_names[i].name, name)) {
            *type = type_names[i].type;
            return true;
        }
    }
    return false;
}

const struct catalogue_entry *catalogue_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        if (text_equal(entries[i].name, name))
            return &entries[i];
    return NULL;
}

unsigned catalogue_custom_field(const struct catalogue_entry *entry)
{
    uint64_t number;
    static const char prefix[] = "customField";
    bool numbered = text_starts_with(entry->name, prefix) &&
                    text_to_uint(entry->name + strlen(prefix), CATALOGUE_CUSTOM_FIELDS, &number);
    return numbered ? (unsigned)number : 0;
}

const struct catalogue_entry *catalogue_all(size_t *count)
{
    *count = COUNT_OF(entries);
    return entries;
}
