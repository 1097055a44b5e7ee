/* An answer in the making: status, headers, and either a text or a stream. Nothing is sent before the whole
 * is decided. */
#ifndef SIM_REPLY_H
#define SIM_REPLY_H

#include "buf.h"
#include "config.h"

#define REPLY_MAX_HEADERS 16
#define REPLY_MAX_BYTES ((size_t)512 << 20)

struct csv_stream;

struct reply_header {
    char *name;
    char *value;
};

struct reply {
    unsigned status;
    struct reply_header headers[REPLY_MAX_HEADERS];
    size_t header_count;
    const char *content_type; /* NULL: none told */
    struct buf body;
    struct csv_stream *stream; /* instead of body; owned */
    uint64_t stream_bytes;     /* with TRANSFER_LENGTH */
    enum transfer transfer;
    int64_t cut_at;        /* -1: whole; else the connection ends after so many body bytes */
    bool close;            /* end the connection without an answer */
    int64_t header_cut_at; /* -1: whole; else the connection ends after so many bytes of the header */

    enum query_status query_status; /* for the log */
    uint64_t rows;
};

#define REPLY_EMPTY                                                                                          \
    ((struct reply){.status = 200,                                                                           \
                    .body = BUF_MAX(REPLY_MAX_BYTES),                                                        \
                    .content_type = "application/json",                                                      \
                    .cut_at = -1,                                                                            \
                    .header_cut_at = -1,                                                                     \
                    .query_status = QUERY_NO_STATUS})

void reply_header(struct reply *reply, const char *name, const char *value);
void reply_free(struct reply *reply);

/* The service's own errors. message is sent as it is. */
void reply_error(struct reply *reply, unsigned status, const char *message); /* {"Code","Message"} */
void reply_auth_error(struct reply *reply, unsigned status, const char *code,
                      const char *message); /* AUTH-006 and kin */
void reply_oauth_error(struct reply *reply, unsigned status, const char *error, const char *description);
void reply_quota(struct reply *reply, int64_t retry_after_s); /* 429; a negative number: no Retry-After */
void reply_export_quota(struct reply *reply);                 /* 429, of one export too many */

/* The usual body for a status that a rule demands. */
void reply_usual(struct reply *reply, unsigned status);

#endif
