/* What only api/query.c and its unit tests use. */
#ifndef API_QUERY_INNER_H
#define API_QUERY_INNER_H

#include "api/query.h"

/*
 * The page size to request where the service refuses `rows`: the largest below it of 5000, 2000, 1000, 500,
 * 250 and 100, at least QUERY_MIN_PAGE. Pure.
 */
unsigned query_page_size_below(unsigned rows);

#endif
