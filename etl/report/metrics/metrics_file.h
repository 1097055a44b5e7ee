/*
 * The file of metrics: read as a whole, replaced as a whole, by one process at a time.
 */
#ifndef REPORT_METRICS_METRICS_FILE_H
#define REPORT_METRICS_METRICS_FILE_H

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

/*
 * Waits, at most wait_ms and as long as no stop is asked for, until no other process is at a file of this
 * one's directory. Returns the lock, to be given back by metrics_file_unlock(); -1 with ERR_LATER or
 * ERR_CREATE. The lock is on the directory itself: it leaves nothing there.
 */
int metrics_file_lock(const char *path, int64_t wait_ms, struct err *err);
void metrics_file_unlock(int lock);

/* Fills text, and leaves it empty where the file is not there, or larger than the buffer may be. */
void metrics_file_read(const char *path, struct buf *text);

/*
 * Puts text in the file's place, for everybody to read (0644): whoever reads sees the old one or the new one,
 * also after a crash. Under the lock. ERR_CREATE.
 */
MUST_CHECK bool metrics_file_replace(const char *path, const struct buf *text, struct err *err);

#endif
