#include "report/html/html_text.h"

#include <stdbool.h>
#include <string.h>

/* The replacement of a character of HTML; NULL: it stays. */
static const char *replacement_of(unsigned char byte)
{
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\t':
    case '\n':
    case '\r':
        return " ";
    default:
        return byte < 0x20 || byte == 0x7F ? "\xEF\xBF\xBD" : NULL;
    }
}

void html_put_text(struct buf *out, const char *text)
{
    const char *begin = text;
    for (; *text; text++) {
        const char *replacement = replacement_of((unsigned char)*text);
        bool is_c1 =
            (unsigned char)text[0] == 0xC2 && (unsigned char)text[1] >= 0x80 && (unsigned char)text[1] < 0xA0;
        if (!replacement && !is_c1)
            continue;
        buf_print(out, "%.*s%s", (int)(text - begin), begin, is_c1 ? "\xEF\xBF\xBD" : replacement);
        text += is_c1;
        begin = text + 1;
    }
    buf_put(out, begin);
}

void html_put_label(struct buf *out, const char *text)
{
    buf_put(out, "<bdi class=\"label\" title=\"");
    html_put_text(out, text);
    buf_put(out, "\">");
    html_put_text(out, text);
    buf_put(out, "</bdi>");
}

/* These characters stand only inside JSON's strings. */
void html_put_json(struct buf *out, const char *json)
{
    const char *begin = json;
    for (; *json; json++) {
        if (*json != '<' && *json != '>' && *json != '&')
            continue;
        buf_print(out, "%.*s\\u%04x", (int)(json - begin), begin, (unsigned)*json);
        begin = json + 1;
    }
    buf_put(out, begin);
}

/* The parts of `-1234.50`; false if it is not such a number. */
struct parts {
    const char *whole;
    size_t whole_length;
    const char *fraction;
    size_t fraction_length; /* without zeros at its end */
    bool is_negative;
};

static bool split(const char *digits, struct parts *parts)
{
    *parts = (struct parts){.is_negative = *digits == '-'};
    parts->whole = digits + parts->is_negative;
    parts->whole_length = strspn(parts->whole, "0123456789");
    const char *rest = parts->whole + parts->whole_length;
    if (*rest == '.') {
        parts->fraction = rest + 1;
        parts->fraction_length = strspn(parts->fraction, "0123456789");
        rest = parts->fraction + parts->fraction_length;
        while (parts->fraction_length > 0 && parts->fraction[parts->fraction_length - 1] == '0')
            parts->fraction_length--;
    }
    return parts->whole_length > 0 && !*rest;
}

size_t html_places(const char *digits)
{
    struct parts parts;
    return split(digits, &parts) ? parts.fraction_length : 0;
}

void html_put_number(struct buf *out, const char *digits, size_t places)
{
    struct parts parts;
    if (!split(digits, &parts)) {
        html_put_text(out, digits);
        return;
    }
    if (parts.is_negative)
        buf_put(out, "-");
    for (size_t i = 0; i < parts.whole_length; i++)
        buf_print(out, "%s%c", i > 0 && (parts.whole_length - i) % 3 == 0 ? "," : "", parts.whole[i]);
    if (parts.fraction_length > 0 || places > 0)
        buf_print(out, ".%.*s", (int)parts.fraction_length, parts.fraction_length > 0 ? parts.fraction : "");
    for (size_t i = parts.fraction_length; i < places; i++)
        buf_put(out, "0");
}
