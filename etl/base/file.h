/*
 * Files that are read, written and replaced as a whole.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Appends what the file holds. False with errno: EFBIG past the buffer's ceiling; ENOENT if it does not
 * exist.
 */
MUST_CHECK bool file_read(const char *path, struct buf *bytes);

/* Writes all of the bytes to an open file; where it is non-blocking, waits up to two seconds until it takes
 * more. False with errno. */
MUST_CHECK bool file_write(int file, const struct buf *bytes);

/*
 * Writes to a terminal that may be stopped (Ctrl-S), for as long as it takes something, and waits wait_ms at
 * most, all in all, for it to take more. Returns how many bytes were written; fewer also after an error.
 */
size_t file_write_within(int file, const struct buf *bytes, int64_t wait_ms);

/*
 * Replaces the file's content atomically, with these permissions regardless of the umask: a reader sees the
 * old file or the new one, also after a crash. A link stays, and the file that it leads to is replaced. The
 * content is written to a file of that name with `.new` behind it first. The caller ensures that nothing else
 * replaces the same file at the same time. False with errno; EOPNOTSUPP for a device, a pipe or a socket.
 */
MUST_CHECK bool file_replace(const char *path, const struct buf *bytes, mode_t mode);

/*
 * Appends the absolute path of the file that a path leads to, links followed. The file itself may be missing,
 * its directory may not. Two names of one file give one path. False with errno.
 */
MUST_CHECK bool file_resolve(const char *path, struct buf *resolved);

/* Opens the directory that the file is in; -1 with errno. */
int file_open_directory(const char *path);

/* Syncs the directory: a rename or deletion in it is durable afterwards. False with errno. */
MUST_CHECK bool file_sync_directory(const char *path);

#endif
