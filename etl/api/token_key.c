#include "api/token_key.h"

#include "api/token_key_inner.h"
#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Longer than any form of a key. */
#define MAX_KEY_FILE 256

bool token_key_is_private(mode_t mode, uid_t owner)
{
    mode_t refused = owner == 0 ? 037 : 077;
    return (mode & refused) == 0;
}

static bool hint_how(const char *path, struct err *err)
{
    return err_hint(err,
                    "make a key once, (umask 077; openssl rand -base64 32 >%s), and give the same one to "
                    "all hosts",
                    path);
}

static bool refuse_without_key(struct err *err)
{
    err_set(err, ERR_CONFIG, "auth.token_store is database, and there is no key for the login");
    return err_hint(err, "set auth.token_key_file to a file with a key, the same on all hosts, or pass it as "
                         "the systemd credential token_key; to make one: openssl rand -base64 32");
}

static bool fail(const char *path, struct err *err)
{
    int reason = errno;
    err_set(err, ERR_CONFIG, "the key file %s cannot be read: %s", path, strerror(reason));
    return reason == ENOENT ? hint_how(path, err)
                            : err_hint(err, "make it readable only for the user that runs tokenflex-etl");
}

static bool parse(const char *path, const char *bytes, size_t length, struct seal_key *key, struct err *err)
{
    if (seal_key_read(bytes, length, key))
        return true;
    err_set(err, ERR_CONFIG,
            "the key file %s has no key: write 32 bytes into it, as they are, as 64 hexadecimal digits or in "
            "base64",
            path);
    return hint_how(path, err);
}

static bool check_file(const char *path, int file, struct err *err)
{
    struct stat status;
    if (fstat(file, &status) != 0)
        return fail(path, err);
    if (!S_ISREG(status.st_mode)) {
        err_set(err, ERR_CONFIG, "the key file %s is not a regular file", path);
        return err_hint(err, "set auth.token_key_file to the path of a regular file");
    }
    if (token_key_is_private(status.st_mode, status.st_uid))
        return true;
    err_set(err, ERR_CONFIG, "the key file %s can be read by others (mode %04o)", path,
            (unsigned)(status.st_mode & 07777));
    return err_hint(err,
                    "chmod 600 %s (a file of root may have 640); if another user may have read it, make a "
                    "new key and log in again",
                    path);
}

static bool read_open_file(const char *path, int file, struct seal_key *key, struct err *err)
{
    char bytes[MAX_KEY_FILE];
    size_t length = 0;
    ssize_t count = 1;
    if (!check_file(path, file, err))
        return false;
    while (length < sizeof bytes && (count = read(file, bytes + length, sizeof bytes - length)) > 0)
        length += (size_t)count;
    bool read_all = count >= 0;
    bool done = read_all ? parse(path, bytes, length, key, err) : fail(path, err);
    OPENSSL_cleanse(bytes, sizeof bytes);
    return done;
}

bool token_key_read(const struct auth_settings *auth, struct seal_key *key, struct err *err)
{
    bool is_given = auth->token_key_file && *auth->token_key_file;
    const char *path = is_given ? auth->token_key_file : auth->token_key_credential;
    int file = path ? open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;
    if (!path || (file < 0 && !is_given && errno == ENOENT))
        return refuse_without_key(err);
    if (file < 0)
        return fail(path, err);
    bool read = read_open_file(path, file, key, err);
    close(file);
    return read;
}
