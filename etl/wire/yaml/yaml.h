/*
 * YAML files as a tree of nodes, each with its place; over libyaml.
 *
 * Every scalar stays text: what it means (number, boolean, duration, date) is decided by the code that knows
 * the key. In every scalar, quoted or not, `${NAME}` and `${NAME:-default}` are replaced from the environment
 * (the default where NAME is not set or empty; it may hold anything but `}` and `${`); `$${` writes a literal
 * `${`. A NAME without a default that is not set is a finding, unless the source lists the key as optional.
 * Expanded aliases count towards a limit on nodes; an alias shares the nodes of its anchor. Keys of a mapping
 * are unique: a duplicate is a finding, and the first one stays. Merge keys (`<<`) and tags (`!name`) are
 * refused.
 */
#ifndef WIRE_YAML_YAML_H
#define WIRE_YAML_YAML_H

#include "base/finding.h"
#include "wire/yaml/yaml_source.h"

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_node {
    enum yaml_kind kind;
    struct place place;
    bool broken; /* its fault is among the findings already: its content must not be used */

    /* YAML_SCALAR */
    const char *text;     /* after replacement of variables; never NULL, no NUL inside */
    bool quoted;          /* 'so', "so", | or >, or a variable was replaced: then `null` and `~` are text */
    unsigned text_column; /* where text stands letter by letter on the line of place; 0: it does not */

    /* YAML_SEQUENCE: items. YAML_MAPPING: keys (scalars) and their values, in the order of the file. */
    struct yaml_node **items;
    struct yaml_node **keys;
    size_t count;
};

struct yaml_documents {
    struct yaml_node **items; /* a NULL root (an empty document) is left out */
    size_t count;
};

/*
 * The bounds of one source: nodes with aliases expanded, nesting, keys of one mapping, anchors of one
 * document, and the bytes of all scalars after replacement.
 */
#define YAML_MAX_NODES 100000
#define YAML_MAX_DEPTH 64
#define YAML_MAX_KEYS 2000
#define YAML_MAX_ANCHORS 1000
#define YAML_MAX_TEXT_BYTES ((size_t)16 << 20)

/*
 * Reads all documents of a source. What is wrong (syntax, tabs, duplicate keys, missing variables, a key that
 * is no scalar, a bound passed) is added to findings; what could be read is returned. A syntax error or a
 * passed bound ends the file: the documents before it are returned. Bytes that are not UTF-8, U+0085, U+2028
 * and U+2029 are a finding, too, and no document is returned then. Nodes live in arena.
 */
void yaml_read(const struct yaml_source *source, struct arena *arena, struct findings *findings,
               struct yaml_documents *documents);

/* The value of a key in a mapping, or NULL; also NULL where mapping is NULL or no mapping. */
const struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key);

/*
 * The place of the byte at `offset` of a scalar's text: exact where the file shows the text letter by letter
 * on one line, else the place of the scalar.
 */
struct place yaml_place_in(const struct yaml_node *scalar, size_t offset);

/* Whether a scalar is YAML's null: empty, `~` or `null`, unquoted. */
bool yaml_is_null(const struct yaml_node *node);

#endif
