/*
 * Replaces a file whose next content must not be lost: every step that can fail is tried before the content
 * exists.
 *
 * replacement_prepare() makes PATH.new with room for the content and syncs it. It also proves that a rename
 * onto PATH works, by putting a copy of the present file in its place. Where PATH cannot be renamed onto (a
 * mounted single file, a file with several hard links, a directory that cannot be written), PATH itself gets
 * the room, and the content is written into it. replacement_commit() then only overwrites bytes that the disk
 * holds already.
 *
 * Room is made by blanks: the file is of a format in which blanks at the end mean nothing, such as JSON. The
 * caller holds a lock, so that no other process prepares the same file.
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
    bool written;  /* PATH.new holds the content, synced: it is kept even where the rename fails */
    bool renamed;  /* PATH is the new file; its directory may still have to be synced */
};

#define REPLACEMENT_NONE ((struct replacement){.fd = -1})

/*
 * Makes room for at most size bytes, mode 0600. path is no link (file_resolve()); its directory is there; its
 * file may be missing, else it is a regular one of at most size bytes. False with errno: the file is as it
 * was, but for blanks at its end.
 */
MUST_CHECK bool replacement_prepare(const char *path, size_t size, struct replacement *replacement);

/*
 * Puts the content in place, synced with its directory. False with errno; it can be called again, then also
 * with another replacement of the same path.
 */
MUST_CHECK bool replacement_commit(struct replacement *replacement, const struct buf *bytes);

/*
 * Deletes PATH.new if it holds no content. Content that could not be renamed stays there, and the next
 * process reads it.
 */
void replacement_cleanup(struct replacement *replacement);

#endif
