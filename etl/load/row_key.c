#include "load/row_key.h"

#include "base/decimal.h"
#include "base/mem.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define MAX_KEY_BYTES ((size_t)64 << 20)

struct row_key {
    EVP_MD *sha256;
    EVP_MD_CTX *context;
    struct buf parts;
    size_t prefix_length;
};

struct row_key *row_key_make(struct err *err)
{
    struct row_key *key = mem_alloc(1, sizeof *key);
    key->parts = buf_make(MAX_KEY_BYTES);
    key->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    key->context = EVP_MD_CTX_new();
    if (!key->sha256 || !key->context) {
        row_key_release(key);
        err_set(err, ERR_BUG, "libcrypto has no SHA-256");
        return NULL;
    }
    return key;
}

void row_key_release(struct row_key *key)
{
    if (!key)
        return;
    EVP_MD_CTX_free(key->context);
    EVP_MD_free(key->sha256);
    buf_release(&key->parts);
    free(key);
}

static bool add_part(struct row_key *key, const char *bytes, size_t length)
{
    char head[24];
    size_t at = sizeof head;
    head[--at] = ':';
    size_t rest = length;
    do {
        head[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    head[--at] = 'V';
    return buf_append(&key->parts, head + at, sizeof head - at) && buf_append(&key->parts, bytes, length);
}

void row_key_set_prefix(struct row_key *key, const char *const *parts, size_t count)
{
    buf_clear(&key->parts);
    for (size_t i = 0; i < count; i++)
        if (!add_part(key, parts[i], strlen(parts[i])))
            abort();
    key->prefix_length = key->parts.length;
}

void row_key_begin(struct row_key *key)
{
    key->parts.length = key->prefix_length;
}

static bool add_number(struct row_key *key, const struct value *value)
{
    char canonical[DECIMAL_CANONICAL];
    size_t length;
    return decimal_canonical(value->bytes, value->length, canonical, &length) &&
           add_part(key, canonical, length);
}

static bool add_timestamp(struct row_key *key, const struct value *value)
{
    char text[VALUE_MOMENT];
    return add_part(key, text, value_canonical_moment(value->bytes, value->length, text));
}

bool row_key_add(struct row_key *key, const struct value *value, enum column_type type, struct err *err)
{
    bool added = false;
    if (value->is_null) {
        added = buf_append(&key->parts, "N", 1);
    } else {
        switch (type) {
        case COLUMN_INTEGER:
        case COLUMN_NUMERIC:
            added = add_number(key, value);
            break;
        case COLUMN_TIMESTAMP:
            added = add_timestamp(key, value);
            break;
        case COLUMN_BOOLEAN:
        case COLUMN_DATE:
        case COLUMN_TEXT:
            added = add_part(key, value->bytes, value->length);
            break;
        }
    }
    return added || err_set(err, ERR_DATA, "a key value is too large to be compared");
}

bool row_key_end(struct row_key *key, unsigned char *bytes, struct err *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length;
    bool hashed = EVP_DigestInit_ex2(key->context, key->sha256, NULL) == 1 &&
                  EVP_DigestUpdate(key->context, key->parts.bytes, key->parts.length) == 1 &&
                  EVP_DigestFinal_ex(key->context, digest, &length) == 1;
    if (!hashed)
        return err_set(err, ERR_BUG, "SHA-256 failed");
    memcpy(bytes, digest, ROW_KEY_BYTES);
    return true;
}
