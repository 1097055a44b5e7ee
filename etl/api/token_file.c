#include "api/token_file.h"

#include "api/oauth.h"
#include "base/file.h"
#include "base/json_writer.h"
#include "wire/json/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE ((size_t)128 << 10)

struct login login_make(void)
{
    return (struct login){
        .client_id = buf_make(OAUTH_MAX_TOKEN),
        .scopes = buf_make(OAUTH_MAX_TOKEN),
        .refresh_token = buf_make(OAUTH_MAX_TOKEN),
        .access_token = buf_make(OAUTH_MAX_TOKEN),
    };
}

void login_cleanup(struct login *login)
{
    oauth_wipe(&login->refresh_token);
    oauth_wipe(&login->access_token);
    buf_release(&login->client_id);
    buf_release(&login->scopes);
    buf_release(&login->refresh_token);
    buf_release(&login->access_token);
}

static bool fail(const char *path, const char *what, struct err *err)
{
    return err_set(err, ERR_AUTH, "cannot %s the token file %s: %s", what, path, strerror(errno));
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

bool token_file_lock(const char *path, int64_t deadline_ms, struct file_lock *lock, struct err *err)
{
    SCOPED(buf) struct buf name = buf_make(BUF_OWN_TEXT);
    buf_print(&name, "%s.lock", path);
    struct file_lock_options options = {
        .path = buf_text(&name), .failure = ERR_AUTH, .deadline_ms = deadline_ms};
    *lock = FILE_LOCK_NONE;
    if (!make_directories(path, err))
        return false;
    return file_lock_take(&options, lock, err) || err_wrap(err, "the lock of the token file");
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

static bool keep_text(json_object *object, const char *member, struct buf *text)
{
    const char *value = json_text_of(object, member);
    buf_clear(text);
    return value && buf_append_text(text, value);
}

static bool keep_moment(json_object *object, const char *member, int64_t *moment_ms)
{
    uint64_t value;
    if (!json_uint_of(object, member, &value) || value > INT64_MAX)
        return false;
    *moment_ms = (int64_t)value;
    return true;
}

static bool parse(const char *path, const struct buf *bytes, struct login *login, struct err *err)
{
    struct err ignored;
    SCOPED(json) json_object *object = json_parse(buf_text(bytes), bytes->length, &ignored);
    bool whole = object && keep_text(object, "client_id", &login->client_id) &&
                 keep_text(object, "scopes", &login->scopes) &&
                 keep_text(object, "refresh_token", &login->refresh_token) &&
                 keep_moment(object, "refresh_from_ms", &login->refresh_from_ms) &&
                 keep_text(object, "access_token", &login->access_token) &&
                 keep_moment(object, "access_from_ms", &login->access_from_ms) &&
                 keep_moment(object, "access_until_ms", &login->access_until_ms);
    if (whole)
        return true;
    err_set(err, ERR_AUTH, "the token file %s is not one of tokenflex-etl", path);
    return err_hint(err, "move it away and log in again: tokenflex-etl auth login");
}

static bool read_open_file(const char *path, int file, struct login *login, struct err *err)
{
    struct stat status;
    SCOPED(buf) struct buf bytes = buf_make(MAX_FILE);
    if (fstat(file, &status) != 0)
        return fail(path, "read", err);
    if ((status.st_mode & 077) != 0) {
        err_set(err, ERR_AUTH, "the token file %s can be read by others (mode %04o)", path,
                (unsigned)(status.st_mode & 07777));
        return err_hint(err, "chmod 600 %s; if somebody else may have read it, log in again", path);
    }
    bool read = read_bytes(file, &bytes) || fail(path, "read", err);
    bool parsed = read && parse(path, &bytes, login, err);
    oauth_wipe(&bytes);
    return parsed;
}

bool token_file_read(const char *path, struct login *login, bool *exists, struct err *err)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    *exists = file >= 0;
    if (file < 0)
        return errno == ENOENT || errno == ENOTDIR ? true : fail(path, "read", err);
    bool read = read_open_file(path, file, login, err);
    close(file);
    return read;
}

static void put_login(const struct login *login, struct buf *out)
{
    struct json_writer json = json_writer_make(out);
    json_begin_object(&json, NULL);
    json_put_text(&json, "client_id", buf_text(&login->client_id));
    json_put_text(&json, "scopes", buf_text(&login->scopes));
    json_put_text(&json, "refresh_token", buf_text(&login->refresh_token));
    json_put_integer(&json, "refresh_from_ms", login->refresh_from_ms);
    json_put_text(&json, "access_token", buf_text(&login->access_token));
    json_put_integer(&json, "access_from_ms", login->access_from_ms);
    json_put_integer(&json, "access_until_ms", login->access_until_ms);
    json_end(&json);
    buf_put(out, "\n");
}

bool token_file_write(const char *path, const struct login *login, struct err *err)
{
    SCOPED(buf) struct buf json = buf_make(MAX_FILE);
    if (!make_directories(path, err))
        return false;
    put_login(login, &json);
    bool written = file_replace(path, &json, 0600);
    int reason = errno;
    oauth_wipe(&json);
    errno = reason;
    return written || fail(path, "write", err);
}

bool token_file_delete(const char *path, bool *existed, struct err *err)
{
    *existed = unlink(path) == 0;
    if (!*existed && errno != ENOENT && errno != ENOTDIR)
        return fail(path, "delete", err);
    return !*existed || file_sync_directory(path) || fail(path, "delete", err);
}
