/*
 * Text in the HTML page. Every text of the database reaches the page through this file: as HTML by
 * html_put_text(), as data of a script by html_put_json().
 *
 * A text is shown exactly, except for characters that HTML does not show: line ends and tabs become blanks,
 * other control characters U+FFFD. Characters that change the direction of writing stay: html_put_label()
 * isolates them, so that they affect their own label only. Pure.
 */
#ifndef REPORT_HTML_HTML_TEXT_H
#define REPORT_HTML_HTML_TEXT_H

#include "base/buf.h"

/* Appends text for use between tags or in a quoted attribute. */
void html_put_text(struct buf *out, const char *text);

/*
 * Appends a name that may have any length and direction: isolated (`bdi`), with the full text as its title.
 * The style cuts a long one with an ellipsis.
 */
void html_put_label(struct buf *out, const char *text);

/*
 * Appends JSON for use inside `<script type="application/json">`, escaped so that no text in it can end the
 * script element. json is well-formed.
 */
void html_put_json(struct buf *out, const char *json);

/* The decimal places that a decimal number needs: 2 for `1.250`, 0 for `7.0`. */
size_t html_places(const char *digits);

/*
 * Appends a decimal number with separated thousands, exactly: `-1234.50` with 3 places is `-1,234.500`. With
 * 0 places it is `-1,234.5`, because no digit other than 0 is cut. Other text (`NaN`) is appended as it is.
 */
void html_put_number(struct buf *out, const char *digits, size_t places);

#endif
