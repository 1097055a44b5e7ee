#include "run/export_width.h"

bool export_width_has_comma(const struct export_width *width)
{
    return width->records == EXPORT_COMMA_UNKNOWN ? width->final_comma : width->records == EXPORT_COMMA_FINAL;
}

static bool set_comma(struct export_width *width, enum export_comma shown)
{
    if (width->records == EXPORT_COMMA_UNKNOWN)
        width->records = shown;
    return true;
}

bool export_width_fits(struct export_width *width, size_t count, bool last_is_empty)
{
    bool ends_with_comma = count == width->columns + 1 && last_is_empty;
    bool may_end_so = width->final_comma || width->records != EXPORT_COMMA_NONE;
    if (ends_with_comma && may_end_so)
        return set_comma(width, EXPORT_COMMA_FINAL);
    /* An empty last value may be what follows a final comma, in a record with one value too few. */
    bool is_sure = !last_is_empty || !export_width_has_comma(width);
    return count == width->columns && is_sure && set_comma(width, EXPORT_COMMA_NONE);
}
