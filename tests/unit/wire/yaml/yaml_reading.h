/*
 * Reading YAML from text, with an environment of a few variables, and looking at the findings.
 */
#ifndef TESTS_UNIT_WIRE_YAML_YAML_READING_H
#define TESTS_UNIT_WIRE_YAML_YAML_READING_H

#include "base/text.h"
#include "wire/yaml/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct reading {
    struct arena *arena;
    struct findings findings;
    struct yaml_documents documents;
};

static inline const char *variable(void *context, const char *name)
{
    (void)context;
    if (text_equal(name, "CONTRACT"))
        return "11000000001";
    if (text_equal(name, "EMPTY"))
        return "";
    if (text_equal(name, "NULLISH"))
        return "null";
    if (text_equal(name, "NESTED"))
        return "${CONTRACT}";
    if (text_equal(name, "LATIN1"))
        return "Geb\xFChren";
    return NULL;
}

static inline struct reading read_bytes(const char *bytes, size_t length)
{
    struct reading reading = {.arena = arena_make()};
    /* A copy of the very size, so that the sanitizer sees a read past its end. */
    char *copy = malloc(length ? length : 1);
    memcpy(copy, bytes, length);
    const struct yaml_source source = {.file = "f.yaml", .bytes = copy, .length = length, .lookup = variable};
    reading.findings.arena = reading.arena;
    yaml_read(&source, reading.arena, &reading.findings, &reading.documents);
    findings_sort(&reading.findings);
    free(copy);
    return reading;
}

static inline struct reading read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

static inline void reading_cleanup(struct reading *reading)
{
    arena_release(reading->arena);
}

static inline void assert_one_finding(const struct reading *reading, unsigned line, unsigned column,
                                      const char *message)
{
    assert_int_equal(reading->findings.count, 1);
    const struct finding *finding = &reading->findings.items[0];
    assert_string_equal(finding->message, message);
    assert_int_equal(finding->place.line, line);
    assert_int_equal(finding->place.column, column);
    assert_string_equal(finding->place.file, "f.yaml");
}

static inline void assert_place(const struct yaml_node *node, unsigned line, unsigned column)
{
    assert_non_null(node);
    assert_int_equal(node->place.line, line);
    assert_int_equal(node->place.column, column);
}

#endif
