/*
 * What the service learned later: changes of the contracts' worlds, in the order of the setting `changes`.
 * Each is known from a day on, and chooses records by usage date, category, user, product and so on, as the
 * changes before it left them.
 */
#ifndef SIM_CHANGE_H
#define SIM_CHANGE_H

#include "world.h"

struct json_object;

enum change_kind {
    CHANGE_LATE,    /* nothing was known of the records before */
    CHANGE_RESTATE, /* each costs `tokens` more */
    CHANGE_VANISH,  /* they are gone */
    CHANGE_REWRITE, /* one field has another value: a user renamed, a department re-attributed */
    CHANGE_ADJUST   /* one record more: a manual adjustment of `tokens` on the day `from` */
};

struct change {
    int kind;             /* enum change_kind */
    const char *contract; /* NULL: every one */
    int64_t known_day;
    int64_t from, to;               /* usage dates: from <= date < to */
    int category;                   /* -1: any */
    uint64_t user, product, charge; /* values; USAGE_NULL: any */
    int64_t every, offset;          /* the records whose number % every is offset */
    int64_t tokens;                 /* thousandths */
    int place;                      /* of a rewrite: the field's place, and the value */
    uint64_t value;
    const char *text; /* of that value; NULL for null */
    bool multi_year;  /* of an adjustment: tokenPool MY */
};

/* Values from here on are texts that a change brought: the number of the change is added. */
#define CHANGE_TEXT ((uint64_t)1 << 62)

/* Reads entry number `index` of the list, whose texts it borrows. `changes` has those before it. False with
 * the reason, which the caller frees. */
bool change_read(struct json_object *entry, const struct change *changes, size_t index, struct change *change,
                 char **reason);

/* What the record is with a change that is known on `today`. False: on that day it was not known at all. */
bool change_apply(const struct change *change, const char *contract, int64_t today, struct usage *usage);

/* The record that an adjustment adds on that day, where it is one, and known. */
bool change_adds(const struct change *change, const struct world *world, const char *contract, int64_t today,
                 int64_t day, struct usage *usage);

#endif
