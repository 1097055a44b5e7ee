/*
 * The text of one YAML scalar: variables replaced, and where in the file its letters stand. Internal to
 * wire/yaml.
 */
#ifndef WIRE_YAML_YAML_SCALAR_H
#define WIRE_YAML_YAML_SCALAR_H

#include "base/buf.h"
#include "base/finding.h"
#include "wire/yaml/yaml_source.h"

/* A scalar as libyaml read it, and as it stands in the file, quotes included. */
struct yaml_scalar {
    const char *text;
    size_t length;
    const char *raw;
    size_t raw_length;
    struct place place; /* of the first byte of raw */
};

struct yaml_replacement {
    struct buf text;     /* made by the caller, with its ceiling */
    bool unset_is_empty; /* set by the caller: a variable that is not set is no fault */
    bool replaced;       /* there was a variable */
    bool broken;         /* a variable is missing or badly written; the findings say so */
    bool full;           /* the text did not fit below its ceiling */
};

/* Puts the scalar's text with its variables replaced into *replacement. */
void yaml_scalar_replace(const struct yaml_scalar *scalar, const struct yaml_source *source,
                         struct findings *findings, struct yaml_replacement *replacement);

/* The column where the file shows `text` letter by letter (inside the quotes, if any), or 0 where it does
 * not. */
unsigned yaml_scalar_text_column(const struct yaml_scalar *scalar, const char *text);

/* The place of the byte `offset` bytes behind `bytes`, which stand at `start`. */
struct place yaml_walk(struct place start, const char *bytes, size_t offset);

#endif
