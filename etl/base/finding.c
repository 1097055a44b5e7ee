#include "base/finding.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE_BYTES 2048

static void add(struct findings *findings, struct place place, enum severity severity, const char *format,
                va_list arguments)
{
    char message[MESSAGE_BYTES];
    struct finding *finding =
        arena_push(findings->arena, &findings->items, &findings->count, sizeof *finding);
    vsnprintf(message, sizeof message, format, arguments);
    text_trim_broken_utf8(message);
    text_make_safe(message);
    finding->place = place;
    finding->severity = severity;
    finding->message = arena_copy_text(findings->arena, message);
    if (severity == SEVERITY_ERROR)
        findings->errors++;
}

void finding_error(struct findings *findings, struct place place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(findings, place, SEVERITY_ERROR, format, arguments);
    va_end(arguments);
}

void finding_warning(struct findings *findings, struct place place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(findings, place, SEVERITY_WARNING, format, arguments);
    va_end(arguments);
}

void finding_advice(struct findings *findings, struct place place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(findings, place, SEVERITY_ADVICE, format, arguments);
    va_end(arguments);
}

static bool comes_after(const struct finding *left, const struct finding *right)
{
    int files = strcmp(left->place.file, right->place.file);
    if (files != 0)
        return files > 0;
    if (left->place.line != right->place.line)
        return left->place.line > right->place.line;
    return left->place.column > right->place.column;
}

static bool is_repeat(const struct finding *left, const struct finding *right)
{
    return !comes_after(left, right) && !comes_after(right, left) &&
           text_equal(left->message, right->message);
}

/* A finding and its place among those that were found, for an order that keeps equals. */
struct ranked {
    struct finding finding;
    size_t rank;
};

static int compare(const void *left_ranked, const void *right_ranked)
{
    const struct ranked *left = left_ranked;
    const struct ranked *right = right_ranked;
    if (comes_after(&left->finding, &right->finding))
        return 1;
    if (comes_after(&right->finding, &left->finding))
        return -1;
    return left->rank > right->rank ? 1 : -1;
}

static void sort(struct findings *findings)
{
    SCOPED(mem) struct ranked *ranked = mem_alloc(findings->count, sizeof *ranked);
    for (size_t i = 0; i < findings->count; i++)
        ranked[i] = (struct ranked){findings->items[i], i};
    qsort(ranked, findings->count, sizeof *ranked, compare);
    for (size_t i = 0; i < findings->count; i++)
        findings->items[i] = ranked[i].finding;
}

void findings_sort(struct findings *findings)
{
    if (findings->count > 1)
        sort(findings);
    size_t kept = 0;
    for (size_t i = 0; i < findings->count; i++) {
        if (kept > 0 && is_repeat(&findings->items[kept - 1], &findings->items[i])) {
            if (findings->items[i].severity == SEVERITY_ERROR)
                findings->errors--;
            continue;
        }
        findings->items[kept++] = findings->items[i];
    }
    findings->count = kept;
}
