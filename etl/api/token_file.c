#include "api/token_file.h"

#include "api/oauth.h"
#include "api/save.h"
#include "base/file.h"
#include "base/log.h"
#include "base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(const char *path, const char *what, struct err *err)
{
    return err_set(err, err_kind_of_errno(ERR_AUTH), "cannot %s the token file %s: %s", what, path,
                   strerror(errno));
}

/* Makes the directories to a file; those that are there stay as they are. */
static bool make_directories(const char *path, struct err *err)
{
    SCOPED(buf) struct buf part = buf_make(BUF_OWN_TEXT);
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        buf_clear(&part);
        buf_print(&part, "%.*s", (int)(slash - path), path);
        if (mkdir(buf_text(&part), 0700) != 0 && errno != EEXIST)
            return fail(buf_text(&part), "make the directory of", err);
    }
    return true;
}

static bool read_bytes(int file, struct buf *bytes)
{
    char block[4096];
    ssize_t count;
    while ((count = read(file, block, sizeof block)) > 0) {
        bool fits = buf_append(bytes, block, (size_t)count);
        explicit_bzero(block, sizeof block);
        if (!fits) {
            errno = EFBIG;
            return false;
        }
    }
    return count == 0;
}

static bool parse(const char *path, const struct buf *bytes, struct login *login, struct err *err)
{
    if (login_read_text(bytes, login))
        return true;
    err_set(err, ERR_AUTH, "the token file %s is not one of tokenflex-etl", path);
    return err_hint(err, "move it away and log in again: %s", program_login());
}

static bool refuse_kind(const char *path, mode_t mode, struct err *err)
{
    const char *kind = S_ISDIR(mode)    ? "a directory"
                       : S_ISFIFO(mode) ? "a FIFO"
                       : S_ISSOCK(mode) ? "a socket"
                                        : "a device";
    err_set(err, ERR_AUTH, "the token file %s is %s", path, kind);
    return err_hint(err, "set auth.token_file to the path of a regular file");
}

static bool read_open_file(const char *path, int file, struct login *login, struct err *err)
{
    struct stat status;
    SCOPED(buf) struct buf bytes = buf_make(LOGIN_MAX_TEXT);
    if (fstat(file, &status) != 0)
        return fail(path, "read", err);
    if (!S_ISREG(status.st_mode))
        return refuse_kind(path, status.st_mode, err);
    if ((status.st_mode & 077) != 0) {
        err_set(err, ERR_AUTH, "the token file %s can be read by others (mode %04o)", path,
                (unsigned)(status.st_mode & 07777));
        return err_hint(err, "chmod 600 %s; if another user may have read it, log in again", path);
    }
    bool read = read_bytes(file, &bytes) || fail(path, "read", err);
    bool parsed = read && parse(path, &bytes, login, err);
    oauth_wipe(&bytes);
    return parsed;
}

bool token_file_read(const char *path, struct login *login, bool *exists, struct err *err)
{
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    *exists = file >= 0;
    if (file < 0)
        return errno == ENOENT || errno == ENOTDIR ? true : fail(path, "read", err);
    bool read = read_open_file(path, file, login, err);
    close(file);
    return read;
}

/* Puts the next file in place if a process has written it and then was killed, or could not rename it. */
static bool finish_interrupted(const struct token_file *file, struct err *err)
{
    struct err ignored;
    struct stat status;
    bool exists;
    bool complete;
    const char *path = buf_text(&file->path);
    SCOPED(buf) struct buf new_path = buf_make(BUF_OWN_TEXT);
    SCOPED(login) struct login present = login_make();
    SCOPED(login) struct login next = login_make();
    buf_print(&new_path, "%s.new", path);
    if (lstat(buf_text(&new_path), &status) != 0 || !S_ISREG(status.st_mode) ||
        !token_file_read(buf_text(&new_path), &next, &complete, &ignored) || !complete)
        return true;
    if (!token_file_read(path, &present, &exists, &ignored) ||
        (exists && present.refresh_from_ms >= next.refresh_from_ms))
        return true;
    if (rename(buf_text(&new_path), path) != 0)
        return fail(buf_text(&new_path), "put in place", err);
    log_warn("login-recovered", "%s now has the login that an interrupted run left in %s", path,
             buf_text(&new_path));
    return file_sync_directory(path) || fail(path, "write", err);
}

