/*
 * A table of keys as the reference shows it: every key with its path, also those of the tables in it.
 */
#ifndef JOB_KEY_LIST_H
#define JOB_KEY_LIST_H

#include "job/keys.h"

struct key_entry {
    const struct key *key;
    const char *path;          /* api.poll.first */
    const char *value;         /* what a value looks like */
    const char *default_value; /* as a user would write it; "": none */
    const char *text;          /* "": the key has no text */
    unsigned depth;            /* 0: a key of the document itself */
};

struct key_entries {
    struct key_entry *items;
    size_t count;
};

/* Every key of a table and of the tables in it, each mapping before its keys, without removed keys. Lives in
 * arena. */
struct key_entries key_list(const struct key *keys, struct arena *arena);

/* The names of the keys that hold a secret (struct key.is_secret), ended by NULL. Lives in arena. */
const char *const *key_list_secrets(const struct key *keys, struct arena *arena);

#endif
