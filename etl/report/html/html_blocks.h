/*
 * The blocks of the page in their order, each with its statement of sql/page/.
 */
#ifndef REPORT_HTML_HTML_BLOCKS_H
#define REPORT_HTML_HTML_BLOCKS_H

#include "report/html/html_block.h"

/* Tokens of the contract: those left in each year, and their decrease in the running year. */
extern const struct html_block html_block_balance;
extern const struct html_block html_block_burn;

/* The usage: months, products, days, departments, people. Both lists end with a block without a title. */
extern const struct html_block html_blocks_usage[];

/* The data: restatements, comparison with the service, age, failures. */
extern const struct html_block html_blocks_data[];

#endif
