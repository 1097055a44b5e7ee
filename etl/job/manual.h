/*
 * What the reference says of every key: `help settings`, `help job` and the manual pages are made from it.
 *
 * The tables of keys (job/keys.h) say what a key is called and which values it takes; the entries here add
 * what it means. A key without an entry, or an entry without a key, fails a test.
 */
#ifndef JOB_MANUAL_H
#define JOB_MANUAL_H

#include "job/keys.h"

struct manual_key {
    const char *path;     /* as messages have it: api.poll.first */
    const char *value;    /* what a value looks like; NULL: what the kind of the key says */
    const char *fallback; /* the default, as a user would write it; "": none */
    const char *text;     /* sentences, with `code` */
};

/* The keys of a settings file and of a job, ended by one without a name. */
extern const struct key settings_keys[];
extern const struct key job_keys[];

/* In any order, ended by one without a path. */
extern const struct manual_key settings_manual[];
extern const struct manual_key job_manual[];

/* A key as the reference shows it. */
struct manual_entry {
    const struct key *key;
    const char *path;
    const char *value;
    const char *fallback;
    const char *text; /* "" if there is none */
    unsigned depth;   /* 0: a key of the document itself */
};

struct manual_entries {
    struct manual_entry *items;
    size_t count;
};

/* Every key of a table and of the tables in it, each mapping before what it holds, removed keys left out.
 * Lives in arena. */
struct manual_entries manual_list(const struct key *keys, const struct manual_key *manual,
                                  struct arena *arena);

#endif
