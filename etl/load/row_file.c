#include "base/environment.h"
#include "base/mem.h"
#include "base/thread.h"
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
    *file = (struct row_file){
        .fd = -1,
        .run_bytes = run_bytes,
        .last.records = buf_make(ROW_FILE_MAX_BUFFER),
        .written.records = buf_make(ROW_FILE_MAX_BUFFER),
    };
    return file;
}

static void release_run(struct row_run *run)
{
    buf_release(&run->records);
    free(run->places);
}

void row_file_release(struct row_file *file)
{
    if (!file)
        return;
    (void)row_file_settle(file);
    if (file->fd >= 0)
        close(file->fd);
    release_run(&file->last);
    release_run(&file->written);
    free(file->run_ends);
    free(file);
}

struct row_order row_order_make(int64_t lead, const unsigned char key[static ROW_KEY_BYTES])
{
    struct row_order order = {.lead = lead};
    memcpy(&order.key, key, sizeof order.key);
    order.key = be64toh(order.key);
    return order;
}

static int compare_places(const void *one, const void *other)
{
    const struct row_place *a = one;
    const struct row_place *b = other;
    return row_order_compare(&a->order, &b->order);
}

void row_run_sort(struct row_run *run)
{
    if (run->count > 0)
        qsort(run->places, run->count, sizeof *run->places, compare_places);
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

static off_t end_of(const struct row_file *file)
{
    return file->run_count > 0 ? file->run_ends[file->run_count - 1] : 0;
}

/* Writes the run to the end of the file, in its order. */
static bool write_run(const struct row_file *file, const struct row_run *run)
{
    off_t offset = end_of(file);
    SCOPED(buf) struct buf block = buf_make(ROW_FILE_MAX_BUFFER);
    for (size_t i = 0; i < run->count; i++) {
        const char *record = run->records.bytes + run->places[i].at;
        bool is_last = i + 1 == run->count;
        if (!buf_append(&block, record, record_bytes(record)))
            return false;
        if (block.length < WRITE_BYTES && !is_last)
            continue;
        if (!write_at(file->fd, &block, offset))
            return false;
        offset += (off_t)block.length;
        buf_clear(&block);
    }
    return true;
}

static void *write_in_thread(void *context)
{
    struct row_file *file = context;
    row_run_sort(&file->written);
    errno = 0;
    bool written = write_run(file, &file->written);
    /* A write that takes no byte sets no error number. */
    file->write_error = written ? 0 : errno ? errno : EIO;
    return NULL;
}

static void count_run(struct row_file *file)
{
    struct row_run *run = &file->written;
    off_t end = end_of(file) + (off_t)run->records.length;
    file->run_ends = mem_resize(file->run_ends, file->run_count + 1, sizeof *file->run_ends);
    file->run_ends[file->run_count++] = end;
    run->count = 0;
    buf_clear(&run->records);
}

bool row_file_settle(struct row_file *file)
{
    if (file->is_writing)
        pthread_join(file->thread, NULL);
    file->is_writing = false;
    if (file->write_error != 0) {
        errno = file->write_error;
        return false;
    }
    if (file->written.count > 0)
        count_run(file);
    return true;
}

/* Begins to move the last run to the file. */
static bool end_run(struct row_file *file)
{
    if (!row_file_settle(file) || (file->fd < 0 && !open_file(file)))
        return false;
    struct row_run empty = file->written;
    file->written = file->last;
    file->last = empty;
    file->is_writing = thread_start(&file->thread, write_in_thread, file) == 0;
    if (!file->is_writing)
        write_in_thread(file);
    return file->is_writing || row_file_settle(file);
}

static void add_place(struct row_run *run, const struct row_order *order)
{
    if (run->count == run->room) {
        run->room = run->room > 0 ? 2 * run->room : 64;
        run->places = mem_resize(run->places, run->room, sizeof *run->places);
    }
    run->places[run->count++] = (struct row_place){*order, run->records.length};
}

bool row_file_add(struct row_file *file, const struct row_order *order, const struct buf *row)
{
    struct row_run *run = &file->last;
    const struct row_record head = {*order, row->length};
    size_t more = sizeof head + row->length;
    bool is_full = run->records.length > 0 && run->records.length + more > file->run_bytes;
    if ((is_full && !end_run(file)) || !buf_reserve(&run->records, more))
        return false;
    add_place(run, order);
    return buf_append(&run->records, &head, sizeof head) &&
           buf_append(&run->records, row->bytes, row->length);
}
