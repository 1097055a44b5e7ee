#include "text.h"

#include "buf.h"

#include <ctype.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *text_percent_decode(const char *text, size_t length, bool plus_is_blank)
{
    char *out = mem_alloc(length + 1);
    size_t at = 0;

    for (size_t i = 0; i < length; i++) {
        if (text[i] == '%' && i + 2 < length && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
            out[at++] = (char)(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else {
            out[at++] = text[i] == '+' && plus_is_blank ? ' ' : text[i];
        }
    }
    out[at] = '\0';
    return out;
}

char *text_form_get(const char *form, const char *name)
{
    size_t name_length = strlen(name);

    while (form != NULL && *form != '\0') {
        size_t length = strcspn(form, "&");

        if (length > name_length && form[name_length] == '=' && strncmp(form, name, name_length) == 0)
            return text_percent_decode(form + name_length + 1, length - name_length - 1, true);
        form += length;
        form += *form == '&';
    }
    return NULL;
}

bool text_form_number(const char *form, const char *name, int64_t otherwise, int64_t *number)
{
    char *text = text_form_get(form, name);
    char *end = NULL;
    bool good = true;

    *number = otherwise;
    if (text != NULL) {
        errno = 0;
        *number = strtoll(text, &end, 10);
        good = end != text && *end == '\0' && errno == 0;
    }
    free(text);
    return good;
}

char *text_base64_decode(const char *text)
{
    size_t length = strlen(text);
    unsigned char *out = mem_alloc(length + 4);
    int bytes = length % 4 == 0 ? EVP_DecodeBlock(out, (const unsigned char *)text, (int)length) : -1;

    if (bytes < 0) {
        free(out);
        return NULL;
    }
    for (size_t i = length; i > 0 && text[i - 1] == '='; i--)
        bytes--;
    out[bytes] = '\0';
    return (char *)out;
}

char *text_code_challenge(const char *verifier)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    unsigned char out[64];

    SHA256((const unsigned char *)verifier, strlen(verifier), digest);
    EVP_EncodeBlock(out, digest, (int)sizeof digest);
    for (unsigned char *c = out; *c != '\0'; c++) {
        if (*c == '+')
            *c = '-';
        else if (*c == '/')
            *c = '_';
        else if (*c == '=')
            *c = '\0';
    }
    return mem_text((const char *)out);
}

char *text_random_hex(size_t bytes)
{
    struct buf text = BUF_MAX(1024);

    for (size_t i = 0; i < bytes; i++) {
        unsigned char byte = 0;

        if (RAND_bytes(&byte, 1) != 1)
            abort();
        buf_format(&text, "%02x", byte);
    }
    return buf_take(&text);
}

uint64_t text_mix(uint64_t value)
{
    value += 0x9e3779b97f4a7c15u;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

uint64_t text_hash(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return text_mix(hash);
}

bool text_has_word(const char *words, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = words; length > 0 && (at = strstr(at, word)) != NULL; at += length)
        if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

int64_t text_thousandths(const char *number)
{
    char *rest;
    bool negative = *number == '-';
    int64_t value = strtoll(number + negative, &rest, 10) * 1000;
    int64_t weight = 100;

    for (const char *at = *rest == '.' ? rest + 1 : ""; *at >= '0' && *at <= '9'; at++) {
        value += (*at - '0') * weight;
        weight /= 10;
    }
    return negative ? -value : value;
}
