/* Whatever a Retry-After header says, the wait is a second at least and an hour at most. */
#include "api/retry.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t wall_ms = 0;
    if (size < 6)
        return 0;
    memcpy(&wall_ms, data, 6); /* moments up to the year 10889 */
    char *header = malloc(size - 5);
    memcpy(header, data + 6, size - 6);
    header[size - 6] = '\0';
    int64_t wait_ms = retry_after_ms(&(struct retry_after){header, "", wall_ms});
    if (wait_ms < 1000 || wait_ms > 3600000)
        abort();
    free(header);
    return 0;
}
