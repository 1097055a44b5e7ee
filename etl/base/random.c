#include "base/random.h"

#include <stdint.h>
#include <sys/random.h>

double random_fraction(void)
{
    uint32_t bits;
    if (getrandom(&bits, sizeof bits, 0) != sizeof bits)
        return 0.5;
    return (double)bits / 4294967296.0;
}
