#include "base/macros.h"
#include "report/html/html_blocks.h"

#define CATEGORY(column, title)                                                                              \
    {                                                                                                        \
        .name = (column), .heading = (title), .kind = HTML_NUMBER, .below = column "_before",                \
        .is_optional = true                                                                                  \
    }

static const struct html_column months[] = {
    {.name = "usage_month", .heading = "Month", .kind = HTML_MONTH},
    CATEGORY("desktop_product", "Desktop products"),
    CATEGORY("cloud_product", "Cloud products"),
    CATEGORY("cloud_service", "Cloud services"),
    CATEGORY("manual_consumption", "Manual consumption"),
    CATEGORY("manual_adjustment", "Manual adjustment"),
    CATEGORY("other", "Other"),
    {.name = "total", .heading = "All", .kind = HTML_NUMBER, .below = "total_before"},
    {.name = "difference", .heading = "Difference", .kind = HTML_SIGNED},
    {.name = "percent", .heading = "Change", .kind = HTML_CHANGE},
};

static const struct html_series month_series[] = {
    {.name = "Desktop products", .column = "desktop_product", .is_optional = true},
    {.name = "Cloud products", .column = "cloud_product", .is_optional = true},
    {.name = "Cloud services", .column = "cloud_service", .is_optional = true},
    {.name = "Manual consumption", .column = "manual_consumption", .is_optional = true},
    {.name = "Manual adjustment", .column = "manual_adjustment", .is_optional = true},
    {.name = "Other", .column = "other", .is_optional = true},
    {.name = "All, a year before", .column = "total_before", .is_line = true, .is_optional = true},
};

static const struct html_chart month_chart = {
    .kind = "stack",
    .about = "Tokens of each month by category, and all tokens of the same month a year before",
    .label = "usage_month",
    .has_months = true,
    .series = month_series,
    .count = COUNT_OF(month_series),
};

static const struct html_column products[] = {
    {.name = "name", .heading = "Product", .kind = HTML_LABEL},
    {.name = "tokens", .heading_of = "month", .kind = HTML_NUMBER},
    {.name = "percent", .heading = "Share", .kind = HTML_PERCENT},
    {.name = "unique_users", .heading = "Users", .kind = HTML_COUNT},
    {.name = "tokens_before", .heading_of = "month_before", .kind = HTML_NUMBER},
    {.name = "difference", .heading = "Difference", .kind = HTML_SIGNED},
};

/* Both the products and the departments. */
static const struct html_series two_months[] = {
    {.name_of = "month", .column = "tokens"},
    {.name_of = "month_before", .column = "tokens_before", .is_optional = true},
};

static const struct html_chart product_chart = {
    .kind = "bars",
    .about = "Tokens of the products with the most, beside the month before",
    .label = "name",
    .series = two_months,
    .count = COUNT_OF(two_months),
};

static const struct html_column products_changed[] = {
    {.name = "name", .heading = "Product", .kind = HTML_LABEL},
    {.name = "tokens_before", .heading_of = "month_before", .kind = HTML_NUMBER},
    {.name = "tokens", .heading_of = "month", .kind = HTML_NUMBER},
    {.name = "difference", .heading = "Difference", .kind = HTML_SIGNED},
    {.name = "percent", .heading = "Change", .kind = HTML_CHANGE},
};

static const struct html_column week[] = {
    {.name = "week", .heading = "Week", .kind = HTML_TEXT},
    {.name = "monday", .heading = "From", .kind = HTML_TEXT},
    {.name = "mon", .heading = "Mon", .kind = HTML_HEAT},
    {.name = "tue", .heading = "Tue", .kind = HTML_HEAT},
    {.name = "wed", .heading = "Wed", .kind = HTML_HEAT},
    {.name = "thu", .heading = "Thu", .kind = HTML_HEAT},
    {.name = "fri", .heading = "Fri", .kind = HTML_HEAT},
    {.name = "sat", .heading = "Sat", .kind = HTML_HEAT},
    {.name = "sun", .heading = "Sun", .kind = HTML_HEAT},
    {.name = "total", .heading = "Week in all", .kind = HTML_NUMBER},
};

static const struct html_column departments[] = {
    {.name = "name", .heading = "Department", .kind = HTML_LABEL},
    {.name = "tokens", .heading_of = "month", .kind = HTML_NUMBER},
    {.name = "percent", .heading = "Share", .kind = HTML_PERCENT},
    {.name = "tokens_before", .heading_of = "month_before", .kind = HTML_NUMBER},
    {.name = "difference", .heading = "Difference", .kind = HTML_SIGNED},
    {.name = "tokens_12_months", .heading = "Twelve months", .kind = HTML_NUMBER},
};

static const struct html_chart department_chart = {
    .kind = "bars",
    .about = "Tokens of the departments with the most, beside the month before",
    .label = "name",
    .series = two_months,
    .count = COUNT_OF(two_months),
};

