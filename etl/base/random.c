#include "base/random.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

double random_fraction(void)
{
    uint32_t bits;
    if (getrandom(&bits, sizeof bits, 0) != sizeof bits)
        return 0.5;
    return (double)bits / 4294967296.0;
}

const char *uuid_format(const unsigned char *bytes, char *out)
{
    unsigned version = (bytes[6] & 0x0Fu) | 0x40u;
    unsigned variant = (bytes[8] & 0x3Fu) | 0x80u; /* of RFC 9562 */
    snprintf(out, UUID_TEXT, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", bytes[0],
             bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], version, bytes[7], variant, bytes[9],
             bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]);
    return out;
}

bool random_bytes(unsigned char *bytes, size_t length, struct err *err)
{
    ssize_t count;
    do {
        count = getrandom(bytes, length, 0);
    } while (count < 0 && errno == EINTR);
    return count == (ssize_t)length ||
           err_set(err, ERR_UNAVAILABLE, "the kernel gives no random numbers: %s", strerror(errno));
}

bool random_uuid(char *out, struct err *err)
{
    unsigned char bytes[UUID_BYTES];
    if (!random_bytes(bytes, sizeof bytes, err))
        return false;
    uuid_format(bytes, out);
    return true;
}
