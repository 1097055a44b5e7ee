/*
 * Files that are read and replaced as a whole.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"

#include <stdbool.h>
#include <sys/types.h>

/* Appends what the file holds. False with errno: EFBIG past the buffer's ceiling; ENOENT where there is none.
 */
MUST_CHECK bool file_read(const char *path, struct buf *bytes);

/*
 * Puts bytes in the place of the file, with these permissions whatever the umask: whoever reads sees the old
 * file or the new one, also after a crash. PATH.new is where it is written first; the caller sees to it that
 * nobody else does this to the same file meanwhile. False, with errno, when it cannot be done.
 */
MUST_CHECK bool file_replace(const char *path, const struct buf *bytes, mode_t mode);

/*
 * Appends the absolute path of the file that a path leads to, links followed. The file itself may be missing,
 * its directory may not. Two names of one file give one path. False with errno.
 */
MUST_CHECK bool file_resolve(const char *path, struct buf *resolved);

/* Opens the directory that the file is in; -1 with errno. */
int file_open_directory(const char *path);

/* A rename or a deletion is on disk once its directory is. False with errno. */
MUST_CHECK bool file_sync_directory(const char *path);

#endif