static const struct html_column users[] = {
    {.name = "usage_month", .heading = "Month", .kind = HTML_MONTH},
    {.name = "unique_users", .heading = "Names", .kind = HTML_COUNT},
    {.name = "unique_products", .heading = "Products", .kind = HTML_COUNT},
    {.name = "tokens_consumed", .heading = "Tokens", .kind = HTML_NUMBER},
    {.name = "tokens_per_user", .heading = "Tokens per name", .kind = HTML_NUMBER},
};

static const struct html_series user_series[] = {
    {.name = "Names", .column = "unique_users"},
    {.name = "Tokens per name", .column = "tokens_per_user", .is_line = true, .is_second = true},
};

static const struct html_chart user_chart = {
    .kind = "columns",
    .about = "Names with usage in each month, and tokens per name",
    .label = "usage_month",
    .has_months = true,
    .series = user_series,
    .count = COUNT_OF(user_series),
};

static const struct html_column names[] = {
    {.name = "name", .heading = "Name", .kind = HTML_LABEL},
    {.name = "desktop", .heading = "Desktop products", .kind = HTML_NUMBER},
    {.name = "cloud", .heading = "Cloud", .kind = HTML_NUMBER},
    {.name = "tokens", .heading = "All", .kind = HTML_NUMBER},
    {.name = "percent", .heading = "Share", .kind = HTML_PERCENT},
    {.name = "last_day", .heading = "Last day", .kind = HTML_TEXT},
};

const struct html_block html_blocks_usage[] = {
    {
        .title = "Months",
        .question =
            "How many tokens does each category take in a month, and how many did it take a year before?",
        .part = PAGE_MONTHS,
        .table = {.columns = months, .count = COUNT_OF(months), .has_kinds = true},
        .chart = &month_chart,
        .none = "The table has no month of this contract.",
        .note = "Below each figure, in small type: the same month of the year before. Months in italics "
                "are not over or not loaded completely; they are not compared.",
    },
    {
        .title = "Products",
        .question = "Which products take the most tokens?",
        .part = PAGE_PRODUCTS,
        .table =
            {.columns = products, .count = COUNT_OF(products), .has_kinds = true, .none = "manual entries"},
        .chart = &product_chart,
        .none = "The table has no month of this contract.",
        .note = "The newest month that is over and loaded completely, or where none is, the newest. It is "
                "compared only if the month before is complete, too. Users of several products cannot be "
                "added up.",
    },
    {
        .title = "What changed most",
        .question = "Which products take more or fewer tokens than in the month before?",
        .part = PAGE_PRODUCTS_CHANGED,
        .table = {.columns = products_changed,
                  .count = COUNT_OF(products_changed),
                  .has_kinds = true,
                  .none = "manual entries"},
        .none = "There are no two consecutive months that are loaded completely and differ.",
    },
    {
        .title = "Days",
        .question = "On which weekdays and in which weeks are tokens used?",
        .part = PAGE_WEEK,
        .table = {.columns = week, .count = COUNT_OF(week)},
        .none = "The tables have no day of the last 26 weeks.",
        .note =
            "This week and the 25 before, of desktop and cloud usage, without manual entries. Each "
            "cell is a day: the darker, the more tokens. The last days still grow, because license servers "
            "report late.",
    },
    {
        .title = "Departments",
        .has_name = true,
        .name_part = PAGE_DEPARTMENTS_NAME,
        .question = "Which values of the first custom field take the tokens?",
        .part = PAGE_DEPARTMENTS,
        .table =
            {.columns = departments, .count = COUNT_OF(departments), .has_kinds = true, .none = "no value"},
        .chart = &department_chart,
        .none = "The table has no month of this contract.",
        .note =
            "The newest month that is over and loaded completely, or where none is, the newest. It is "
            "compared only if the month before is complete, too. The twelve months up to it are counted as "
            "far as they are loaded.",
    },
    {
        .title = "Tokens per name",
        .question = "How many names use tokens, and how many tokens does each take?",
        .part = PAGE_USERS,
        .table = {.columns = users, .count = COUNT_OF(users), .has_kinds = true},
        .chart = &user_chart,
        .none = "The table has no month of this contract.",
        .note = "A name is not always a person: one person may come under a login name and under an e-mail "
                "address, and products "
                "that are metered by machine (Arnold, render nodes, VRED) count each machine as a name. "
                "Names of several months "
                "cannot be added up. Months in italics are not over or not loaded completely.",
    },
    {
        .title = "Names",
        .question = "Which names take the most tokens?",
        .part = PAGE_NAMES,
        .table = {.columns = names, .count = COUNT_OF(names), .has_kinds = true, .none = "no name"},
        .none = "The tables have no day of the last twelve months.",
        .note = "Up to 100 names, of this month and the eleven before, as far as they are "
                "loaded. One person may "
                "come under a login name and under an e-mail address, and a machine under its name.",
        .has_names = true,
    },
    {0},
};
