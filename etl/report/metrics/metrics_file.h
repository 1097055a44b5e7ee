/*
 * A metrics file: replaced as a whole, by one process at a time.
 */
#ifndef REPORT_METRICS_METRICS_FILE_H
#define REPORT_METRICS_METRICS_FILE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/file_lock.h"

#include <stdint.h>

/*
 * Takes the lock: until file_lock_cleanup() no other process writes metrics into the directory of the file.
 * The lock is on the directory itself and leaves no file there. ERR_CREATE, or as file_lock_take().
 */
MUST_CHECK bool metrics_file_lock(const char *path, int64_t deadline_ms, struct file_lock *lock,
                                  struct err *err);

/*
 * Replaces the file by text, readable by everyone (0644). A reader sees either the old or the new content,
 * also after a crash. The caller holds the lock. ERR_CREATE.
 */
MUST_CHECK bool metrics_file_replace(const char *path, const struct buf *text, struct err *err);

#endif
