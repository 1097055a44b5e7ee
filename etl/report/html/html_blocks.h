/*
 * The blocks of the page, each with its statement of sql/page/, in the order in which they stand.
 */
#ifndef REPORT_HTML_HTML_BLOCKS_H
#define REPORT_HTML_HTML_BLOCKS_H

#include "report/html/html_block.h"

/* Tokens of the contract: how many are left in each year, and how they became fewer in the running one. */
extern const struct html_block html_block_balance;
extern const struct html_block html_block_burn;

/* The usage: months, products, days, departments, people. Ended by one without a title, as the next. */
extern const struct html_block html_blocks_usage[];

/* The data: restatements, comparison with the service, age, failures. */
extern const struct html_block html_blocks_data[];

#endif
