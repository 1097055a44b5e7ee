/*
 * Recognises by its first bytes what an export's file is if it is not CSV in UTF-8. Pure.
 */
#ifndef RUN_EXPORT_FORMAT_H
#define RUN_EXPORT_FORMAT_H

#include <stddef.h>

/* The number of bytes that are needed. */
#define EXPORT_FORMAT_BYTES 4

/*
 * Returns the format as words that follow "the export's file is"; NULL: none is recognised, or not yet.
 * bytes: the first bytes of the file, decompressed, as many as are known.
 */
const char *export_format_of(const char *bytes, size_t length);

#endif
