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

/* Writes all of the bytes to an open file. Each time a non-blocking file accepts no bytes, waits up to two
 * seconds until it does. False with errno. */
MUST_CHECK bool file_write(int file, const struct buf *bytes);

/*
 * Writes to a terminal that may be stopped (Ctrl-S). If the terminal accepts no bytes, waits until it does,
 * but not longer than wait_ms after the call. Returns the number of bytes written, which is smaller than
 * bytes->length after such a time-out and after an error.
 */
size_t file_write_with_timeout(int file, const struct buf *bytes, int64_t wait_ms);

/*
 * Replaces the file's content atomically, with these permissions regardless of the umask: a reader sees the
 * old file or the new one, also after a crash. A link stays, and the file that it leads to is replaced. The
 * content is written to a file of that name with `.new` behind it first. The caller ensures that nothing else
 * replaces the same file at the same time. False with errno; EOPNOTSUPP for a device, a pipe or a socket.
 */
MUST_CHECK bool file_replace(const char *path, const struct buf *bytes, mode_t mode);

/*
 * Appends the absolute path of the file that a path leads to, without symbolic links. The file itself may be
 * missing, its directory may not. Paths that lead to one file by different symbolic links give the same
 * result. False with errno.
 */
MUST_CHECK bool file_resolve(const char *path, struct buf *resolved);

/* Opens the directory that the file is in; -1 with errno. */
int file_open_directory(const char *path);

/* Syncs the directory: a rename or deletion in it is durable afterwards. False with errno. */
MUST_CHECK bool file_sync_directory(const char *path);

#endif
