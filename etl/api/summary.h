/*
 * The service's own totals of a contract's usage, by month, contract year and usage category, as figures to
 * compare with. Token Flex API, "Other reads": GET usage/:n/summary.
 *
 * The answer is read by api/metadata, as for `query.dataset: usage_summary`; here its values are
 * checked: what is compared must not be guessed.
 */
#ifndef API_SUMMARY_H
#define API_SUMMARY_H

#include "api/metadata.h"
#include "base/date.h"
#include "job/catalogue.h"

/* One line of the summary. */
struct summary_line {
    date_t month; /* its first day */
    unsigned contract_year;
    enum usage_category category;
    const char *tokens; /* decimal digits in the canonical form of base/decimal.h */
};

struct summary {
    struct summary_line *lines; /* in the order of the answer; no two of one month, year and category */
    size_t count;
    bool is_whole; /* all figures are whole numbers: the service may have rounded them */
};

/*
 * Requests the summary of a contract, all of it: one request. Everything lives in arena. Errors as
 * api_send(), metadata_read() and summary_of() have them.
 */
MUST_CHECK bool summary_fetch(struct api *api, const char *contract, struct arena *arena,
                              struct summary *summary, struct err *err);

#endif
