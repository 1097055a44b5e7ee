/* The JSON answer about a query: its status, and one page of its rows when it is DONE. */
#ifndef SIM_PAGE_H
#define SIM_PAGE_H

#include "edit.h"

struct page {
    enum query_status status;
    const char *id;         /* NULL: not told */
    const char *detail_uri; /* NULL: not told */
    struct plan *plan;      /* looked at for DONE only */
    int64_t offset;
    int64_t limit_told;
    int64_t limit; /* rows written at most */
    bool trailing_comma;
    const struct rule *rule; /* may be NULL */
};

/* Adds the answer to out; answers the number of rows in it. */
uint64_t page_write(const struct page *page, struct buf *out);

#endif
