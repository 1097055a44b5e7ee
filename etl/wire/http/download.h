/*
 * Downloads a file over HTTP; the caller reads its bytes while they arrive. Memory is constant: at most 1 MiB
 * waits for the reader, and the reader holds at most 1 MiB more. If the reader is slow, the server has to
 * wait.
 *
 * For presigned URLs (Token Flex API, "Export"), which give access to everyone who has them: no Authorization
 * is sent, messages and log name only the host, and a download costs no request of the budget. Redirects are
 * followed, up to DOWNLOAD_MAX_REDIRECTS, also to another host, but not from https to http. Otherwise as
 * wire/http: certificates are verified; a stop ends the download at once; a server that sends nothing for the
 * client's stall_timeout_ms, while the reader waits, is an error.
 *
 * The bytes are those of the wire: a body with Content-Encoding gzip is not decompressed here, so that the
 * announced length is that of the returned bytes, and a gzip stream without its end is found by the code that
 * decompresses it.
 *
 * The whole file is requested, always: no Range is sent.
 */
#ifndef WIRE_HTTP_DOWNLOAD_H
#define WIRE_HTTP_DOWNLOAD_H

#include "wire/http/http.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DOWNLOAD_MAX_REDIRECTS 5
#define DOWNLOAD_UNKNOWN UINT64_MAX

/* What proves that a body is complete. */
enum download_proof {
    DOWNLOAD_BY_LENGTH, /* Content-Length has been reached */
    DOWNLOAD_BY_CHUNKS, /* the last chunk has come */
    DOWNLOAD_UNPROVED,  /* nothing: the body ends when the connection is closed, complete or not */
};

enum download_verdict {
    DOWNLOAD_FILE,    /* 200: the file from its start */
    DOWNLOAD_REFUSED, /* 4xx except 408, 416 and 429: this URL does not open the file, or no longer */
    DOWNLOAD_FAILED,  /* any other status, such as 5xx, 408 and 429, or 206 and 416, which answer a Range: a
                         temporary fault */
};

/* The head of the server's answer. */
struct download_answer {
    enum download_verdict verdict;
    int status;
    uint64_t total; /* Content-Length: bytes of the body as sent; DOWNLOAD_UNKNOWN: not announced */
    enum download_proof proof; /* what will prove that the body is complete */
    char retry_after[64];      /* the header as it came; "" when there was none */
    char date[64];             /* the same: the server's clock */
};

struct download_request {
    const char *url;
    int64_t deadline_ms; /* monotonic: the whole download ends then with ERR_LATER; 0 or CLOCK_NEVER: none */
};

struct download; /* opaque; used by one thread */

/*
 * Requests a file and waits for the answer's head, whatever its status. NULL when none came: ERR_UNAVAILABLE
 * (name resolution, connection, TLS, time-out, too many redirects), ERR_DATA (no URL of http or https, a
 * redirect that is not followed, a Content-Encoding that was not requested), ERR_CONFIG (ca_file), ERR_LATER
 * (past the deadline) or ERR_STOPPED. The request is copied. The caller ends it by download_close().
 */
struct download *download_open(struct http_client *client, const struct download_request *request,
                               struct download_answer *answer, struct err *err);

/* The next bytes of the body. */
struct download_block {
    const char *bytes; /* borrowed from the download; valid until the next call on it */
    size_t length;     /* 0 at the end */
    bool ended;        /* the body has ended; it is complete, unless it is DOWNLOAD_UNPROVED. length is 0 */
};

/*
 * Waits for the next bytes of the body. ERR_UNAVAILABLE if the body is cut short or stalls; the blocks
 * returned before that are correct parts of the body. ERR_LATER past the deadline; ERR_STOPPED.
 */
MUST_CHECK bool download_read(struct download *download, struct download_block *block, struct err *err);

/* Ends the download, finished or not, without waiting, and frees it. NULL is allowed. */
void download_close(struct download *download);
void download_cleanup(struct download **download);

/*
 * The CRC-32 of all bytes so far. before: the value for the blocks before this one; 0 for the first block.
 * Pure.
 */
uint32_t download_checksum(uint32_t before, const char *bytes, size_t length);

#endif
