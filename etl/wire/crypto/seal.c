#include "wire/crypto/seal.h"

#include "base/mem.h"

#include <ctype.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#define VERSION 1
#define NONCE_BYTES 12
#define TAG_BYTES 16
#define HEAD_BYTES (1 + NONCE_BYTES)
#define FRAME_BYTES (HEAD_BYTES + TAG_BYTES)
#define HEX_KEY 64
#define BASE64_KEY 44

static const char hex_digits[] = "0123456789abcdef";

static void put_hex(const unsigned char *bytes, size_t length, char *out)
{
    for (size_t i = 0; i < length; i++) {
        *out++ = hex_digits[bytes[i] >> 4];
        *out++ = hex_digits[bytes[i] & 15];
    }
}

static bool read_hex(const char *digits, size_t length, unsigned char *out)
{
    for (size_t i = 0; i < length; i++) {
        const char *found = digits[i] ? strchr(hex_digits, tolower((unsigned char)digits[i])) : NULL;
        if (!found)
            return false;
        unsigned value = (unsigned)(found - hex_digits);
        out[i / 2] = (unsigned char)(i % 2 == 0 ? value << 4 : out[i / 2] | value);
    }
    return true;
}

static bool put_key_id(struct seal_key *key)
{
    static const unsigned char purpose[] = "tokenflex-etl key id";
    unsigned char digest[EVP_MAX_MD_SIZE];
    size_t length;
    if (!EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key->bytes, SEAL_KEY_BYTES, purpose,
                   sizeof purpose - 1, digest, sizeof digest, &length))
        return false;
    put_hex(digest, (SEAL_KEY_ID - 1) / 2, key->id);
    key->id[SEAL_KEY_ID - 1] = '\0';
    return true;
}

/* 44 characters of base64, the last of them `=`. EVP_DecodeBlock() writes the 32 bytes and one byte of
 * padding. */
static bool read_base64(const char *text, unsigned char *out)
{
    unsigned char decoded[SEAL_KEY_BYTES + 1];
    bool good = text[BASE64_KEY - 1] == '=' && text[BASE64_KEY - 2] != '=' &&
                EVP_DecodeBlock(decoded, (const unsigned char *)text, BASE64_KEY) == (int)sizeof decoded;
    if (good)
        memcpy(out, decoded, SEAL_KEY_BYTES);
    OPENSSL_cleanse(decoded, sizeof decoded);
    return good;
}

bool seal_key_read(const char *bytes, size_t length, struct seal_key *key)
{
    struct seal_key read = {0};
    size_t used = length;
    while (length != SEAL_KEY_BYTES && used > 0 && isspace((unsigned char)bytes[used - 1]))
        used--;
    bool good = true;
    if (length == SEAL_KEY_BYTES)
        memcpy(read.bytes, bytes, SEAL_KEY_BYTES);
    else if (used == HEX_KEY)
        good = read_hex(bytes, used, read.bytes);
    else
        good = used == BASE64_KEY && read_base64(bytes, read.bytes);
    good = good && put_key_id(&read);
    if (good)
        *key = read;
    seal_key_cleanup(&read);
    return good;
}

void seal_key_cleanup(struct seal_key *key)
{
    OPENSSL_cleanse(key, sizeof *key);
}

/* Whether libcrypto's functions, which take a length as int, can process a text of this length. */
static bool fits(size_t length)
{
    return length <= INT_MAX - FRAME_BYTES;
}

static bool encrypt(EVP_CIPHER_CTX *cipher, const struct seal_key *key, const char *context,
                    const struct buf *plain, unsigned char *frame)
{
    int written;
    unsigned char *text = frame + HEAD_BYTES;
    frame[0] = VERSION;
    return RAND_bytes(frame + 1, NONCE_BYTES) == 1 &&
           EVP_EncryptInit_ex2(cipher, EVP_aes_256_gcm(), key->bytes, frame + 1, NULL) == 1 &&
           EVP_EncryptUpdate(cipher, NULL, &written, frame, 1) == 1 &&
           EVP_EncryptUpdate(cipher, NULL, &written, (const unsigned char *)context, (int)strlen(context)) ==
               1 &&
           EVP_EncryptUpdate(cipher, text, &written, (const unsigned char *)buf_text(plain),
                             (int)plain->length) == 1 &&
           EVP_EncryptFinal_ex(cipher, text + written, &written) == 1 &&
           EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, text + plain->length) == 1;
}

static bool append_hex(const unsigned char *bytes, size_t length, struct buf *out)
{
    if (!buf_reserve(out, 2 * length))
        return false;
    put_hex(bytes, length, out->bytes + out->length);
    out->length += 2 * length;
    out->bytes[out->length] = '\0';
    return true;
}

bool seal(const struct seal_key *key, const char *context, const struct buf *plain, struct buf *sealed,
          struct err *err)
{
    size_t length = plain->length + FRAME_BYTES;
    if (!fits(plain->length))
        return err_set(err, ERR_BUG, "a text of %zu bytes cannot be sealed", plain->length);
    SCOPED(mem) unsigned char *frame = mem_alloc(length, 1);
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    bool good = cipher && encrypt(cipher, key, context, plain, frame) && append_hex(frame, length, sealed);
    EVP_CIPHER_CTX_free(cipher);
    return good || err_set(err, ERR_BUG, "a text of %zu bytes could not be sealed", plain->length);
}

static bool decrypt(EVP_CIPHER_CTX *cipher, const struct seal_key *key, const char *context,
                    unsigned char *frame, size_t length, unsigned char *plain)
{
    int written;
    unsigned char *tag = frame + HEAD_BYTES + length;
    return EVP_DecryptInit_ex2(cipher, EVP_aes_256_gcm(), key->bytes, frame + 1, NULL) == 1 &&
           EVP_DecryptUpdate(cipher, NULL, &written, frame, 1) == 1 &&
           EVP_DecryptUpdate(cipher, NULL, &written, (const unsigned char *)context, (int)strlen(context)) ==
               1 &&
           EVP_DecryptUpdate(cipher, plain, &written, frame + HEAD_BYTES, (int)length) == 1 &&
           EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag) == 1 &&
           EVP_DecryptFinal_ex(cipher, plain + written, &written) == 1;
}

bool seal_open(const struct seal_key *key, const char *context, const char *sealed, struct buf *plain)
{
    size_t digits = strlen(sealed);
    size_t length = digits / 2;
    if (digits % 2 != 0 || length < FRAME_BYTES || !fits(length))
        return false;
    SCOPED(mem) unsigned char *frame = mem_alloc(length, 1);
    SCOPED(mem) unsigned char *text = mem_alloc(length, 1);
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    bool good = cipher && read_hex(sealed, digits, frame) && frame[0] == VERSION &&
                decrypt(cipher, key, context, frame, length - FRAME_BYTES, text) &&
                buf_append(plain, text, length - FRAME_BYTES);
    EVP_CIPHER_CTX_free(cipher);
    OPENSSL_cleanse(text, length);
    return good;
}

bool seal_put_filler(size_t plain_bytes, struct buf *sealed, struct err *err)
{
    size_t length = plain_bytes + FRAME_BYTES;
    if (!fits(plain_bytes))
        return err_set(err, ERR_BUG, "no filler has %zu bytes", plain_bytes);
    SCOPED(mem) unsigned char *bytes = mem_alloc(length, 1);
    return (RAND_bytes(bytes, (int)length) == 1 && append_hex(bytes, length, sealed)) ||
           err_set(err, ERR_BUG, "a filler of %zu bytes could not be made", plain_bytes);
}
