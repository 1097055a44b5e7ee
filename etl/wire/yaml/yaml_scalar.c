#include "wire/yaml/yaml_scalar.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

struct place yaml_walk(struct place start, const char *bytes, size_t offset)
{
    struct place place = start;
    for (size_t i = 0; i < offset; i++) {
        bool breaks = bytes[i] == '\n' || (bytes[i] == '\r' && (i + 1 == offset || bytes[i + 1] != '\n'));
        bool continues = ((unsigned char)bytes[i] & 0xC0) == 0x80;
        if (breaks) {
            place.line++;
            place.column = 1;
        } else if (!continues) {
            place.column++;
        }
    }
    return place;
}

/* The most faults of one text that are reported: finding the place of a fault costs a pass over the text. */
#define MAX_FAULTS 20

static size_t count_dollars(const char *bytes, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += bytes[i] == '$';
    return count;
}

/* The `$` at this offset of the text is found in the file by its number: escapes move bytes, but rarely make
 * a `$`. */
static struct place dollar_place(const struct yaml_scalar *scalar, size_t offset)
{
    if (count_dollars(scalar->text, scalar->length) != count_dollars(scalar->raw, scalar->raw_length))
        return scalar->place;
    size_t before = count_dollars(scalar->text, offset);
    for (size_t i = 0; i < scalar->raw_length; i++)
        if (scalar->raw[i] == '$' && before-- == 0)
            return yaml_walk(scalar->place, scalar->raw, i);
    return scalar->place;
}

static size_t name_length(const char *text, size_t length)
{
    size_t count = 0;
    while (count < length) {
        char c = text[count];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
        bool digit = c >= '0' && c <= '9';
        if (!letter && !(digit && count > 0))
            break;
        count++;
    }
    return count;
}

/* `${…}`, read: NAME, and the default behind `:-` if there is one. */
struct variable {
    const char *name;
    size_t name_length;
    const char *fallback; /* NULL: none */
    size_t fallback_length;
    size_t length; /* of all of it, from `$` to `}` */
};

static bool variable_parse(const char *text, size_t length, struct variable *variable)
{
    *variable = (struct variable){.name = text + 2};
    variable->name_length = name_length(text + 2, length - 2);
    const char *close = memchr(text, '}', length);
    if (!close || variable->name_length == 0)
        return false;
    const char *behind = variable->name + variable->name_length;
    variable->length = (size_t)(close - text) + 1;
    if (behind == close)
        return true;
    if (close - behind < 2 || memcmp(behind, ":-", 2) != 0)
        return false;
    variable->fallback = behind + 2;
    variable->fallback_length = (size_t)(close - variable->fallback);
    return !memmem(variable->fallback, variable->fallback_length, "${", 2);
}

/* One scalar while its variables are replaced. */
struct replacing {
    const struct yaml_scalar *scalar;
    const struct yaml_source *source;
    struct findings *findings;
    struct yaml_replacement *result;
    unsigned faults;
};

static void put(struct replacing *replacing, const char *bytes, size_t length)
{
    if (!buf_append(&replacing->result->text, bytes, length))
        replacing->result->full = true;
}

/* Says what is wrong with the variable at this offset of the text. */
static void refuse(struct replacing *replacing, size_t offset, const char *message)
{
    replacing->result->broken = true;
    if (replacing->faults++ < MAX_FAULTS)
        finding_error(replacing->findings, dollar_place(replacing->scalar, offset), "%s", message);
}

static const char *look_up(const struct yaml_source *source, const char *name)
{
    return source->lookup ? source->lookup(source->lookup_context, name) : NULL;
}

static void put_variable(struct replacing *replacing, size_t offset, const struct variable *variable)
{
    SCOPED(mem) char *name = mem_alloc(variable->name_length + 1, 1);
    memcpy(name, variable->name, variable->name_length);
    const char *value = look_up(replacing->source, name);
    char message[512];
    replacing->result->replaced = true;
    if (variable->fallback && (!value || !*value)) {
        put(replacing, variable->fallback, variable->fallback_length);
    } else if (!value && replacing->result->unset_is_empty) {
        return;
    } else if (!value) {
        snprintf(message, sizeof message,
                 "the environment variable %.128s is not set: set it, or give a default: ${%.128s:-default}",
                 name, name);
        refuse(replacing, offset, message);
    } else if (!text_is_utf8(value, strlen(value))) {
        snprintf(message, sizeof message,
                 "the environment variable %.128s is not UTF-8: set it to text in UTF-8", name);
        refuse(replacing, offset, message);
    } else {
        put(replacing, value, strlen(value));
    }
}

/* Puts what stands at this offset of the text, and returns how many bytes of the text it was. */
static size_t put_next(struct replacing *replacing, size_t offset)
{
    const char *at = replacing->scalar->text + offset;
    size_t left = replacing->scalar->length - offset;
    struct variable variable;
    if (left >= 3 && memcmp(at, "$${", 3) == 0) {
        put(replacing, "${", 2);
        return 3;
    }
    if (left < 2 || memcmp(at, "${", 2) != 0) {
        put(replacing, at, 1);
        return 1;
    }
    if (variable_parse(at, left, &variable)) {
        put_variable(replacing, offset, &variable);
        return variable.length;
    }
    refuse(replacing, offset,
           "`${` begins a variable, ${NAME} or ${NAME:-default}, and this is neither (a default has no "
           "variable in it): correct it, or write $${ for the two characters themselves");
    return 2;
}

void yaml_scalar_replace(const struct yaml_scalar *scalar, const struct yaml_source *source,
                         struct findings *findings, struct yaml_replacement *replacement)
{
    struct replacing replacing = {scalar, source, findings, replacement, 0};
    for (size_t at = 0; at < scalar->length && !replacement->full;)
        at += put_next(&replacing, at);
}

unsigned yaml_scalar_text_column(const struct yaml_scalar *scalar, const char *text)
{
    const char *raw = scalar->raw;
    size_t length = scalar->raw_length;
    unsigned quote = length >= 2 && (raw[0] == '"' || raw[0] == '\'') ? 1 : 0;
    bool same = strlen(text) == length - 2 * quote && memcmp(text, raw + quote, length - 2 * quote) == 0;
    bool one_line = !memchr(raw, '\n', length) && !memchr(raw, '\r', length);
    return same && one_line ? scalar->place.column + quote : 0;
}
