/*
 * Reads the service's answers about export requests: one of them, or a list. Token Flex API, "Export". Pure.
 *
 * Members that are not needed here may be missing, null or of another type; unknown members are ignored.
 */
#ifndef API_EXPORT_ANSWER_H
#define API_EXPORT_ANSWER_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum export_status {
    EXPORT_REQUESTED,
    EXPORT_DOWNLOAD, /* the file is there */
    EXPORT_ERROR,    /* it failed; a retry makes it Requested again */
    EXPORT_GONE,     /* the service no longer knows the request or its file: never in an answer */
};

const char *export_status_name(enum export_status status);

/* One export request. Texts live in the arena. */
struct export_answer {
    const char *key;
    enum export_status status;
    const char *file_name;    /* NULL where the answer has none */
    const char *download_url; /* presigned: as secret as the file; NULL where the answer has none */
    int64_t requested_at_ms;  /* wall clock: exportRequestDate; 0 where it is missing or cannot be read */
    int64_t url_ends_at_ms;   /* wall clock: downloadUrlExpireDate; 0 as above */
};

/* The most bytes of a request key and of a download URL; longer ones are ERR_DATA. */
#define EXPORT_MAX_KEY ((size_t)1024)
#define EXPORT_MAX_URL ((size_t)32 << 10)

/*
 * Reads one request. ERR_UNAVAILABLE when the text is not JSON, or is truncated; ERR_DATA when it lacks
 * requestKey or requestStatus, or the service does not document the status (case does not matter).
 */
MUST_CHECK bool export_answer_read(const char *bytes, size_t length, struct arena *arena,
                                   struct export_answer *answer, struct err *err);

/* Reads the answer of refreshUrl: only downloadUrl is required; key and status are not read. Otherwise as
 * export_answer_read(). */
MUST_CHECK bool export_answer_read_url(const char *bytes, size_t length, struct arena *arena,
                                       struct export_answer *answer, struct err *err);

/*
 * Looks a file name up in a list of requests, with and without the `.csv` that the service appends. *found:
 * whether it is there; of several entries, the one that was requested last. Only entries of this name must
 * satisfy export_answer_read().
 */
MUST_CHECK bool export_answer_find(const char *bytes, size_t length, const char *file_name,
                                   struct arena *arena, struct export_answer *answer, bool *found,
                                   struct err *err);

#endif
