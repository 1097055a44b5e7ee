/*
 * A file of metrics: replaced as a whole, by one process at a time.
 */
#ifndef REPORT_METRICS_METRICS_FILE_H
#define REPORT_METRICS_METRICS_FILE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/file_lock.h"

#include <stdint.h>

/*
 * Until file_lock_cleanup(), no other process writes metrics into the file's directory. ERR_CREATE, or as
 * file_lock_take(). The lock is on the directory itself: it leaves nothing there.
 */
MUST_CHECK bool metrics_file_lock(const char *path, int64_t deadline_ms, struct file_lock *lock,
                                  struct err *err);

/*
 * Puts text in the file's place, for everybody to read (0644): whoever reads sees the old one or the new one,
 * also after a crash. Under the lock. ERR_CREATE.
 */
MUST_CHECK bool metrics_file_replace(const char *path, const struct buf *text, struct err *err);

#endif
