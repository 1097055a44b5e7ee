#include "base/macros.h"
#include "report/html/html_blocks.h"
#include "report/html/html_burn.h"

static const struct html_column balance[] = {
    {.name = "year", .heading = "Year", .kind = HTML_TEXT},
    {.name = "start_date", .heading = "First day", .kind = HTML_TEXT},
    {.name = "end_date", .heading = "Last day", .kind = HTML_TEXT},
    {.name = "provisioned_tokens", .heading = "Provisioned", .kind = HTML_NUMBER},
    {.name = "consumed_tokens", .heading = "Consumed", .kind = HTML_NUMBER},
    {.name = "remaining_tokens", .heading = "Left", .kind = HTML_NUMBER},
    {.name = "multiyear_tokens_at_start",
     .heading = "Multi-year at start",
     .kind = HTML_NUMBER,
     .is_optional = true},
    {.name = "multiyear_consumed_tokens",
     .heading = "Multi-year consumed",
     .kind = HTML_NUMBER,
     .is_optional = true},
    {.name = "multiyear_tokens_left", .heading = "Multi-year left", .kind = HTML_NUMBER, .is_optional = true},
    {.name = "tokens_left", .heading = "Left in all", .kind = HTML_NUMBER},
    {.name = "consumed_percent", .heading = "Consumed", .kind = HTML_METER},
    {.name = "elapsed_percent", .heading = "Days over", .kind = HTML_PERCENT},
};

static const struct html_column burn[] = {
    {.name = "label", .heading = "End of", .kind = HTML_TEXT},
    {.name = "tokens_in_month", .heading = "Used in the month", .kind = HTML_NUMBER},
    {.name = "tokens_left", .heading = "Left", .kind = HTML_NUMBER},
    {.name = "tokens_at_pace", .heading = "Left at an even pace", .kind = HTML_NUMBER},
};

const struct html_block html_block_balance = {
    .title = "Balance",
    .question = "How many tokens are left in each contract year?",
    .part = PAGE_BALANCE,
    .table = {.columns = balance, .count = COUNT_OF(balance), .has_kinds = true},
    .none = "The table has no year of this contract.",
    .note = "From the service’s record of the contract, which is a snapshot and may differ from the sum "
            "of the usage. "
            "<em>Provisioned</em>, <em>consumed</em> and <em>left</em> are without multi-year tokens; "
            "<em>left in all</em> and "
            "the percentages count them.",
};

const struct html_block html_block_burn = {
    .title = "Burn-down",
    .question = "How fast do the tokens of the running year become fewer?",
    .part = PAGE_BURN,
    .table = {.columns = burn, .count = COUNT_OF(burn), .has_kinds = true, .shown = "is_shown"},
    .put_chart = html_put_burn,
    .none = "There is no usage of a running contract year.",
    .note = "What is left at the end of the last day is the contract’s record; what was left before it "
            "is the same plus the "
            "usage since. Usage that is not loaded is missing in its month, and in what was left before: "
            "<em>Age of the data</em> counts such days.",
};
