/*
 * The contracts of the page, and the overview of them.
 */
#ifndef REPORT_HTML_HTML_CONTRACTS_H
#define REPORT_HTML_HTML_CONTRACTS_H

#include "base/arena.h"
#include "report/html/html_block.h"

struct html_contract {
    const char *number;
    const char *name; /* NULL: not known */
};

struct html_contracts {
    struct html_contract *items; /* by number */
    size_t count;
};

/*
 * The contracts with data: of the run history, and of the tables contracts and contract_years, as far as the
 * role may read them. Everything lives in arena.
 */
MUST_CHECK bool html_contracts_read(const struct html_source *source, struct arena *arena,
                                    struct html_contracts *contracts, struct err *err);

/* Appends the overview, with links to the sections `#contract-1` and so on. */
MUST_CHECK bool html_contracts_put_overview(const struct html_source *source,
                                            const struct html_contracts *contracts, struct buf *out,
                                            struct err *err);

#endif
