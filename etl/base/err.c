#include "base/err.h"

#include "base/exit_code.h"
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct err_kind_info kinds[ERR_KINDS] = {
#define ERR_KIND(kind, name, code, may_pass) {name, EXIT_CODE_##code, may_pass},
#include "base/err_kinds.def"
#undef ERR_KIND
};

const struct err_kind_info *err_kind_info(enum err_kind kind)
{
    return &kinds[kind];
}

enum err_kind err_kind_of_errno(enum err_kind otherwise)
{
    static const int shortages[] = {ENOSPC, EDQUOT, EMFILE, ENFILE, ENOLCK, ENOMEM};
    for (size_t i = 0; i < COUNT_OF(shortages); i++)
        if (errno == shortages[i])
            return ERR_LATER;
    return otherwise;
}

enum err_kind err_kind_named(const char *name)
{
    for (size_t kind = 0; name && kind < ERR_KINDS; kind++)
        if (text_equal(kinds[kind].name, name))
            return (enum err_kind)kind;
    return ERR_NONE;
}

/* The size of the buffer in which a text is composed. It is larger than the texts of struct err, so that
 * text_excerpt() replaces secrets before it cuts a text that is too long. */
#define COMPOSED_BYTES 4096

/* Passes the composed text through text_excerpt(), cut to size bytes. */
static void compose(char *out, size_t size, const char *format, va_list arguments)
{
    char text[COMPOSED_BYTES];
    vsnprintf(text, sizeof text, format, arguments);
    text_trim_broken_utf8(text);
    text_excerpt(text, strlen(text), out, size);
}

bool err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    err->kind = kind;
    err->sqlstate[0] = '\0';
    err->is_of_constraint = false;
    err->hint[0] = '\0';
    compose(err->text, sizeof err->text, format, arguments);
    va_end(arguments);
    return false;
}

bool err_wrap(struct err *err, const char *format, ...)
{
    char context[512];
    va_list arguments;
    va_start(arguments, format);
    compose(context, sizeof context, format, arguments);
    va_end(arguments);

    size_t context_length = strlen(context);
    size_t kept = strlen(err->text);
    if (kept + context_length + 3 > sizeof err->text)
        kept = sizeof err->text - context_length - 3;
    memmove(err->text + context_length + 2, err->text, kept);
    memcpy(err->text, context, context_length);
    memcpy(err->text + context_length, ": ", 2);
    err->text[context_length + 2 + kept] = '\0';
    text_trim_broken_utf8(err->text);
    return false;
}

bool err_hint(struct err *err, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    compose(err->hint, sizeof err->hint, format, arguments);
    va_end(arguments);
    return false;
}

void err_require(struct err *err)
{
    if (err->kind == ERR_NONE)
        (void)err_set(err, ERR_BUG, "a step failed without an error message");
}

void err_clear(struct err *err)
{
    err->kind = ERR_NONE;
    err->sqlstate[0] = '\0';
    err->is_of_constraint = false;
    err->text[0] = '\0';
    err->hint[0] = '\0';
}
