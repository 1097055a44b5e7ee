/*
 * Tables of keys: one row has everything about a key. Its name, its kind, the member of a struct that takes
 * its value, its default, and its meaning for the reference.
 *
 * The common checks are here: unknown keys with "did you mean" or where they belong, wrong types, ranges,
 * choices, missing keys. Every message says what is wrong, what was found, and what would be right.
 */
#ifndef JOB_KEYS_H
#define JOB_KEYS_H

#include "base/finding.h"
#include "base/text.h"
#include "wire/yaml/yaml.h"

#include <stdint.h>

enum key_kind {
    KEY_TEXT,          /* const char *; never shown in a message, since it may be a secret */
    KEY_PATH,          /* const char *; a leading ~/ becomes the home directory */
    KEY_FLAG,          /* bool */
    KEY_COUNT,         /* unsigned, from least to most */
    KEY_RATE,          /* double, 0 to most */
    KEY_PERCENTAGE,    /* double, 0 to most: 12.5% is 12.5 */
    KEY_DURATION,      /* int64_t, milliseconds, more than 0 */
    KEY_CHOICE,        /* an enum whose values are the positions in choices */
    KEY_NAMES,         /* struct text_list: a list of texts */
    KEY_NAME_OR_NAMES, /* the same; one text stands for a list of one */
    KEY_MAPPING,       /* a mapping with keys of its own, in table */
    KEY_MAPPINGS,      /* a list of mappings with the keys in table; `read` reads each of them */
    KEY_OTHER,         /* read by the function `read` */
    KEY_REMOVED,       /* a key of earlier versions: an error that says what to do `instead` */
};

struct key;

/* What all reading of one file shares. */
struct keys_context {
    struct arena *arena; /* texts live here */
    struct findings *findings;
    const char *home;           /* NULL: unknown, ~ cannot be replaced */
    const struct key *document; /* the keys of the whole document, to say where a misplaced one belongs; NULL:
                                   not said */
};

/* One value while it is read: `path` is the key as messages show it, such as api.poll.first. */
struct key_value {
    const struct keys_context *context;
    const char *path;
    const struct yaml_node *node;
};

struct key {
    const char *name;
    enum key_kind kind;
    bool required;
    const char *example; /* of a required key, for the message that it is missing */
    bool may_be_empty;   /* texts and lists */
    size_t at;           /* offsetof the member */
    uint64_t least;
    uint64_t most;
    const char *const *choices; /* ended by NULL */
    const char *removed_choice; /* one that earlier versions took; NULL: none */
    const char *instead;        /* of removed_choice, or of a removed key: what to do */
    /* The names that the reference lists, NULL after the last; NULL: it lists none. Lists of names may have
     * others too. */
    const char *(*documented)(size_t index);
    const struct key *table; /* ended by an entry without name */
    void (*read)(const struct key_value *value, void *member);
    bool is_secret; /* commands that send no request to the service accept a variable that is not set */

    /* What the reference says: `help settings`, `help job`, the man pages, job.schema.json and the example of
     * the settings. A key without a text, other than a removed one, fails a test. */
    const char *value;         /* what a value looks like; NULL: what the kind says */
    const char *default_value; /* as YAML, and the value of an absent key; NULL: none */
    const char *text;          /* what the key means: sentences, with `code` */
};

/*
 * Reads a mapping, whose path is "" at the root of a document, into target. Its members keep what they hold
 * where a key is absent. Each fault is added to the findings once.
 */
void keys_read(const struct key_value *mapping, const struct key *table, void *target);

/*
 * Sets the members whose keys have a default, as if a file had these values. The lookup of `variables` is for
 * defaults with `${NAME:-…}`; NULL: no variable is set. A default that its key refuses is a finding.
 */
void keys_set_defaults(const struct keys_context *context, const struct key *table,
                       const struct yaml_source *variables, void *target);

/* For `read` functions: the text of a scalar that is not null; NULL, with a finding, where it is none. */
const char *key_text(const struct key_value *value, const char *expected);

/* For `read` functions: a percentage from 0 to most. Anything else is a finding, and false. */
bool key_percentage(const struct key_value *value, uint64_t most, double *percent);

/* For `read` functions: a list of texts that is not empty. Anything else is a finding, and names stays as it
 * is. An invalid item is a finding too, and names gets the other items. */
void key_names(const struct key_value *value, struct text_list *names);

/* A finding at the value: "`path` must be EXPECTED, found `TEXT`". */
void key_refuse(const struct key_value *value, const char *expected);

/* "a list", "a mapping", "no value", or the text of a scalar between backquotes, cut short. Returns out. */
#define KEY_SHOWN 96
const char *key_show(const struct yaml_node *node, char *out);

/* A name of any length, cut to KEY_SHOWN bytes. Returns out. */
const char *key_shorten(const char *name, char *out);

/* "; did you mean `x`?" where a candidate is near, else "". Lives in arena. */
const char *key_suggestion(struct arena *arena, const char *word, const char *const *candidates,
                           size_t count);

/* The most items a list may have: more columns than PostgreSQL allows are of no use. */
#define KEY_MAX_ITEMS 1600

/* The longest text an item of a list may be. */
#define KEY_MAX_ITEM_BYTES 255

#endif
