#include "base/replacement.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_at(int fd, const char *bytes, size_t length, size_t offset)
{
    for (size_t done = 0; done < length;) {
        ssize_t count = pwrite(fd, bytes + done, length - done, (off_t)(offset + done));
        if (count < 0 && errno != EINTR)
            return false;
        done += count > 0 ? (size_t)count : 0;
    }
    return true;
}

/* Writes blanks from an offset to the size. */
static bool write_blanks(int fd, size_t offset, size_t size)
{
    char blanks[1 << 16];
    memset(blanks, ' ', sizeof blanks);
    while (offset < size) {
        size_t length = size - offset < sizeof blanks ? size - offset : sizeof blanks;
        if (!write_at(fd, blanks, length, offset))
            return false;
        offset += length;
    }
    return true;
}

static bool read_all(int fd, struct buf *bytes)
{
    char block[4096];
    ssize_t count;
    while ((count = read(fd, block, sizeof block)) > 0 || (count < 0 && errno == EINTR))
        if (count > 0 && !buf_append(bytes, block, (size_t)count)) {
            errno = EFBIG;
            return false;
        }
    explicit_bzero(block, sizeof block);
    return count == 0;
}

static void close_file(struct replacement *replacement)
{
    int reason = errno;
    if (replacement->fd >= 0)
        close(replacement->fd);
    replacement->fd = -1;
    errno = reason;
}

/* Deletes PATH.new; errno stays. */
static void discard_new(struct replacement *replacement)
{
    int reason = errno;
    close_file(replacement);
    unlink(buf_text(&replacement->new_path));
    errno = reason;
}

/* PATH.new with room for the content, and the text at its start. */
static bool make_new(struct replacement *replacement, const struct buf *text)
{
    const char *path = buf_text(&replacement->new_path);
    if (unlink(path) != 0 && errno != ENOENT)
        return false;
    replacement->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (replacement->fd < 0)
        return false;
    bool made = fchmod(replacement->fd, 0600) == 0 &&
                write_at(replacement->fd, buf_text(text), text->length, 0) &&
                write_blanks(replacement->fd, text->length, replacement->size) && fsync(replacement->fd) == 0;
    if (!made)
        discard_new(replacement);
    return made;
}

static bool read_present(const struct replacement *replacement, struct buf *bytes)
{
    int fd = open(buf_text(&replacement->path), O_RDONLY | O_CLOEXEC);
    bool read = fd >= 0 && read_all(fd, bytes);
    int reason = errno;
    if (fd >= 0)
        close(fd);
    errno = reason;
    return read;
}

/* Puts a copy of the file in the place of the file. */
static bool prove_rename(struct replacement *replacement)
{
    struct buf present = buf_make(replacement->size);
    bool proved = read_present(replacement, &present) && make_new(replacement, &present);
    if (present.bytes)
        explicit_bzero(present.bytes, present.capacity);
    buf_release(&present);
    if (!proved)
        return false;
    if (rename(buf_text(&replacement->new_path), buf_text(&replacement->path)) != 0) {
        discard_new(replacement);
        return false;
    }
    close_file(replacement);
    return file_sync_directory(buf_text(&replacement->path));
}

static bool prepare_new(struct replacement *replacement, bool exists)
{
    struct buf nothing = buf_make(1);
    return (!exists || prove_rename(replacement)) && make_new(replacement, &nothing) &&
           file_sync_directory(buf_text(&replacement->path));
}

static bool prepare_in_place(struct replacement *replacement)
{
    struct stat status;
    replacement->fd = open(buf_text(&replacement->path), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    replacement->in_place = true;
    if (replacement->fd >= 0 && fstat(replacement->fd, &status) == 0 &&
        write_blanks(replacement->fd, (size_t)status.st_size, replacement->size) &&
        fsync(replacement->fd) == 0)
        return true;
    close_file(replacement);
    return false;
}

bool replacement_prepare(const char *path, size_t size, struct replacement *replacement)
{
    struct stat status;
    bool exists = stat(path, &status) == 0;
    *replacement =
        (struct replacement){buf_make(BUF_OWN_TEXT), buf_make(BUF_OWN_TEXT), size, -1, false, false, false};
    buf_put(&replacement->path, path);
    buf_print(&replacement->new_path, "%s.new", path);
    if (!exists && errno != ENOENT)
        return false;
    if (exists && !S_ISREG(status.st_mode)) {
        errno = EOPNOTSUPP;
        return false;
    }
    bool has_other_names = exists && status.st_nlink > 1;
    if (!has_other_names && prepare_new(replacement, exists))
        return true;
    int reason = has_other_names ? EMLINK : errno;
    if (replacement->fd >= 0)
        discard_new(replacement);
    if (exists && prepare_in_place(replacement))
        return true;
    errno = reason;
    return false;
}

/* The content, and blanks over what stood behind it. */
static bool write_content(const struct replacement *replacement, const struct buf *bytes)
{
    return write_at(replacement->fd, buf_text(bytes), bytes->length, 0) &&
           write_blanks(replacement->fd, bytes->length, replacement->size) && fsync(replacement->fd) == 0;
}

bool replacement_commit(struct replacement *replacement, const struct buf *bytes)
{
    if (replacement->fd < 0) {
        errno = EBADF;
        return false;
    }
    replacement->written = replacement->written || write_content(replacement, bytes);
    if (!replacement->written)
        return false;
    /* Blanks that cannot be cut off do no harm. */
    if (ftruncate(replacement->fd, (off_t)bytes->length) == 0 && fsync(replacement->fd) != 0)
        return false;
    if (replacement->in_place)
        return true;
    if (replacement->renamed)
        return file_sync_directory(buf_text(&replacement->path));
    if (rename(buf_text(&replacement->new_path), buf_text(&replacement->path)) != 0) {
        /* PATH.new was deleted meanwhile: the content is lost, and the caller has to prepare a new file. */
        replacement->written = errno != ENOENT;
        return false;
    }
    replacement->renamed = true;
    return file_sync_directory(buf_text(&replacement->path));
}

void replacement_cleanup(struct replacement *replacement)
{
    if (replacement->fd >= 0 && !replacement->in_place && !replacement->written)
        discard_new(replacement);
    close_file(replacement);
    buf_release(&replacement->path);
    buf_release(&replacement->new_path);
    *replacement = REPLACEMENT_NONE;
}
