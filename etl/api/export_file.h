/*
 * The file of a finished export, as a run of bytes that comes from the presigned URL. Token Flex API,
 * "Export".
 *
 * The URL expires within minutes, and connections break: a file that broke off is downloaded again from its
 * start. The download itself costs nothing of the request budget; a new URL for one that has expired costs a
 * request.
 *
 *     export_file_open(&file, err);
 *     while (export_file_read(&file, &block, err))
 *         switch (block.kind) {
 *         case EXPORT_BYTES: decode block.bytes
 *         case EXPORT_CUT:   forget all that came, and export_file_restart(&file, err)
 *         case EXPORT_END:   done where block.proved; else forget all that came, and export_file_restart(),
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
    uint64_t total;            /* the same: bytes of the file; DOWNLOAD_UNKNOWN */
    uint64_t offset;   /* where the next byte stands in the file: all before it have been handed out */
    uint32_t checksum; /* of all bytes before it: download_checksum() */

    /* Inside: what went wrong before. */
    uint64_t max_offset; /* the largest offset so far */
    uint64_t max_total;  /* the largest total of all answers; 0: none had one */
    uint64_t fault_at;   /* the same, when the last temporary fault came */
    unsigned failures;   /* temporary faults since the last progress worth the name */
    unsigned refusals;   /* of URLs, one after the other */
    struct err fault;    /* the last one */
};

/* export has status EXPORT_DOWNLOAD and a URL, and is borrowed until export_file_cleanup(). */
struct export_file export_file_make(struct export *export);
void export_file_cleanup(struct export_file *file);

/*
 * Opens the file at its start. Repeats what may pass (connection, 5xx) up to `retries`, and has the URL
 * replaced where it is refused. May make API requests, so the session of export->api->pg is in no COPY and no
 * transaction.
 *
 * ERR_UNAVAILABLE when retries are used up, or a new URL is refused as well; with export->status EXPORT_GONE
 * where the service or the host of the file no longer has it. ERR_LATER past the job's timeout; ERR_DATA
 * if the URL is invalid, or for a Content-Encoding that was not requested; ERR_STOPPED.
 */
MUST_CHECK bool export_file_open(struct export_file *file, struct err *err);

enum export_block_kind {
    EXPORT_BYTES,
    EXPORT_CUT, /* the connection broke, or the file went on no further: export_file_restart() */
    EXPORT_END,
};

struct export_block {
    enum export_block_kind kind;
    const char *bytes; /* EXPORT_BYTES: as they came, gzip where it is; borrowed until the file's next call */
    size_t length;
    bool proved; /* EXPORT_END: the transfer shows that the file is whole */
    /* EXPORT_END, not proved: why, as words that follow the file's name and a colon. The transfer ended with
     * its connection, or the file is shorter than an earlier answer said. */
    const char *unproved_reason;
};

/*
 * Waits for the next bytes. Makes no API request. ERR_LATER past the job's timeout, ERR_STOPPED, ERR_DATA; a
 * temporary fault is not an error but EXPORT_CUT.
 */
MUST_CHECK bool export_file_read(struct export_file *file, struct export_block *block, struct err *err);

/*
 * After EXPORT_CUT, or an EXPORT_END that was not proved and whose content shows that something is missing:
 * waits as long as the fault requests and opens the file at its start again. What was handed out is to be
 * forgotten. Otherwise as export_file_open().
 */
MUST_CHECK bool export_file_restart(struct export_file *file, struct err *err);

/*
 * After an EXPORT_END that was not proved: opens the file at its start again, at once, since nothing went
 * wrong. The same otherwise.
 */
MUST_CHECK bool export_file_again(struct export_file *file, struct err *err);

/* Bytes that have to come before the faults that were before them are forgiven. */
#define EXPORT_FILE_PROGRESS ((uint64_t)1 << 20)

#endif
