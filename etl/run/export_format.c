#include "run/export_format.h"

#include "base/macros.h"

#include <string.h>

static const struct {
    const char *bytes;
    size_t length;
    const char *name;
} formats[] = {
    {"\x1F\x8B", 2, "gzip within gzip: it was compressed twice"},
    {"PK\x03\x04", 4, "a zip archive, which is not supported"},
    {"PK\x05\x06", 4, "an empty zip archive"},
    {"\xFF\xFE", 2, "text in UTF-16 (little endian), not in UTF-8"},
    {"\xFE\xFF", 2, "text in UTF-16 (big endian), not in UTF-8"},
    {"\x28\xB5\x2F\xFD", 4, "compressed with zstd, which is not supported"},
    {"BZh", 3, "compressed with bzip2, which is not supported"},
};

const char *export_format_of(const char *bytes, size_t length)
{
    for (size_t i = 0; i < COUNT_OF(formats); i++)
        if (length >= formats[i].length && memcmp(bytes, formats[i].bytes, formats[i].length) == 0)
            return formats[i].name;
    /* A header begins with a letter or a quote, which has a NUL next to it in UTF-16. */
    if (length >= 2 && bytes[0] != '\0' && bytes[1] == '\0')
        return "text in UTF-16 (little endian), not in UTF-8";
    if (length >= 2 && bytes[0] == '\0' && bytes[1] != '\0')
        return "text in UTF-16 (big endian), not in UTF-8";
    return NULL;
}
