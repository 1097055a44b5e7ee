/*
 * jobs/job.schema.json, in JSON Schema 2020-12: editors check and complete jobs with it.
 *
 * Keys, descriptions, choices, limits and defaults come from the table of keys (job/job_keys.h), and the
 * names of fields, metrics, types and reserved columns from their lists. The template has the rest:
 * definitions, rules between keys, and the shapes of values that the kind of a key does not determine.
 *
 *     {"…": the schema's own members,
 *      "shapes": {"window.last": what a value looks like, …},
 *      "rules": {"window": members that are added to a mapping, …},
 *      "$defs": {"duration": …, …}}
 */
#ifndef REFERENCE_SCHEMA_FILE_H
#define REFERENCE_SCHEMA_FILE_H

#include "base/buf.h"
#include "base/err.h"

/* Appends the schema. ERR_CONFIG: the template cannot be read; ERR_BUG: it lacks a shape, or has one too
 * many. */
MUST_CHECK bool schema_put(const char *template_path, struct buf *out, struct err *err);

#endif
