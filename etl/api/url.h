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
 * Resolves the detail_uri of a submitted query. It is seen with the API root and with /v1 alone, which gets
 * the missing part in front (Token Flex API, "Query"). A path of base_url's own, of a proxy, comes once.
 * ERR_DATA for an absolute URL to anywhere but the API's own scheme, host and port: the bearer token goes
 * nowhere else.
 */
MUST_CHECK bool url_put_detail(struct buf *url, const char *base_url, const char *detail_uri,
                               struct err *err);

/* Appends `offset=…&limit=…` as the query of a URL. */
void url_put_page(struct buf *url, unsigned long long offset, unsigned long long limit);

#endif
