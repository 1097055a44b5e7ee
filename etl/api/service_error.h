/*
 * What the service says when it refuses: `{"Code","Message"}`, or for authentication `{"developerMessage",
 * …}` or OAuth's `{"error","error_description"}`.
 */
#ifndef API_SERVICE_ERROR_H
#define API_SERVICE_ERROR_H

#include "wire/http/http.h"

/* The service's own message in one line; "" when the body holds none. Returns out. */
const char *service_error_text(const struct http_response *response, char *out, size_t size);

#endif
