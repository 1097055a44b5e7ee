/*
 * What the service says when it refuses. The body is an object: with `Code` and `Message`; of the
 * authentication, with `errorCode` and `developerMessage`; of OAuth, with `error` and `error_description`.
 */
#ifndef API_SERVICE_ERROR_H
#define API_SERVICE_ERROR_H

#include "wire/http/http.h"

/* The service's own message in one line; "" when the body holds none. Returns out. */
const char *service_error_text(const struct http_response *response, char *out, size_t size);

/*
 * Whether it is a 403 that says AUTH-001: the application (client id) has not been given the API product in
 * the developer portal. Token Flex API, "Authentication".
 */
bool service_error_is_missing_product(const struct http_response *response);

/* What to do then; a format with one %s, the client id. */
#define SERVICE_ERROR_PRODUCT_HINT                                                                           \
    "the application `%s` lacks the API product: in the developer portal (https://aps.autodesk.com/myapps) " \
    "open the application, tick Token Flex Usage Data API under API Access, and save"

/* Whether the status says that a query or an export does not exist, or no longer. The documentation has 404
 * only; 410 has the same meaning in HTTP (RFC 9110, 15.5.11). */
bool service_error_is_gone(int status);

#endif
