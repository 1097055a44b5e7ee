/*
 * A file by HTTP, handed on while it comes: constant memory at any size, and a peer that has to wait where
 * the reader is slow (at most 2 MiB wait for it, and as much may be in its hands).
 *
 * For presigned URLs, which give access to a file to everyone who has them: no Authorization ever goes with
 * them, messages and log name the host alone, and what is asked here costs nothing of the request budget.
 * Redirects are followed here, up to DOWNLOAD_MAX_REDIRECTS, also to another host, but not from https to
 * http. The rest is as wire/http has it: certificates verified, a stop ends it at once, and so does a peer
 * that is silent for the client's stall_timeout_ms while it is waited for.
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

/* What shows at the end of a body that it came whole. */
enum download_proof {
    DOWNLOAD_BY_LENGTH, /* Content-Length has been reached */
    DOWNLOAD_BY_CHUNKS, /* the last chunk has come */
    DOWNLOAD_UNPROVED,  /* nothing: the body ends with the connection, and so does one that was cut */
};

enum download_verdict {
    DOWNLOAD_FILE,    /* 200: the file from its start */
    DOWNLOAD_REFUSED, /* 4xx: this URL does not open the file, or no longer */
    DOWNLOAD_FAILED,  /* any other status, such as 5xx, or 206 and 416, which answer a Range: a passing fault
                       */
};

/* What the server sends: its answer's head. */
struct download_answer {
    enum download_verdict verdict;
    int status;
    uint64_t total;            /* DOWNLOAD_FILE: bytes of the file; DOWNLOAD_UNKNOWN */
    enum download_proof proof; /* by which the body's end will be known */
    char retry_after[64];      /* the header as it came; "" when there was none */
    char date[64];             /* the same: the server's clock */
};

struct download_request {
    const char *url;
    int64_t deadline_ms; /* of all of it, as of struct http_request */
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

/* A run of the body's bytes. */
struct download_block {
    const char *bytes; /* borrowed from the download; gone with its next call */
    size_t length;     /* 0 at the end */
    bool ended;        /* the body is over, as far as its proof shows; no bytes come with this */
};

/*
 * Waits for the next bytes of the body. ERR_UNAVAILABLE where it is cut short or stalls: the bytes before
 * were handed out and are good. ERR_LATER, ERR_STOPPED.
 */
MUST_CHECK bool download_read(struct download *download, struct download_block *block, struct err *err);

/* Ends it, read to its end or not, without waiting. NULL is allowed. */
void download_close(struct download *download);
void download_cleanup(struct download **download);

/* The decisions: pure. */

/* A head as download_judge() wants it; headers as they came, "" where there were none. */
struct download_head {
    int status;
    bool chunked; /* Transfer-Encoding */
    const char *content_length;
    const char *content_encoding;
    const char *retry_after;
    const char *date;
};

/*
 * What an answer is. ERR_DATA for a file in a coding other than gzip; `aws-chunked`, `UTF-8` and `identity`,
 * alone or in a list, are none.
 */
MUST_CHECK bool download_judge(const struct download_head *head, struct download_answer *answer,
                               struct err *err);

/*
 * A checksum (CRC-32) of bytes that come in blocks: that of the bytes before and of these. 0 before the first
 * ones.
 */
uint32_t download_checksum(uint32_t before, const char *bytes, size_t length);

/*
 * Where a redirect leads: `location`, resolved against the URL it came from. The address is appended to `to`.
 * ERR_DATA when it is no URL of http or https, has a user in it, or leads from https to http.
 */
MUST_CHECK bool download_resolve(const char *from, const char *location, struct buf *to, struct err *err);

#endif
