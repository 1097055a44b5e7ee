#include "base/text.h"

#include "base/mem.h"
#include "base/secret.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool text_equal(const char *left, const char *right)
{
    return strcmp(left, right) == 0;
}

bool text_starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_list_has(const struct text_list *list, const char *item)
{
    for (size_t i = 0; i < list->count; i++)
        if (text_equal(list->items[i], item))
            return true;
    return false;
}

static const char *skip_separators(const char *text)
{
    return text + strspn(text, " _-");
}

bool text_has_line(const char *lines, const char *line)
{
    size_t length = strcspn(line, "\n");
    for (; *lines; lines += strcspn(lines, "\n"), lines += *lines == '\n')
        if (strcspn(lines, "\n") == length && memcmp(lines, line, length) == 0)
            return true;
    return false;
}

bool text_same_name(const char *left, const char *right)
{
    for (;;) {
        left = skip_separators(left);
        right = skip_separators(right);
        if (tolower((unsigned char)*left) != tolower((unsigned char)*right))
            return false;
        if (!*left)
            return true;
        left++;
        right++;
    }
}

struct snake {
    char *out;
    size_t size;
    size_t length;
};

/* Appends a character. False, with nothing appended, if it does not fit. */
static bool snake_add(struct snake *snake, uint32_t point)
{
    char bytes[UTF8_BYTES];
    size_t length = utf8_put(point, bytes);
    if (snake->length + length >= snake->size)
        return false;
    memcpy(snake->out + snake->length, bytes, length);
    snake->length += length;
    snake->out[snake->length] = '\0';
    return true;
}

/* The character at bytes, and in *length how long it is; what is not UTF-8 is one `_` a byte. */
static uint32_t next_point(const char *bytes, size_t *length)
{
    *length = utf8_length(bytes, strlen(bytes));
    if (*length > 0)
        return utf8_point(bytes, *length);
    *length = *bytes ? 1 : 0;
    return *bytes ? '_' : 0;
}

/* Past ASCII, only letters before Hebrew (U+0590) count. The upper-case letters that utf8_is_upper() knows
 * are there, too, except Latin Extended Additional and full-width Latin. */
static bool is_lower(uint32_t point)
{
    bool is_past_ascii = point >= 0x80 && point < 0x590 && utf8_is_letter(point) && !utf8_is_upper(point);
    return (point >= 'a' && point <= 'z') || is_past_ascii;
}

/* An upper-case letter begins a word after any other character, and before one that is in lower case. */
static bool word_begins(uint32_t before, uint32_t point, uint32_t after)
{
    return before != 0 && utf8_is_upper(point) && (!utf8_is_upper(before) || is_lower(after));
}

bool text_snake_case(const char *name, char *out, size_t size)
{
    struct snake snake = {out, size, 0};
    uint32_t before = 0;
    size_t length;
    out[0] = '\0';
    if (isdigit((unsigned char)name[0]) && !snake_add(&snake, '_'))
        return false;
    for (uint32_t point = next_point(name, &length); length > 0;) {
        size_t after_length;
        uint32_t after = next_point(name + length, &after_length);
        bool separator = !utf8_is_letter(point);
        bool underscored = snake.length > 0 && out[snake.length - 1] == '_';
        bool parts = !underscored && word_begins(before, point, after);
        if (parts && !snake_add(&snake, '_'))
            return false;
        if (!(separator && underscored) && !snake_add(&snake, separator ? '_' : utf8_lower(point)))
            return false;
        name += length;
        length = after_length;
        before = point;
        point = after;
    }
    return true;
}

static size_t least(size_t one, size_t other)
{
    return one < other ? one : other;
}

