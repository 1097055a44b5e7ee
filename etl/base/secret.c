#include "base/secret.h"

#include "base/macros.h"
#include "base/mem.h"

#include <ctype.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The text itself, and what base64 makes of it behind 0, 1 and 2 other bytes. */
#define FORMS 4
#define MAX_PERMANENT 16
#define MIN_PARAMETER_BYTES 16

struct secret {
    char *forms[FORMS];    /* NULL: none */
    bool is_prefix_public; /* its beginning alone is not secret: a URL's scheme and host, or a date */
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct secret permanent[MAX_PERMANENT];
static size_t permanent_count;

/* The latest secrets of a kind: the next one takes the place of the oldest. */
struct ring {
    struct secret secrets[SECRET_MAX_TEMPORARY];
    size_t next;
};

static struct ring tokens;
static struct ring addresses;

/* Whether a secret may begin with this byte: most bytes of most texts need no further look. */
static bool begins_some[UCHAR_MAX + 1];

/* How a character of a secret may be written. */
enum writing { WRITTEN_PLAIN, WRITTEN_PERCENT, WRITTEN_BACKSLASH };
#define WRITINGS 3

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/*
 * Returns the base64 digits that depend only on the secret, if `before` bytes of other text precede it in its
 * first group of three bytes. The first and the last digit are left out if they contain bits of other text.
 */
static char *base64_of(const char *secret, size_t before)
{
    size_t length = strlen(secret);
    char *out = mem_alloc(length * 4 / 3 + 2, 1);
    size_t first_digit = (before * 8 + 5) / 6;
    size_t end_digit = (before + length) * 8 / 6;
    size_t count = 0;
    for (size_t digit = first_digit; digit < end_digit; digit++) {
        unsigned value = 0;
        for (size_t bit = digit * 6; bit < digit * 6 + 6; bit++) {
            unsigned byte = (unsigned char)secret[bit / 8 - before];
            value = value << 1 | ((byte >> (7 - bit % 8)) & 1U);
        }
        out[count++] = base64_digits[value];
    }
    return out;
}

static void forget(struct secret *secret)
{
    for (size_t i = 0; i < FORMS; i++) {
        if (secret->forms[i])
            explicit_bzero(secret->forms[i], strlen(secret->forms[i]));
        free(secret->forms[i]);
    }
    *secret = (struct secret){0};
}

/* `2026-11-29…`: the key of a download. A message about that day may end with the same SECRET_CUT_BYTES
 * bytes.
 */
static bool begins_with_date(const char *text)
{
    static const char pattern[] = "dddd-dd-dd";
    for (size_t i = 0; pattern[i]; i++)
        if (pattern[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != pattern[i])
            return false;
    return true;
}

/* Under the mutex. */
static struct secret make(const char *text)
{
    struct secret secret = {.forms = {mem_copy_text(text)},
                            .is_prefix_public = strstr(text, "://") != NULL || begins_with_date(text)};
    for (size_t before = 0; before < 3; before++)
        secret.forms[1 + before] = base64_of(text, before);
    for (size_t form = 0; form < FORMS; form++)
        begins_some[(unsigned char)*secret.forms[form]] = true;
    return secret;
}

static bool is_in(const struct secret *secrets, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (secrets[i].forms[0] && strcmp(secrets[i].forms[0], text) == 0)
            return true;
    return false;
}

static bool is_secret(const char *text)
{
    return text && strlen(text) >= SECRET_MIN_BYTES;
}

static void remember_in(struct ring *ring, const char *text)
{
    if (!is_secret(text))
        return;
    pthread_mutex_lock(&mutex);
    bool is_known =
        is_in(permanent, permanent_count, text) || is_in(ring->secrets, SECRET_MAX_TEMPORARY, text);
    if (!is_known) {
        forget(&ring->secrets[ring->next]);
        ring->secrets[ring->next] = make(text);
        ring->next = (ring->next + 1) % SECRET_MAX_TEMPORARY;
    }
    pthread_mutex_unlock(&mutex);
}

void secret_remember_temporary(const char *text)
{
    remember_in(&tokens, text);
}

void secret_remember(const char *text)
{
    if (!is_secret(text))
        return;
    pthread_mutex_lock(&mutex);
    bool has_room = permanent_count < MAX_PERMANENT;
    if (has_room && !is_in(permanent, permanent_count, text))
        permanent[permanent_count++] = make(text);
    pthread_mutex_unlock(&mutex);
    if (!has_room)
        secret_remember_temporary(text);
}

/* The value of two hexadecimal digits; -1 where they are not. */
static int hex_byte(const char *digits, size_t left)
{
    static const char all[] = "0123456789abcdef";
    int value = 0;
    for (size_t i = 0; i < 2; i++) {
        const char *digit = i < left && digits[i] ? strchr(all, tolower((unsigned char)digits[i])) : NULL;
        if (!digit)
            return -1;
        value = value * 16 + (int)(digit - all);
    }
    return value;
}

/* The value without its percent-encoding: the search finds the encoded forms, too. */
static char *decoded(const char *value, size_t length)
{
    char *out = mem_alloc(length + 1, 1);
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        int byte = value[i] == '%' ? hex_byte(value + i + 1, length - i - 1) : -1;
        out[count++] = byte > 0 ? (char)byte : value[i];
        i += byte > 0 ? 2 : 0;
    }
    return out;
}

void secret_remember_address(const char *url)
{
    const char *query = url ? strchr(url, '?') : NULL;
    if (!query)
        return;
    remember_in(&addresses, url);
    for (const char *at = query + 1; *at; at += strspn(at, "&#")) {
        size_t length = strcspn(at, "&#");
        const char *equals = memchr(at, '=', length);
        size_t name_bytes = equals ? (size_t)(equals - at) + 1 : length;
        if (length - name_bytes >= MIN_PARAMETER_BYTES) {
            SCOPED(mem) char *value = decoded(at + name_bytes, length - name_bytes);
            remember_in(&addresses, value);
        }
        at += length;
    }
}

static bool is_same(char written, char wanted, bool is_base64)
{
    if (is_base64 && (written == '-' || written == '_'))
        written = written == '-' ? '+' : '/';
    return written == wanted;
}

/* `%41`, and `%2541`: encoded twice. */
static size_t percent_length(const char *text, size_t left, char wanted, bool is_base64)
{
    int byte = hex_byte(text + 1, left - 1);
    if (byte >= 0 && is_same((char)byte, wanted, is_base64))
        return 3;
    bool is_twice = byte == '%' && left > 3;
    byte = is_twice ? hex_byte(text + 3, left - 3) : -1;
    return byte >= 0 && is_same((char)byte, wanted, is_base64) ? 5 : 0;
}

/* `\/`, and `\u002f`. */
static size_t backslash_length(const char *text, size_t left, char wanted)
{
    bool is_number = left >= 6 && text[1] == 'u' && text[2] == '0' && text[3] == '0';
    if (is_number && hex_byte(text + 4, left - 4) == (unsigned char)wanted)
        return 6;
    return left >= 2 && text[1] == wanted ? 2 : 0;
}

/* How many bytes of text are the wanted character; 0: it is another. */
static size_t character_length(const char *text, size_t left, char wanted, enum writing writing,
                               bool is_base64)
{
    if (writing == WRITTEN_PERCENT && *text == '%')
        return percent_length(text, left, wanted, is_base64);
    if (writing == WRITTEN_BACKSLASH && *text == '\\')
        return backslash_length(text, left, wanted);
    bool is_blank = writing == WRITTEN_PERCENT && wanted == ' ' && *text == '+';
    return is_blank || is_same(*text, wanted, is_base64) ? 1 : 0;
}

static bool is_word_byte(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_' || byte == '-';
}

/* Whether a short secret is a separate word; the digits of `%3D` do not count as neighbours. */
static bool is_word(const char *text, size_t length, size_t at, size_t end)
{
    bool follows_code = at >= 3 && text[at - 3] == '%' && hex_byte(text + at - 2, 2) >= 0;
    bool begins = at == 0 || follows_code || !is_word_byte(text[at - 1]);
    return begins && (end == length || !is_word_byte(text[end]));
}

/* A form that is looked for, and how. */
struct search {
    const char *form;
    bool is_base64;
    bool may_be_cut;
};

static size_t form_length(const char *text, size_t length, size_t at, const struct search *search,
                          enum writing writing)
{
    const char *form = search->form;
    size_t end = at;
    size_t matched = 0;
    for (; form[matched] && end < length; matched++) {
        size_t step = character_length(text + end, length - end, form[matched], writing, search->is_base64);
        if (step == 0)
            return 0;
        end += step;
    }
    bool is_whole = form[matched] == '\0';
    bool is_short = !search->is_base64 && matched < SECRET_WORD_BYTES;
    if (!is_whole && (!search->may_be_cut || matched < SECRET_CUT_BYTES))
        return 0;
    return !is_whole || !is_short || is_word(text, length, at, end) ? end - at : 0;
}

/* Whether a character of a secret may be written with this other character in its place. */
static bool stands_for_others(char character)
{
    return character != '\0' && strchr("%\\-_+", character) != NULL;
}

/* Most characters begin no secret, so the first character is checked first. */
static bool may_begin(char first, char wanted)
{
    return first == wanted || stands_for_others(first);
}

static size_t length_of(const struct secret *secret, const char *text, size_t length, size_t at)
{
    size_t longest = 0;
    for (size_t form = 0; form < FORMS && secret->forms[form]; form++) {
        const struct search search = {secret->forms[form], form > 0, !secret->is_prefix_public};
        if (!may_begin(text[at], *search.form))
            continue;
        for (unsigned writing = 0; writing < WRITINGS && *search.form; writing++) {
            size_t found = form_length(text, length, at, &search, (enum writing)writing);
            longest = found > longest ? found : longest;
        }
    }
    return longest;
}

static size_t longest_of(const struct secret *secrets, size_t count, const char *text, size_t length,
                         size_t at)
{
    size_t longest = 0;
    for (size_t i = 0; i < count; i++) {
        size_t found = length_of(&secrets[i], text, length, at);
        longest = found > longest ? found : longest;
    }
    return longest;
}

size_t secret_length_at(const char *text, size_t length, size_t at)
{
    size_t longest = 0;
    pthread_mutex_lock(&mutex);
    if (begins_some[(unsigned char)text[at]] || stands_for_others(text[at])) {
        const struct {
            const struct secret *secrets;
            size_t count;
        } kinds[] = {
            {permanent, permanent_count},
            {tokens.secrets, SECRET_MAX_TEMPORARY},
            {addresses.secrets, SECRET_MAX_TEMPORARY},
        };
        for (size_t i = 0; i < COUNT_OF(kinds); i++) {
            size_t found = longest_of(kinds[i].secrets, kinds[i].count, text, length, at);
            longest = found > longest ? found : longest;
        }
    }
    pthread_mutex_unlock(&mutex);
    return longest;
}
