#include "report/html/html_page.h"

#include "base/clock.h"
#include "base/readable.h"
#include "report/html/html_blocks.h"
#include "report/html/html_budgets.h"
#include "report/html/html_contracts.h"
#include "report/html/html_forecast.h"
#include "report/html/html_template.h"
#include "report/html/html_text.h"

#include <string.h>

static bool put_blocks(const struct html_source *source, const struct html_block *blocks, struct buf *out,
                       struct err *err)
{
    for (const struct html_block *block = blocks; block->title; block++)
        if (!html_put_block(source, block, out, err))
            return false;
    return true;
}

static bool put_contract(const struct html_source *source, struct buf *out, struct err *err)
{
    if (!html_put_block(source, &html_block_balance, out, err))
        return false;
    html_put_forecast(source, out);
    if (!html_put_block(source, &html_block_burn, out, err))
        return false;
    html_put_budgets(source->budgets, source->contract, out);
    return put_blocks(source, html_blocks_usage, out, err) && put_blocks(source, html_blocks_data, out, err);
}

static bool put_contracts(const struct html_source *source, const struct html_contracts *contracts,
                          struct buf *out, struct err *err)
{
    if (contracts->count > 1 && !html_contracts_put_overview(source, contracts, out, err))
        return false;
    for (size_t i = 0; i < contracts->count; i++) {
        struct html_source own = *source;
        own.contract = contracts->items[i].number;
        buf_print(out, "<article id=\"contract-%zu\">\n<h2><span class=\"kind\">Contract</span> ", i + 1);
        html_put_label(out, own.contract);
        if (contracts->items[i].name) {
            buf_put(out, " <span class=\"of\">");
            html_put_label(out, contracts->items[i].name);
            buf_put(out, "</span>");
        }
        buf_put(out, "</h2>\n");
        if (!put_contract(&own, out, err))
            return err_wrap(err, "contract %s", own.contract);
        buf_put(out, "</article>\n");
    }
    return true;
}

/* Nothing is loaded: each section says what would load it. */
static bool put_nothing(const struct html_source *source, struct buf *out, struct err *err)
{
    buf_put(out, "<article>\n<h2>No contract</h2>\n<p class=\"missing\">Nothing is loaded yet. "
                 "<code>tokenflex-etl run</code> "
                 "runs the jobs.</p>\n");
    if (!put_contract(source, out, err))
        return false;
    buf_put(out, "</article>\n");
    return true;
}

static bool choose(const struct html_page_options *options, struct html_contracts *contracts, struct err *err)
{
    SCOPED(buf) struct buf known = buf_make_result();
    if (!options->contract)
        return true;
    for (size_t i = 0; i < contracts->count; i++) {
        if (text_equal(contracts->items[i].number, options->contract)) {
            contracts->items[0] = contracts->items[i];
            contracts->count = 1;
            return true;
        }
        buf_print(&known, "%s%s", i > 0 ? ", " : "", contracts->items[i].number);
    }
    err_set(err, ERR_USAGE, "nothing of contract %s is loaded", options->contract);
    if (contracts->count > 0)
        err_hint(err, "contracts with data: %s", buf_text(&known));
    return false;
}

static void put_heading(const struct html_page_options *options, const struct html_contracts *contracts,
                        struct buf *out)
{
    char moment[CLOCK_TEXT];
    clock_format(clock_wall_ms(), moment);
    buf_put(out, "<h1>Token Flex usage</h1>\n<p class=\"about\">");
    buf_print(out, "<time datetime=\"%s\">%.10s %.5s UTC</time> · %zu contract%s · schema ", moment, moment,
              moment + 11, contracts->count, readable_plural(contracts->count));
    html_put_label(out, options->schema);
    buf_print(out, " · tokenflex-etl %s%s</p>\n", options->version,
              options->names ? " · <strong>contains names of people</strong>" : "");
}

/* Without a forecast the use of the budgets is still shown. */
static bool read_budgets(const struct html_page_options *options, const struct html_source *source,
                         struct token_budget_uses *uses, struct err *err)
{
    struct token_budget_request request = {options->budgets, options->schema, date_of_wall(clock_wall_ms())};
    return options->budgets->count == 0 ||
           token_budget_uses_read(&request, &source->forecast->forecast, source->figures.pg,
                                  source->figures.arena, uses, err);
}

static struct text_list numbers_of(const struct html_contracts *contracts, struct arena *arena)
{
    struct text_list numbers = {0};
    for (size_t i = 0; i < contracts->count; i++)
        arena_add_text(arena, &numbers, contracts->items[i].number);
    return numbers;
}

static bool put_page(const struct html_page_options *options, struct pg *pg, struct arena *arena,
                     struct html_contracts *contracts, struct buf *page, struct err *err)
{
    SCOPED(buf) struct buf heading = buf_make_result();
    SCOPED(buf) struct buf content = buf_make_result();
    struct html_forecast forecast;
    struct token_budget_uses budgets = {0};
    SCOPED(page_days) struct page_days days = {0};
    const struct html_source source = {
        .figures = {.pg = pg, .schema = options->schema, .arena = arena, .days = &days},
        .names = options->names,
        .forecast = &forecast,
        .budgets = &budgets,
    };
    if (!html_contracts_read(&source, arena, contracts, err) || !choose(options, contracts, err) ||
        !page_days_read(&source.figures, &days, err) ||
        !html_forecast_read(&source.figures, &forecast, err) ||
        !read_budgets(options, &source, &budgets, err))
        return false;
    put_heading(options, contracts, &heading);
    if (contracts->count > 0 ? !put_contracts(&source, contracts, &content, err)
                             : !put_nothing(&source, &content, err))
        return false;
    const struct text_list numbers = numbers_of(contracts, arena);
    if (!options->contract && numbers.count > 0)
        html_put_other_budgets(&budgets, &numbers, &content);
    const struct html_parts parts = {
        .title = "Token Flex usage",
        .heading = buf_text(&heading),
        .content = buf_text(&content),
    };
    if (!html_put_page(&parts, page, err))
        return false;
    if (page->is_past || content.is_past)
        return err_set(err, ERR_CONFIG, "the page takes more than %zu MiB", BUF_OWN_TEXT >> 20);
    return true;
}

bool html_page_make(const struct html_page_options *options, struct pg *pg, struct arena *arena,
                    struct text_list *contracts, struct buf *page, struct err *err)
{
    struct html_contracts found = {0};
    *contracts = (struct text_list){0};
    if (!page_begin(pg, options->schema, err))
        return false;
    bool made = put_page(options, pg, arena, &found, page, err);
    pg_rollback(pg);
    *contracts = numbers_of(&found, arena);
    return made;
}