static bool take_locks(struct token_file *file, int64_t deadline_ms, struct err *err)
{
    SCOPED(buf) struct buf name = buf_make(BUF_OWN_TEXT);
    struct stat status;
    const char *path = buf_text(&file->path);
    buf_print(&name, "%s.lock", path);
    struct file_lock_options path_lock = {
        .path = buf_text(&name), .failure = ERR_AUTH, .deadline_ms = deadline_ms};
    struct file_lock_options inode_lock = {
        .path = path, .must_exist = true, .failure = ERR_AUTH, .deadline_ms = deadline_ms};
    if (stat(buf_text(&name), &status) == 0 && !S_ISREG(status.st_mode))
        return refuse_kind(buf_text(&name), status.st_mode, err);
    if (!file_lock_take(&path_lock, &file->path_lock, err))
        return false;
    /* A file that cannot be opened for writing is only replaced, so a lock for its other names is not needed.
     */
    return access(path, W_OK) != 0 || file_lock_take(&inode_lock, &file->inode_lock, err);
}

bool token_file_open(const char *path, int64_t deadline_ms, struct token_file *file, struct err *err)
{
    struct stat status;
    *file = TOKEN_FILE_NONE;
    file->path = buf_make(BUF_OWN_TEXT);
    if (!make_directories(path, err))
        return false;
    if (!file_resolve(path, &file->path))
        return fail(path, "find", err);
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return refuse_kind(path, status.st_mode, err);
    if (!take_locks(file, deadline_ms, err))
        return err_wrap(err, "the lock of the token file");
    return finish_interrupted(file, err);
}

void token_file_cleanup(struct token_file *file)
{
    replacement_cleanup(&file->next);
    file_lock_cleanup(&file->inode_lock);
    file_lock_cleanup(&file->path_lock);
    buf_release(&file->path);
}

bool token_file_prepare(struct token_file *file, struct err *err)
{
    replacement_cleanup(&file->next);
    if (replacement_prepare(buf_text(&file->path), LOGIN_MAX_TEXT, &file->next)) {
        if (file->next.in_place)
            log_debug("token-file", "%s cannot be replaced: it is written in place", buf_text(&file->path));
        return true;
    }
    fail(buf_text(&file->path), "prepare the next content of", err);
    return err_hint(err, "the refresh token has not been used: once the file and its directory can be "
                         "written, run again");
}

/* If the login cannot be written into the prepared file, a new file may still take it. */
static bool write_once(struct token_file *file, const struct buf *json)
{
    struct err ignored;
    if (replacement_commit(&file->next, json))
        return true;
    return !file->next.written && token_file_prepare(file, &ignored) && replacement_commit(&file->next, json);
}

/* struct save_attempt's context. */
struct saving {
    struct token_file *file;
    const struct buf *json;
};

static bool try_save(void *context, struct err *err)
{
    struct saving *saving = context;
    return write_once(saving->file, saving->json) || fail(buf_text(&saving->file->path), "write", err);
}

bool token_file_save(struct token_file *file, const struct login *login, int64_t deadline_ms, struct err *err)
{
    SCOPED(buf) struct buf json = buf_make(LOGIN_MAX_TEXT);
    login_put_text(login, &json);
    struct saving saving = {file, &json};
    struct save_attempt attempt = {.run = try_save, .context = &saving, .event = "token-file-retry"};
    bool saved = save_persistently(&attempt, deadline_ms, err);
    oauth_wipe(&json);
    if (!saved && file->next.written)
        return err_hint(err, "the login is in %s.new, where the next run finds it", buf_text(&file->path));
    if (!saved)
        return err_hint(err,
                        "the service has exchanged the refresh token, and the new one is not in %s: if the "
                        "next run is refused, log in again: %s",
                        buf_text(&file->path), program_login());
    return true;
}

bool token_file_delete(const struct token_file *file, bool *existed, struct err *err)
{
    const char *path = buf_text(&file->path);
    SCOPED(buf) struct buf new_path = buf_make(BUF_OWN_TEXT);
    buf_print(&new_path, "%s.new", path);
    unlink(buf_text(&new_path));
    *existed = unlink(path) == 0;
    if (!*existed && errno != ENOENT && errno != ENOTDIR)
        return fail(path, "delete", err);
    return !*existed || file_sync_directory(path) || fail(path, "delete", err);
}
