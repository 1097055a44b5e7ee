/*
 * Whether a `where` condition is one that the service can read in one way only. Pure.
 *
 * The window is added to it: `(USER WHERE) AND usageDate >= 'FROM' AND usageDate < 'TO'`. A condition must
 * not close the parentheses around it in any dialect of SQL, or else the answer has rows from outside the
 * window. The grammar, of the tokens of job/where.h; keywords in any case:
 *
 *     condition  = term { ( AND | OR ) term }
 *     term       = "(" condition ")"
 *                | operand comparison ( value | list )      comparison: = != <> < <= > >=
 *                | operand LIKE ( value | list )
 *                | operand IN list
 *                | operand BETWEEN value AND ( value | list )
 *                | operand IS ( NULL | TRUE | FALSE )
 *     list       = "(" value { "," value } ")"
 *     operand    = name | text | number | NULL | TRUE | FALSE | call
 *     value      = text | number | NULL | TRUE | FALSE | field | call
 *     call       = name "(" [ operand { "," operand } ] ")"
 *     field      = a name that the service documents (job/catalogue.h)
 *     name       = letters of any script, digits and `_`, no digit first
 *     text       = '…' or "…"; the quote within it is written twice
 *     number     = [ + | - ] digit { digit | "." }
 *
 * So a word on the right of a comparison must be quoted, unless it is a field. A quote inside or at the end
 * of a text must not follow an odd number of backslashes: a service that reads `\'` as an escaped quote would
 * end the text at another place.
 * Comments (`--`, `#`, and those between slash and asterisk), `;`, `$` and all other characters have no place
 * outside texts. NOT, which the service does not know, is skipped here: job/job_check_where.c reports it.
 *
 * Where the documentation has it: Token Flex API, "Usage limitations" of the query; the rest is what its
 * examples show, and what SQL has in common.
 */
#ifndef JOB_WHERE_SCAN_H
#define JOB_WHERE_SCAN_H

#include "job/where.h"

enum where_fault_kind {
    WHERE_VALID,
    WHERE_UNQUOTED,       /* a word that is not a field, where a value is expected */
    WHERE_UNQUOTED_DATE,  /* a number with a `-` and a number behind it */
    WHERE_WRONG_QUOTES,   /* typographic quotation marks */
    WHERE_BACKSLASH,      /* before a quote of a text */
    WHERE_COMMENT,        /* the beginning of one, or its end */
    WHERE_CHARACTER,      /* one that has no place outside texts */
    WHERE_NO_COMPARISON,  /* a comparison is expected, or its left side */
    WHERE_NO_VALUE,       /* a value is expected */
    WHERE_NO_LIST,        /* IN without its `(` */
    WHERE_NO_RANGE_END,   /* BETWEEN's AND is expected */
    WHERE_NO_CONJUNCTION, /* AND or OR is expected; in a list `,` or `)` */
    WHERE_UNBALANCED,     /* a parenthesis or quote without its counterpart */
    WHERE_TOO_DEEP,       /* more than WHERE_MAX_DEPTH parentheses within each other */
};

#define WHERE_MAX_DEPTH 64

/* The first fault, and the token at which it was found. WHERE_VALID: there is no fault. */
struct where_fault {
    enum where_fault_kind kind;
    struct where_token token;
};
struct where_fault where_scan(const char *condition);

#endif
