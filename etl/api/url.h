/*
 * Addresses at the service: pure.
 */
#ifndef API_URL_H
#define API_URL_H

#include "base/buf.h"
#include "base/err.h"

#define API_ROOT "/tokenflex/v1"

/* BASE/tokenflex/v1/usage/CONTRACT/query */
void url_put_submit(struct buf *url, const char *base_url, const char *contract);

/* BASE/tokenflex/v1/contract/CONTRACT */
void url_put_contract(struct buf *url, const char *base_url, const char *contract);

/* BASE/tokenflex/v1/usage/CONTRACT */
void url_put_usage(struct buf *url, const char *base_url, const char *contract);

/* BASE/tokenflex/v1/usage/CONTRACT/query/ID, id percent-encoded */
void url_put_query(struct buf *url, const char *base_url, const char *contract, const char *id);

/*
 * Resolves the detail_uri of a submitted query. The service sends it with the API root, or with only /v1 of
 * it; the missing part is then put in front (Token Flex API, "Query"). If base_url has a path, that of a
 * proxy, the result has it once. ERR_DATA for an absolute URL with another scheme, host or port than the
 * API's: the bearer token must not be sent there.
 */
MUST_CHECK bool url_put_detail(struct buf *url, const char *base_url, const char *detail_uri,
                               struct err *err);

/* Appends `offset=…&limit=…` as the query of a URL. */
void url_put_page(struct buf *url, unsigned long long offset, unsigned long long limit);

#endif