/* Optimal string alignment over three rows of the matrix. */
size_t text_distance(const char *left, const char *right, size_t most)
{
    size_t rows = strlen(left);
    size_t columns = strlen(right);
    if ((rows > columns ? rows - columns : columns - rows) >= most)
        return most;
    size_t width = columns + 1;
    SCOPED(mem) size_t *cells = mem_alloc(3 * width, sizeof *cells);
    size_t *before = cells;
    size_t *above = cells + width;
    size_t *row = cells + 2 * width;
    for (size_t j = 0; j <= columns; j++)
        above[j] = j;
    for (size_t i = 1; i <= rows; i++) {
        row[0] = i;
        for (size_t j = 1; j <= columns; j++) {
            bool same = left[i - 1] == right[j - 1];
            row[j] = least(least(row[j - 1], above[j]) + 1, above[j - 1] + (same ? 0 : 1));
            bool swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
            if (swapped)
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return least(above[columns], most);
}

/* The only candidate that begins or ends with the word, if the word is long enough. */
static const char *only_one_with(const char *word, const char *const *candidates, size_t count)
{
    const char *found = NULL;
    size_t length = strlen(word);
    for (size_t i = 0; length >= 4 && i < count; i++) {
        size_t whole = strlen(candidates[i]);
        bool fits = whole > length && (strncasecmp(candidates[i], word, length) == 0 ||
                                       strcasecmp(candidates[i] + whole - length, word) == 0);
        if (fits && found)
            return NULL;
        found = fits ? candidates[i] : found;
    }
    return found;
}

const char *text_nearest(const char *word, const char *const *candidates, size_t count)
{
    size_t tolerated = strlen(word) < 4 ? 1 : strlen(word) < 8 ? 2 : 3;
    size_t best = tolerated + 1;
    const char *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t distance = text_same_name(word, candidates[i]) ? 0 : text_distance(word, candidates[i], best);
        if (distance < best) {
            best = distance;
            nearest = candidates[i];
        }
    }
    return nearest ? nearest : only_one_with(word, candidates, count);
}

bool text_is_utf8(const char *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t step = utf8_length(bytes + at, length - at);
        if (step == 0)
            return false;
        at += step;
    }
    return true;
}

void text_trim_broken_utf8(char *text)
{
    size_t length = strlen(text);
    size_t start = length;
    while (start > 0 && length - start < 4 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0 || (unsigned char)text[start - 1] < 0xC0)
        return;
    start--;
    if (utf8_length(text + start, length - start) == 0)
        text[start] = '\0';
}

bool text_to_uint(const char *text, uint64_t most, uint64_t *value)
{
    uint64_t sum = 0;
    if (!*text)
        return false;
    for (const char *digit = text; *digit; digit++) {
        if (!isdigit((unsigned char)*digit))
            return false;
        bool overflows = __builtin_mul_overflow(sum, 10, &sum) ||
                         __builtin_add_overflow(sum, (uint64_t)(*digit - '0'), &sum);
        if (overflows || sum > most)
            return false;
    }
    *value = sum;
    return true;
}

/* What replaces the *taken bytes of text at `at`: *shown bytes, without NUL. */
static const char *safe_piece(const char *text, size_t length, size_t at, size_t *taken, size_t *shown)
{
    static const char hidden[] = "***";
    *taken = secret_length_at(text, length, at);
    if (*taken > 0) {
        *shown = sizeof hidden - 1;
        return hidden;
    }
    size_t step = utf8_length(text + at, length - at);
    *taken = step > 0 ? step : 1;
    if (step > 0 && utf8_is_harmless(utf8_point(text + at, step))) {
        *shown = step;
        return text + at;
    }
    *shown = 1;
    return "?";
}

const char *text_excerpt(const char *text, size_t length, char *out, size_t size)
{
    static const char ellipsis[] = "…";
    size_t written = 0;
    size_t may_be_cut_at = 0;
    for (size_t at = 0; at < length;) {
        size_t taken;
        size_t shown;
        const char *piece = safe_piece(text, length, at, &taken, &shown);
        if (written + shown >= size) {
            memcpy(out + may_be_cut_at, ellipsis, sizeof ellipsis);
            return out;
        }
        memcpy(out + written, piece, shown);
        written += shown;
        if (written + sizeof ellipsis <= size)
            may_be_cut_at = written;
        at += taken;
    }
    out[written] = '\0';
    return out;
}

void text_make_safe(char *text)
{
    size_t length = strlen(text);
    SCOPED(mem) char *original = mem_copy_text(text);
    text_excerpt(original, length, text, length + 1);
}
