#include "run/chunk.h"

const char *chunk_status_name(enum chunk_status status)
{
    switch (status) {
    case CHUNK_SKIPPED:
        return "skipped";
    case CHUNK_SUCCEEDED:
        return "succeeded";
    case CHUNK_FAILED:
        return "failed";
    }
    return "?";
}
