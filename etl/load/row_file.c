#include "base/environment.h"
#include "base/mem.h"
#include "load/row_file_inner.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How much is written at once. */
#define WRITE_BYTES ((size_t)256 << 10)

struct row_file *row_file_make(size_t run_bytes)
{
    struct row_file *file = mem_alloc(1, sizeof *file);
    *file = (struct row_file){.fd = -1, .run_bytes = run_bytes, .memory = buf_make(ROW_FILE_MAX_BUFFER)};
    return file;
}

void row_file_release(struct row_file *file)
{
    if (!file)
        return;
    if (file->fd >= 0)
        close(file->fd);
    buf_release(&file->memory);
    free(file->run_ends);
    free(file->places);
    free(file);
}

struct row_order row_order_make(int64_t lead, const unsigned char key[static ROW_KEY_BYTES])
{
    struct row_order order = {.lead = lead};
    memcpy(order.key, key, sizeof order.key);
    order.key[0] = be64toh(order.key[0]);
    order.key[1] = be64toh(order.key[1]);
    return order;
}

static int compare_places(const void *one, const void *other)
{
    const struct row_place *a = one;
    const struct row_place *b = other;
    return row_order_compare(&a->order, &b->order);
}

void row_file_sort(struct row_file *file)
{
    if (file->place_count > 0)
        qsort(file->places, file->place_count, sizeof *file->places, compare_places);
}

static bool open_file(struct row_file *file)
{
    const char *directory = environment_get(ENVIRONMENT_TMPDIR);
    SCOPED(buf) struct buf path = buf_make(BUF_OWN_TEXT);
    buf_print(&path, "%s/tokenflex-rows.XXXXXX", *directory ? directory : "/var/tmp");
    file->fd = mkostemp(path.bytes, O_CLOEXEC);
    if (file->fd >= 0)
        (void)unlink(path.bytes);
    return file->fd >= 0;
}

static bool write_at(int fd, const struct buf *bytes, off_t offset)
{
    size_t written = 0;
    while (written < bytes->length) {
        ssize_t count = pwrite(fd, bytes->bytes + written, bytes->length - written, offset + (off_t)written);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        written += (size_t)count;
    }
    return true;
}

static size_t record_bytes(const char *record)
{
    struct row_record head;
    memcpy(&head, record, sizeof head);
    return sizeof head + head.length;
}

/* Writes the records in memory to the file, in their order, from an offset on. */
static bool write_run(const struct row_file *file, off_t *offset)
{
    SCOPED(buf) struct buf block = buf_make(ROW_FILE_MAX_BUFFER);
    for (size_t i = 0; i < file->place_count; i++) {
        const char *record = file->memory.bytes + file->places[i].at;
        bool is_last = i + 1 == file->place_count;
        if (!buf_append(&block, record, record_bytes(record)))
            return false;
        if (block.length < WRITE_BYTES && !is_last)
            continue;
        if (!write_at(file->fd, &block, *offset))
            return false;
        *offset += (off_t)block.length;
        buf_clear(&block);
    }
    return true;
}

/* Moves the records from memory to the file, all or none. */
static bool end_run(struct row_file *file)
{
    off_t end = file->run_count > 0 ? file->run_ends[file->run_count - 1] : 0;
    if (file->fd < 0 && !open_file(file))
        return false;
    row_file_sort(file);
    if (!write_run(file, &end))
        return false;
    file->run_ends = mem_resize(file->run_ends, file->run_count + 1, sizeof *file->run_ends);
    file->run_ends[file->run_count++] = end;
    file->place_count = 0;
    buf_clear(&file->memory);
    return true;
}

static void add_place(struct row_file *file, const struct row_order *order)
{
    if (file->place_count == file->place_room) {
        file->place_room = file->place_room > 0 ? 2 * file->place_room : 64;
        file->places = mem_resize(file->places, file->place_room, sizeof *file->places);
    }
    file->places[file->place_count++] = (struct row_place){*order, file->memory.length};
}

bool row_file_add(struct row_file *file, const struct row_order *order, const struct buf *row)
{
    const struct row_record head = {*order, row->length};
    size_t more = sizeof head + row->length;
    bool is_full = file->memory.length > 0 && file->memory.length + more > file->run_bytes;
    if ((is_full && !end_run(file)) || !buf_reserve(&file->memory, more))
        return false;
    add_place(file, order);
    return buf_append(&file->memory, &head, sizeof head) &&
           buf_append(&file->memory, row->bytes, row->length);
}
