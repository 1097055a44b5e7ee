/*
 * The one error object.
 *
 * A function that can fail returns bool (or NULL) and takes `struct err *` last. The error is filled where
 * the fact is known, given context on the way up with err_wrap(), and logged once, at the job's boundary.
 * Texts and hints go through text_excerpt() when they are set, so that they can be written to the log and to
 * the run table as they are: one line, printable, without known secrets.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/macros.h"

#include <stdbool.h>

/* ERR_NONE and the other rows of base/err_kinds.def. */
enum err_kind {
#define ERR_KIND(kind, name, code, may_pass) ERR_##kind,
#include "base/err_kinds.def"
#undef ERR_KIND
};

/* How many there are. */
enum {
    ERR_KINDS = 0
#define ERR_KIND(kind, name, code, may_pass) +1
#include "base/err_kinds.def"
#undef ERR_KIND
};

struct err_kind_info {
    const char *name; /* lower case, stable: logs show it */
    int exit_code;    /* base/exit_code.h */
    bool may_pass;    /* trying again later, with nothing changed, can help */
};

/* The length of a SQLSTATE, its final NUL included. */
#define ERR_SQLSTATE 6

struct err {
    enum err_kind kind;
    char sqlstate[ERR_SQLSTATE]; /* PostgreSQL's code, where there is one; else "" */
    bool is_of_constraint;       /* PostgreSQL has named a constraint that refuses a row or value */
    char text[1536];             /* one line, UTF-8, no final newline or full stop */
    char hint[768];              /* what to do about it; may be empty */
};

const struct err_kind_info *err_kind_info(enum err_kind kind);

/*
 * The kind of a failure, by errno: ERR_LATER if the host lacks disk space, descriptors, locks or memory,
 * which is not a fault of the file concerned; else `otherwise`.
 */
enum err_kind err_kind_of_errno(enum err_kind otherwise);

/* The kind of this name; ERR_NONE for an unknown name or NULL. */
enum err_kind err_kind_named(const char *name);

/* Fills err (which may hold an older error, now forgotten). Returns false, so that `return err_set(…)` reads
 * well. */
bool err_set(struct err *err, enum err_kind kind, const char *format, ...) PRINTF_LIKE(3, 4);

/* Puts "context: " in front of what err says; its kind, SQLSTATE and hint stay. Returns false. */
bool err_wrap(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Says what to do; replaces an older hint. Returns false. */
bool err_hint(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Sets err to ERR_NONE, after the error has been handled. */
void err_clear(struct err *err);

/*
 * Called where a failure of a chunk or command is handled. A failure without an error set becomes ERR_BUG, so
 * that it never counts as success. Any other error stays as it is. err must have been ERR_NONE before the
 * step that failed.
 */
void err_require(struct err *err);

#endif
