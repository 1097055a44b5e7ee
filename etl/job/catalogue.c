#include "job/catalogue.h"

#include "base/macros.h"
#include "base/text.h"

#include <string.h>

/* Sets of usage categories. */
#define NONE 0U
#define DESKTOP (1U << CATEGORY_DESKTOP_PRODUCT)
#define CLOUD (1U << CATEGORY_CLOUD_PRODUCT)
#define SERVICE (1U << CATEGORY_CLOUD_SERVICE)
#define ADJUSTMENT (1U << CATEGORY_MANUAL_ADJUSTMENT)
#define PRODUCTS (DESKTOP | CLOUD)
#define MANUAL (ADJUSTMENT | 1U << CATEGORY_MANUAL_CONSUMPTION)
#define ALL ((1U << USAGE_CATEGORIES) - 1)

/* The categories of a detail field that the Query API serves, and those on which the service's documentation
 * contradicts itself: one page says that CLOUD_SERVICE is for exports only, another does not mention it.
 */
#define QUERIED (MANUAL)
#define MAYBE_QUERYABLE (SERVICE)

#define ROW(api_name, column, for_categories, of_level, desktop_session, about)                              \
    .name = (api_name), .type = (column), .level = (of_level), .categories = (for_categories),               \
    .queried = (for_categories) & ((of_level) == LEVEL_AGGREGATE ? ALL : QUERIED),                           \
    .maybe_queryable = (for_categories) & ((of_level) == LEVEL_AGGREGATE ? NONE : MAYBE_QUERYABLE),          \
    .in_desktop_session_export = (desktop_session), .comment = (about)
#define FIELD(api_name, column, for_categories, of_level, desktop_session, about)                            \
    {                                                                                                        \
        ROW(api_name, column, for_categories, of_level, desktop_session, about)                              \
    }
#define ENUM_FIELD(api_name, for_categories, of_level, desktop_session, about)                               \
    {                                                                                                        \
        ROW(api_name, COLUMN_TEXT, for_categories, of_level, desktop_session, about), .is_enum = true        \
    }
