/*
 * The JSON document of a small answer of the service.
 */
#ifndef API_DOCUMENT_H
#define API_DOCUMENT_H

#include "base/err.h"
#include "wire/json/json.h"

/*
 * Reads an answer that is to be an object or a list (json_type_object, json_type_array). what: its name in
 * messages. Returns NULL with ERR_UNAVAILABLE if it is not JSON, or is a JSON value of another type:
 * something between us and the service has answered, and asking again may help; with ERR_DATA if it
 * contradicts itself (wire/json/json). The caller owns the result.
 */
json_object *document_read(const char *bytes, size_t length, enum json_type type, const char *what,
                           struct err *err);

#endif
