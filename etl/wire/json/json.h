/*
 * JSON documents of small size, as json-c objects: tokens, statuses, lists, errors. Pages of rows go through
 * wire/json/json_reader, which never builds a tree.
 *
 * json-c's own parser is not used: it clamps integers past 64 bits, takes NaN, cuts text at \u0000 and
 * accepts what follows the document. json_parse() reads with wire/json/json_reader, which refuses all of
 * that, and builds json-c's objects from what it reads. A number that is not an integer, or that exceeds 64
 * bits, becomes a double that keeps its source text (json_text()). json-c's own getters round and clamp: read
 * numbers with json_uint_of().
 */
#ifndef WIRE_JSON_JSON_H
#define WIRE_JSON_JSON_H

#include "base/err.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* json_object_put(), for SCOPED(json) json_object *. */
void json_cleanup(json_object **value);

/*
 * Reads one document. Strict, but for a comma before a closing bracket or brace, which the service's own
 * documentation shows. Returns NULL with ERR_UNAVAILABLE, with the byte offset and what stands there, when it
 * is not JSON, and also for the document `null`, which json-c has no object for; with ERR_DATA if an object
 * names a member twice with different values: 60 and 60.0 are one value. A failed allocation of json-c is
 * handled as in base/mem. The caller owns the result.
 */
json_object *json_parse(const char *bytes, size_t length, struct err *err);

/* The same, but of several members of one name, the last one counts: for an answer that must not be lost,
 * because it has a new refresh token, and for one that is only shown. */
json_object *json_parse_last(const char *bytes, size_t length, struct err *err);

/* What a string says, or the digits of a number as they were sent; never NULL. Borrowed. */
const char *json_text(json_object *value);

/* The member of an object as text, or NULL where the object is none, lacks it, or it is no string. Borrowed.
 */
const char *json_text_of(json_object *object, const char *member);

/* The member of an object, or NULL. Borrowed. */
json_object *json_member(json_object *object, const char *member);

/*
 * The member of an object as a whole number, exactly. False where the object is none, lacks it, or it is
 * anything but an integer from 0 to 2^64 - 1 (`60.0` and `1e3` are none); *value is untouched then.
 */
MUST_CHECK bool json_uint_of(json_object *object, const char *member, uint64_t *value);

/* Whether the member of an object is there and is `true`. */
bool json_is_true(json_object *object, const char *member);

#endif
