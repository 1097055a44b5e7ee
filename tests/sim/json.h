/* Reading JSON that tests send: strict, whole, with plain accessors. */
#ifndef SIM_JSON_H
#define SIM_JSON_H

#include "buf.h"

#include <json-c/json.h>

/* Parses one JSON value that takes up the whole text; NULL (also for null) when it does not.
 * json_object_put() frees. */
struct json_object *json_read(const char *text);

/* Member accessors; absent or of another type: what is given as otherwise. Texts belong to the object. */
struct json_object *json_member(struct json_object *object, const char *name);
const char *json_text(struct json_object *object, const char *name, const char *otherwise);
int64_t json_number(struct json_object *object, const char *name, int64_t otherwise);
double json_real(struct json_object *object, const char *name, double otherwise);
bool json_flag(struct json_object *object, const char *name, bool otherwise);

/* The array member, or NULL. */
struct json_object *json_list(struct json_object *object, const char *name);

/* An array of texts as a NULL-terminated vector of pointers into it; NULL when a member is no text. The
 * caller frees. */
const char **json_texts(struct json_object *array, size_t *count);

/* Members of `change` into `object`: objects are merged, all else replaced. Answers the path of the first
 * member that `object` lacks (static storage of this thread), or NULL. Below a member named `open`, any name
 * goes. */
const char *json_merge(struct json_object *object, struct json_object *change, const char *open);

#endif
