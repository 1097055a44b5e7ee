/*
 * What has passed the gate is one line that no terminal acts on, holds no known secret as it is,
 * percent-encoded or in base64, and is no longer than before; passing again changes nothing of that. Bytes
 * below 8 of the input stand for a secret in one of its encodings.
 */
#include "base/buf.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECRET "tok/en+of=24~characters!"
#define ENCODED "tok%2Fen%2Bof%3D24~characters%21"
#define IN_BASE64 "dG9rL2VuK29mPTI0fmNoYXJhY3RlcnMh"

static void must(bool held)
{
    if (!held)
        abort();
}

static const char *const forms[8] = {
    SECRET,
    ENCODED,
    "tok%252Fen%252Bof%253D24~characters%2521",
    IN_BASE64,
    "aWQ6dG9rL2VuK29mPTI0fmNoYXJhY3RlcnMh",     /* id: in front */
    "aWQxOnRvay9lbitvZj0yNH5jaGFyYWN0ZXJzIQ==", /* id1: */
    "aWQxMjp0b2svZW4rb2Y9MjR+Y2hhcmFjdGVycyE=", /* id12: */
    "tok\\/en+of=24~characters!",
};

static void check_harmless(const char *text, size_t length)
{
    size_t step;
    for (size_t at = 0; at < length; at += step) {
        step = utf8_length(text + at, length - at);
        must(step > 0 && utf8_is_harmless(utf8_point(text + at, step)));
    }
}

static void check_secret(const char *text)
{
    must(!strstr(text, SECRET) && !strstr(text, ENCODED) && !strstr(text, IN_BASE64));
    must(!strstr(text, "nRvay9lbitvZj0yNH5jaGFyYWN0ZXJzI") &&
         !strstr(text, "p0b2svZW4rb2Y9MjR+Y2hhcmFjdGVycy"));
    must(!strstr(text, "tok\\/en+of=24~characters!"));
}

static void check_passed(const char *text, size_t length, size_t size)
{
    SCOPED(buf) struct buf once = buf_make(size);
    SCOPED(buf) struct buf twice = buf_make(size);
    must(buf_reserve(&once, size) && buf_reserve(&twice, size));
    text_excerpt(text, length, once.bytes, size);
    size_t passed = strlen(once.bytes);
    must(passed < size && passed <= length + 2);
    check_harmless(once.bytes, passed);
    check_secret(once.bytes);
    text_excerpt(once.bytes, passed, twice.bytes, size);
    check_harmless(twice.bytes, strlen(twice.bytes));
    check_secret(twice.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    secret_remember(SECRET);
    secret_remember("short");
    for (size_t i = 0; i < size; i++) {
        const char *form = data[i] < COUNT_OF(forms) ? forms[data[i]] : NULL;
        must(form ? buf_append_text(&text, form) : buf_append(&text, data + i, 1));
    }
    check_passed(buf_text(&text), text.length, text.length + 1);
    check_passed(buf_text(&text), text.length, 20);
    return 0;
}
