/*
 * The catalogue of fields and metrics as the service knows them: what a name means, where it may be asked,
 * and which dimension of the generated data it shows. Fields of one dimension (productName, productLineCode)
 * are told by each other.
 */
#ifndef SIM_FIELD_H
#define SIM_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum dimension_kind {
    DIMENSION_PERIOD, /* usageDate, usageMonth, contractYear */
    DIMENSION_SECOND, /* with the day: session start and end, transactionDate */
    DIMENSION_PRODUCT,
    DIMENSION_HUB,
    DIMENSION_CATEGORY,
    DIMENSION_OWN
};

enum field_value {
    VALUE_DATE,
    VALUE_MONTH,
    VALUE_CONTRACT_YEAR,
    VALUE_SESSION_START,
    VALUE_SESSION_END,
    VALUE_TRANSACTION_DATE,
    VALUE_PRODUCT_NAME,
    VALUE_PRODUCT_LINE,
    VALUE_FEATURE_CODE,
    VALUE_VERSION,
    VALUE_USER,
    VALUE_CATEGORY,
    VALUE_TOKEN_POOL,
    VALUE_CHARGED_ITEM,
    VALUE_CUSTOM,
    VALUE_CHARGE_CATEGORY,
    VALUE_TIME_ZONE,
    VALUE_MACHINE,
    VALUE_SERVER,
    VALUE_USAGE_TYPE,
    VALUE_HUB_ID,
    VALUE_HUB_NAME,
    VALUE_REASON_TYPE,
    VALUE_REASON_COMMENT,
    VALUE_UNKNOWN
};

struct field {
    const char *name;
    enum field_value value;
    enum dimension_kind dimension;
    uint32_t values;      /* distinct values by default; 0: not counted (dates, categories) */
    bool nullable;        /* its first value is null */
    bool detail;          /* session or transaction level */
    bool desktop_session; /* allowed in a desktop session-level export */
    bool enumerated;      /* no wildcards */
    unsigned categories;  /* a set of 1 << category index, in which it exists; 0: all */
};

enum metric {
    METRIC_TOKENS,
    METRIC_QUANTITY,
    METRIC_MINUTES,
    METRIC_HOURS,
    METRIC_USES,
    METRIC_USERS,
    METRIC_PRODUCTS,
    METRIC_UNKNOWN
};

/* Never NULL: an unknown name is a text field (VALUE_UNKNOWN). */
const struct field *field_find(const char *name);
enum metric metric_find(const char *name);

/* The usage categories, in a fixed order; -1 for none of them. */
#define CATEGORY_COUNT 8
#define CATEGORY_DEFAULT_COUNT 5 /* the first ones, of today */
extern const char *const category_names[CATEGORY_COUNT];
int category_find(const char *name);

/* The category of today (below CATEGORY_DEFAULT_COUNT) that goes by one of the names. */
int category_today(int category);

#endif
