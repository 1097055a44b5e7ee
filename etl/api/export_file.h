/*
 * The file of a finished export, as a stream of bytes from the presigned URL. Token Flex API, "Export".
 *
 * The URL expires within minutes, and connections break: a file that broke off is downloaded again from its
 * start. The download itself costs nothing of the request budget; a new URL for one that has expired costs a
 * request.
 *
 *     export_file_open(&file, err);
 *     while (export_file_read(&file, &block, err))
 *         switch (block.kind) {
 *         case EXPORT_BYTES: decode block.bytes
 *         case EXPORT_CUT:   discard all bytes, and export_file_restart(&file, err)
 *         case EXPORT_END:   done if block.proved; else discard all bytes, and export_file_restart(),
 *                            or export_file_again() to compare
 *         }
 */
#ifndef API_EXPORT_FILE_H
#define API_EXPORT_FILE_H

#include "api/export.h"
#include "wire/http/download.h"

#include <stdint.h>

struct export_file {
    struct export *export;     /* borrowed */
    struct download *download; /* NULL: none is open */
    enum download_proof proof; /* of the last answer */
    uint64_t total;            /* of the last answer: bytes of the file; DOWNLOAD_UNKNOWN: not stated */
    uint64_t offset;   /* where the next byte stands in the file: all before it have been handed out */
    uint32_t checksum; /* of all bytes before it: download_checksum() */

    /* Private: earlier faults. */
    uint64_t max_offset; /* the largest offset so far */
    uint64_t max_total;  /* the largest total of all answers; 0: none had one */
    uint64_t fault_at;   /* max_offset at the last temporary fault */
    unsigned failures;   /* temporary faults; 0 again after EXPORT_FILE_PROGRESS further bytes */
    unsigned refusals;   /* consecutive refusals of a URL */
    struct err fault;    /* the last temporary fault */
};

/* export has status EXPORT_DOWNLOAD and a URL, and is borrowed until export_file_cleanup(). */
struct export_file export_file_make(struct export *export);
void export_file_cleanup(struct export_file *file);

/*
 * Opens the file at its start. Repeats the request after a temporary fault (connection, 5xx), up to
 * api.retries times, and requests a new URL if the old one is refused. May make API requests, so the session
 * of export->api->pg is in no COPY and no transaction.
 *
 * ERR_UNAVAILABLE when retries are used up, or a new URL is refused as well; with export->status EXPORT_GONE
 * where the service or the host of the file no longer has it. ERR_LATER past the job's timeout; ERR_DATA
 * if the URL is invalid, or for a Content-Encoding that was not requested; ERR_STOPPED.
 */
MUST_CHECK bool export_file_open(struct export_file *file, struct err *err);

enum export_block_kind {
    EXPORT_BYTES,
    EXPORT_CUT, /* the transfer broke off or stalled, or was shorter than announced: export_file_restart() */
    EXPORT_END,
};

struct export_block {
    enum export_block_kind kind;
    const char *bytes; /* EXPORT_BYTES: as received, maybe compressed (gzip); borrowed until the next call */
    size_t length;
    bool proved; /* EXPORT_END: the transfer shows that the file is complete */
    /* EXPORT_END, not proved: why, as words that follow the file's name and a colon. Either only the
     * closed connection shows the end, or the file is shorter than an earlier answer announced or sent. */
    const char *unproved_reason;
};

/*
 * Waits for the next bytes. Makes no API request. ERR_LATER past the job's timeout, ERR_STOPPED, ERR_DATA; a
 * temporary fault is not an error but EXPORT_CUT.
 */
MUST_CHECK bool export_file_read(struct export_file *file, struct export_block *block, struct err *err);

/*
 * After EXPORT_CUT, or an EXPORT_END that was not proved and whose content shows that something is missing:
 * waits, with backoff, and opens the file at its start again. The caller discards the bytes that it has got.
 * ERR_UNAVAILABLE also when retries are used up by such faults; otherwise as export_file_open().
 */
MUST_CHECK bool export_file_restart(struct export_file *file, struct err *err);

/*
 * After an EXPORT_END that was not proved: opens the file at its start again, at once, since there was no
 * fault. Otherwise as export_file_restart().
 */
MUST_CHECK bool export_file_again(struct export_file *file, struct err *err);

/* After this many bytes beyond those of the last temporary fault, earlier faults no longer count. */
#define EXPORT_FILE_PROGRESS ((uint64_t)1 << 20)

#endif
