#include "api/document.h"

json_object *document_read(const char *bytes, size_t length, enum json_type type, const char *what,
                           struct err *err)
{
    json_object *document = json_parse(bytes, length, err);
    if (!document) {
        (void)err_wrap(err, err->kind == ERR_DATA ? "%s contradicts itself" : "%s is not JSON", what);
        return NULL;
    }
    if (json_object_is_type(document, type))
        return document;
    json_object_put(document);
    (void)err_set(err, ERR_UNAVAILABLE, "%s is not %s", what,
                  type == json_type_array ? "a list" : "an object");
    return NULL;
}
