/*
 * Replaces a file whose next content must not be lost: every step that can fail is tried before the content
 * exists.
 *
 * replacement_prepare() creates PATH.new, fills it with as many blanks as the content may have bytes, and
 * syncs it. If PATH exists, it first proves that a rename onto PATH works: it replaces the file by a copy of
 * itself. If one of these steps fails (a single mounted file, a directory that cannot be written), or the
 * file has several hard links, blanks are appended to PATH itself, and the content will be written there.
 * replacement_commit() then only overwrites bytes that the disk already holds.
 *
 * The file must have a format in which blanks at the end have no meaning, such as JSON. The caller holds a
 * lock, so that no other process prepares the same file.
 */
#ifndef BASE_REPLACEMENT_H
#define BASE_REPLACEMENT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Owned: replacement_cleanup(). */
struct replacement {
    struct buf path; /* the file itself, not a link to it */
    struct buf new_path;
    size_t size;
    int fd;
    bool in_place; /* fd is PATH, not PATH.new */
    bool written;  /* the content is written and synced: PATH.new is kept even if the rename fails */
    bool renamed;  /* PATH is the new file; its directory may not be synced yet */
};

#define REPLACEMENT_NONE ((struct replacement){.fd = -1})

/*
 * Prepares a content of at most `size` bytes, mode 0600. path: not a link (file_resolve()), in a directory
 * that exists. A file that exists must be a regular one of at most `size` bytes. False with errno, the file
 * unchanged except for blanks at its end; EOPNOTSUPP, nothing changed, if it is not a regular file.
 */
MUST_CHECK bool replacement_prepare(const char *path, size_t size, struct replacement *replacement);

/*
 * Puts the content in place, synced with its directory. False with errno; then it can be called again, with
 * this replacement or with a new one that replacement_prepare() has made for the same path.
 */
MUST_CHECK bool replacement_commit(struct replacement *replacement, const struct buf *bytes);

/*
 * Deletes PATH.new if it holds no content. Content that could not be renamed stays there, and the next
 * process reads it.
 */
void replacement_cleanup(struct replacement *replacement);

#endif
