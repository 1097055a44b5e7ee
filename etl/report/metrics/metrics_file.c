#include "report/metrics/metrics_file.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/stop.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LOCK_POLL_MS 20

static bool fail(const char *what, const char *path, struct err *err)
{
    return err_set(err, ERR_CREATE, "cannot %s %s: %s", what, path, strerror(errno));
}

int metrics_file_lock(const char *path, int64_t wait_ms, struct err *err)
{
    struct err stopped;
    int64_t deadline_ms = clock_deadline(wait_ms);
    int lock = file_open_directory(path);
    if (lock < 0) {
        fail("open the directory of", path, err);
        return -1;
    }
    while (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        bool held = errno == EWOULDBLOCK || errno == EINTR;
        if (held && clock_now_ms() < deadline_ms && stop_sleep(LOCK_POLL_MS, &stopped))
            continue;
        if (held)
            err_set(err, ERR_LATER, "another process is writing %s", path);
        else
            fail("lock the directory of", path, err);
        close(lock);
        return -1;
    }
    return lock;
}

void metrics_file_unlock(int lock)
{
    close(lock);
}

void metrics_file_read(const char *path, struct buf *text)
{
    char block[16384];
    size_t count;
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    while ((count = fread(block, 1, sizeof block, file)) > 0) {
        if (!buf_append(text, block, count)) {
            buf_clear(text);
            break;
        }
    }
    fclose(file);
}

bool metrics_file_replace(const char *path, const struct buf *text, struct err *err)
{
    return file_replace(path, text, 0644) || fail("write", path, err);
}
