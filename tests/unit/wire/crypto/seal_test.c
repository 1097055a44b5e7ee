/* wire/crypto/seal: keys of every form, and texts that open with their key and context alone. */
#include "wire/crypto/seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HEX "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F"
#define BASE64 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define RAW                                                                                                  \
    "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18"   \
    "\x19\x1a\x1b\x1c\x1d\x1e\x1f"

static struct seal_key key_of(const char *text)
{
    struct seal_key key;
    assert_true(seal_key_read(text, strlen(text), &key));
    return key;
}

static void a_key_is_read_as_bytes_hexadecimal_digits_or_base64(void **state)
{
    (void)state;
    struct seal_key key;
    assert_true(seal_key_read(RAW, 32, &key));
    assert_memory_equal(key.bytes, RAW, 32);
    static const char *const texts[] = {HEX, HEX "\n", BASE64, BASE64 "\n", BASE64 " \r\n\n"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct seal_key other = key_of(texts[i]);
        assert_memory_equal(other.bytes, RAW, 32);
        assert_string_equal(other.id, key.id);
    }
}

static void bytes_that_end_in_a_newline_are_a_key_as_they_are(void **state)
{
    (void)state;
    struct seal_key key;
    assert_true(seal_key_read("0123456789012345678901234567890\n", 32, &key));
    assert_memory_equal(key.bytes, "0123456789012345678901234567890\n", 32);
}

static void what_is_not_32_bytes_is_no_key(void **state)
{
    (void)state;
    struct seal_key key;
    static const char *const texts[] = {
        "",
        "\n",
        "0123456789012345678901234567890",
        "012345678901234567890123456789012",
        HEX "0",
        " " HEX,
        "x00102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8/",
        "AAECAwQFBgcICQoLDA0*DxAREhMUFRYXGBkaGxwdHh8=",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_false(seal_key_read(texts[i], strlen(texts[i]), &key));
}

/* A key's id is the same on every host; another key has another one. */
static void an_id_tells_keys_apart(void **state)
{
    (void)state;
    struct seal_key key = key_of(HEX);
    struct seal_key other = key_of("100102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F");
    assert_string_equal(key.id, "828cdf54d0038b2c");
    assert_string_not_equal(other.id, key.id);
}

/* Owned by the caller. */
static struct buf text_of(const char *text)
{
    struct buf buf = buf_make(1000);
    assert_true(buf_append_text(&buf, text));
    return buf;
}

static struct buf sealed_of(const struct seal_key *key, const char *context, const char *text)
{
    struct err err;
    SCOPED(buf) struct buf plain = text_of(text);
    struct buf sealed = buf_make(1000);
    assert_true(seal(key, context, &plain, &sealed, &err));
    return sealed;
}

static void assert_opens(const struct seal_key *key, const char *context, const char *sealed, bool opens)
{
    SCOPED(buf) struct buf plain = buf_make(1000);
    assert_int_equal(seal_open(key, context, sealed, &plain), opens);
    assert_string_equal(buf_text(&plain), opens ? "a token" : "");
}

static void a_sealed_text_opens_with_its_key_and_context_alone(void **state)
{
    (void)state;
    struct seal_key key = key_of(HEX);
    struct seal_key other = key_of("100102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F");
    SCOPED(buf) struct buf sealed = sealed_of(&key, "one", "a token");
    assert_opens(&key, "one", buf_text(&sealed), true);
    assert_opens(&key, "other", buf_text(&sealed), false);
    assert_opens(&key, "", buf_text(&sealed), false);
    assert_opens(&other, "one", buf_text(&sealed), false);
}

static void a_text_is_never_sealed_alike_twice(void **state)
{
    (void)state;
    struct seal_key key = key_of(HEX);
    SCOPED(buf) struct buf one = sealed_of(&key, "one", "a token");
    SCOPED(buf) struct buf again = sealed_of(&key, "one", "a token");
    assert_int_equal(one.length, 2 * strlen("a token") + SEAL_EXTRA_DIGITS);
    assert_string_not_equal(buf_text(&one), buf_text(&again));
}

/* Version, nonce, ciphertext and tag. */
static void a_sealed_text_with_one_other_digit_does_not_open(void **state)
{
    (void)state;
    struct seal_key key = key_of(HEX);
    SCOPED(buf) struct buf sealed = sealed_of(&key, "one", "a token");
    for (size_t i = 0; i < sealed.length; i++) {
        char digit = sealed.bytes[i];
        sealed.bytes[i] = digit == '0' ? '1' : '0';
        assert_opens(&key, "one", buf_text(&sealed), false);
        sealed.bytes[i] = digit;
    }
    assert_opens(&key, "one", buf_text(&sealed), true);
}

static void a_sealed_text_that_was_cut_or_is_none_does_not_open(void **state)
{
    (void)state;
    struct seal_key key = key_of(HEX);
    SCOPED(buf) struct buf sealed = sealed_of(&key, "one", "a token");
    for (size_t length = 0; length < sealed.length; length++) {
        SCOPED(buf) struct buf cut = buf_make(1000);
        assert_true(buf_append(&cut, sealed.bytes, length));
        assert_opens(&key, "one", buf_text(&cut), false);
    }
    sealed.bytes[40] = 'x';
    assert_opens(&key, "one", buf_text(&sealed), false);
}

static void a_text_that_does_not_fit_is_not_opened(void **state)
{
    (void)state;
    struct seal_key key = key_of(HEX);
    SCOPED(buf) struct buf sealed = sealed_of(&key, "one", "a token");
    SCOPED(buf) struct buf plain = buf_make(6);
    assert_false(seal_open(&key, "one", buf_text(&sealed), &plain));
    assert_string_equal(buf_text(&plain), "");
}

static void a_filler_has_the_length_of_a_sealed_text_and_does_not_open(void **state)
{
    (void)state;
    struct err err;
    struct seal_key key = key_of(HEX);
    SCOPED(buf) struct buf filler = buf_make(1000);
    assert_true(seal_put_filler(strlen("a token"), &filler, &err));
    assert_int_equal(filler.length, 2 * strlen("a token") + SEAL_EXTRA_DIGITS);
    assert_opens(&key, "one", buf_text(&filler), false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_read_as_bytes_hexadecimal_digits_or_base64),
        cmocka_unit_test(bytes_that_end_in_a_newline_are_a_key_as_they_are),
        cmocka_unit_test(what_is_not_32_bytes_is_no_key),
        cmocka_unit_test(an_id_tells_keys_apart),
        cmocka_unit_test(a_sealed_text_opens_with_its_key_and_context_alone),
        cmocka_unit_test(a_text_is_never_sealed_alike_twice),
        cmocka_unit_test(a_sealed_text_with_one_other_digit_does_not_open),
        cmocka_unit_test(a_sealed_text_that_was_cut_or_is_none_does_not_open),
        cmocka_unit_test(a_text_that_does_not_fit_is_not_opened),
        cmocka_unit_test(a_filler_has_the_length_of_a_sealed_text_and_does_not_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
