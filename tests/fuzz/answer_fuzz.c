/*
 * What answer_read() accepts can be read to its last row, its texts are UTF-8, and no beginning of it is
 * accepted: each is asked for again. Rows can be read again.
 */
#include "api/answer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Beginnings of a longer body are tried at so many places. */
#define CUTS 64

static void must(bool held)
{
    if (!held)
        abort();
}

static bool read_answer(struct buf *body, struct arena *arena, struct answer *answer, struct err *err)
{
    struct answer_source source = {.body = body, .arena = arena};
    return answer_read(&source, answer, err);
}

static void must_be_text(const char *text)
{
    must(text == NULL || text_is_utf8(text, strlen(text)));
}

static void check_texts(const struct answer *answer)
{
    must_be_text(answer->id);
    must_be_text(answer->detail_uri);
    must_be_text(answer->message);
    must_be_text(query_status_name(answer->status));
    for (size_t i = 0; i < answer->columns.count; i++) {
        must(answer->columns.items[i] != NULL);
        must_be_text(answer->columns.items[i]);
    }
}

static void check_cells(const struct cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (cells[i].kind == CELL_TEXT)
            must(text_is_utf8(cells[i].bytes, cells[i].length) &&
                 !memchr(cells[i].bytes, 0, cells[i].length));
        if (cells[i].kind == CELL_NUMBER)
            must(json_is_number(cells[i].bytes, cells[i].length));
    }
}

static void read_rows(const struct answer *answer, const struct buf *body)
{
    struct cell cells[4];
    uint64_t read = 0;
    size_t count = 0;
    struct answer_rows rows = answer_rows_begin(answer, body, cells, COUNT_OF(cells));
    while (answer_next_row(&rows, &count)) {
        check_cells(cells, count < COUNT_OF(cells) ? count : COUNT_OF(cells));
        read++;
    }
    must(read == answer->row_count);
}

static void check_beginnings(const char *bytes, size_t length)
{
    while (length > 0 && strchr(" \t\r\n", bytes[length - 1]))
        length--;
    size_t step = length / CUTS + 1;
    for (size_t cut = 0; cut < length; cut += step) {
        struct err err = {0};
        struct answer answer;
        SCOPED(arena) struct arena *arena = arena_make();
        SCOPED(buf) struct buf body = buf_make(cut);
        must(buf_append(&body, bytes, cut));
        must(!read_answer(&body, arena, &answer, &err));
        must(err.kind == ERR_UNAVAILABLE);
        answer_release(&answer);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct answer answer;
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(buf) struct buf body = buf_make(size);
    must(buf_append(&body, data, size));
    bool accepted = read_answer(&body, arena, &answer, &err);
    if (!accepted) {
        must(err.kind == ERR_DATA || err.kind == ERR_UNAVAILABLE);
        must(err.text[0] != '\0' && strpbrk(err.text, "\r\n") == NULL);
    } else {
        check_texts(&answer);
        check_beginnings((const char *)data, size);
        read_rows(&answer, &body);
        read_rows(&answer, &body);
    }
    answer_release(&answer);
    return 0;
}
