#include "report/metrics/metrics_file.h"

#include "base/file.h"

#include <errno.h>
#include <string.h>

bool metrics_file_lock(const char *path, int64_t deadline_ms, struct file_lock *lock, struct err *err)
{
    struct file_lock_options options = {
        .path = path, .locks_directory = true, .failure = ERR_CREATE, .deadline_ms = deadline_ms};
    return file_lock_take(&options, lock, err);
}

bool metrics_file_replace(const char *path, const struct buf *text, struct err *err)
{
    return file_replace(path, text, 0644) ||
           err_set(err, err_kind_of_errno(ERR_CREATE), "cannot write %s: %s", path, strerror(errno));
}
