/*
 * What an export's file is where it is no CSV in UTF-8, told by its first bytes. Pure.
 */
#ifndef RUN_EXPORT_FORMAT_H
#define RUN_EXPORT_FORMAT_H

#include <stddef.h>

/* So many bytes tell. */
#define EXPORT_FORMAT_BYTES 4

/*
 * bytes: the file's first ones, unpacked, as far as they are known. The format as words that follow "the
 * export's file is"; NULL where they show none, or not yet.
 */
const char *export_format_of(const char *bytes, size_t length);

#endif
