/*
 * The page's template: assets/, which the build compiles into the program, and the chart library of Debian's
 * package libjs-chart.js.
 */
#ifndef REPORT_HTML_HTML_TEMPLATE_H
#define REPORT_HTML_HTML_TEMPLATE_H

#include "base/buf.h"
#include "base/err.h"

/* The HTML for `{{title}}`, `{{heading}}` and `{{content}}`. */
struct html_parts {
    const char *title;
    const char *heading;
    const char *content;
};

/*
 * Appends the page. Style and scripts are in it, and its Content-Security-Policy allows these alone, by their
 * hashes: no other script, and no request. ERR_BUG if a hash cannot be made.
 */
MUST_CHECK bool html_put_page(const struct html_parts *parts, struct buf *out, struct err *err);

#endif