#define CUSTOM_FIELD(number)                                                                                 \
    FIELD("customField" #number, COLUMN_TEXT, ALL, LEVEL_AGGREGATE, true,                                    \
          "Value of the contract's custom field " #number ".")
#define METRIC(api_name, column, additive, desktop_session, of_unit, about)                                  \
    {                                                                                                        \
        ROW(api_name, column, ALL, LEVEL_AGGREGATE, desktop_session, about),                                 \
            .is_metric = true, .is_additive = (additive), .unit = (of_unit)                                  \
    }

const struct usage_category_info usage_categories[USAGE_CATEGORIES] = {
    [CATEGORY_DESKTOP_PRODUCT] = {"DESKTOP_PRODUCT", "PRODUCT_CONSUMPTION", true},
    [CATEGORY_CLOUD_PRODUCT] = {"CLOUD_PRODUCT", "CLOUD_PRODUCT_CONSUMPTION", false},
    [CATEGORY_CLOUD_SERVICE] = {"CLOUD_SERVICE", "CLOUD_CONSUMPTION", false},
    [CATEGORY_MANUAL_ADJUSTMENT] = {"MANUAL_ADJUSTMENT", NULL, false},
    [CATEGORY_MANUAL_CONSUMPTION] = {"MANUAL_CONSUMPTION", NULL, false},
};

static const struct catalogue_entry entries[] = {
    FIELD("usageDate", COLUMN_DATE, ALL, LEVEL_AGGREGATE, true, "Day of the usage."),
    FIELD("usageMonth", COLUMN_DATE, ALL, LEVEL_AGGREGATE, true, "Month of the usage, as its first day."),
    FIELD("contractYear", COLUMN_INTEGER, ALL, LEVEL_AGGREGATE, true, "Year of the contract."),
    FIELD("productName", COLUMN_TEXT, ALL, LEVEL_AGGREGATE, true, "Name of the product."),
    FIELD("productLineCode", COLUMN_TEXT, ALL, LEVEL_AGGREGATE, true, "Code of the product line."),
    FIELD("productVersion", COLUMN_TEXT, DESKTOP, LEVEL_AGGREGATE, true, "Version of the desktop product."),
    FIELD("productFeatureCode", COLUMN_TEXT, DESKTOP, LEVEL_AGGREGATE, true,
          "Feature code of the desktop product."),
    FIELD("userName", COLUMN_TEXT, ALL, LEVEL_AGGREGATE, true,
          "Login name or e-mail address of the user; one person may come under both. For products metered by "
          "machine (Arnold, render nodes, VRED) it is the machine's name, and custom fields are the "
          "machine's."),
    FIELD("machineName", COLUMN_TEXT, DESKTOP, LEVEL_AGGREGATE, true,
          "Machine on which the desktop product ran. For products metered by machine (Arnold, render nodes, "
          "VRED) it is the user's name."),
    FIELD("licenseServerName", COLUMN_TEXT, DESKTOP, LEVEL_AGGREGATE, true,
          "License server that gave the license."),
    FIELD("sessionStartDate", COLUMN_TIMESTAMP, DESKTOP, LEVEL_SESSION, true,
          "Start of the session, in the license server's local time."),
    FIELD("sessionEndDate", COLUMN_TIMESTAMP, DESKTOP, LEVEL_SESSION, true,
          "End of the session, in the license server's local time."),
    FIELD("licenseServerTimeZoneOffset", COLUMN_TEXT, DESKTOP, LEVEL_SESSION, true,
          "The license server's offset from UTC, such as -8:00."),
    FIELD("chargedItemID", COLUMN_TEXT, ALL, LEVEL_SESSION_OR_TRANSACTION, true,
          "Identifier of what was charged."),
    ENUM_FIELD("chargeCategory", PRODUCTS, LEVEL_SESSION, true, "CHARGED, FREE, CASUAL, INCREMENTAL or N/A."),
    ENUM_FIELD("usageCategory", ALL, LEVEL_AGGREGATE, true,
               "Kind of usage, such as DESKTOP_PRODUCT or CLOUD_SERVICE."),
    ENUM_FIELD("usageType", DESKTOP, LEVEL_AGGREGATE, true, "Normal or Borrowed."),
    ENUM_FIELD("tokenPool", ADJUSTMENT, LEVEL_AGGREGATE, false,
               "Pool that the tokens were taken from: CY (contract year) or MY (multi-year)."),
    FIELD("hubId", COLUMN_TEXT, CLOUD, LEVEL_SESSION, false, "Identifier of the cloud product's hub."),
    FIELD("hubName", COLUMN_TEXT, CLOUD, LEVEL_SESSION, false, "Name of the cloud product's hub."),
    FIELD("reasonType", COLUMN_TEXT, MANUAL, LEVEL_AGGREGATE, false, "Kind of reason of a manual entry."),
    FIELD("reasonComment", COLUMN_TEXT, MANUAL, LEVEL_TRANSACTION, false, "Comment on a manual entry."),
    FIELD("transactionDate", COLUMN_TIMESTAMP, MANUAL, LEVEL_TRANSACTION, false,
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
    METRIC("uniqueUsers", COLUMN_INTEGER, false, false, "users",
           "Number of distinct users; of products metered by machine (Arnold, render nodes, VRED) that of "
           "machines."),
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

const char *column_type_spelling(size_t index)
{
    return index < COUNT_OF(type_names) ? type_names[index].name : NULL;
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

const struct usage_category_info *usage_category_find(const char *name)
{
    for (size_t i = 0; i < USAGE_CATEGORIES; i++) {
        const struct usage_category_info *category = &usage_categories[i];
        if (text_equal(category->name, name) || (category->old_name && text_equal(category->old_name, name)))
            return category;
    }
    return NULL;
}

const char *usage_category_name(size_t index)
{
    return index < USAGE_CATEGORIES ? usage_categories[index].name : NULL;
}

const struct catalogue_entry *catalogue_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        if (text_equal(entries[i].name, name))
            return &entries[i];
    return NULL;
}

bool catalogue_is_for(const struct catalogue_entry *entry, enum usage_category category)
{
    return (entry->categories >> category & 1) != 0;
}

const char *catalogue_level_name(enum catalogue_level level)
{
    switch (level) {
    case LEVEL_AGGREGATE:
        return "aggregate";
    case LEVEL_SESSION:
        return "session";
    case LEVEL_TRANSACTION:
        return "transaction";
    case LEVEL_SESSION_OR_TRANSACTION:
        return "session/transaction";
    }
    return "";
}

bool catalogue_is_queried(const struct catalogue_entry *entry, unsigned categories)
{
    return (categories & ~entry->queried) == 0;
}

bool catalogue_is_export_only(const struct catalogue_entry *entry, unsigned categories)
{
    return (categories & ~(entry->queried | entry->maybe_queryable)) != 0;
}

unsigned usage_category_set(const struct text_list *names)
{
    unsigned set = 0;
    for (size_t i = 0; i < names->count; i++) {
        const struct usage_category_info *category = usage_category_find(names->items[i]);
        if (category)
            set |= 1U << (category - usage_categories);
    }
    return set;
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
