/*
 * What only wire/http/download.c and its unit test use.
 */
#ifndef WIRE_HTTP_DOWNLOAD_INNER_H
#define WIRE_HTTP_DOWNLOAD_INNER_H

#include "wire/http/download.h"

/* The facts for download_judge(). Headers as the server sent them; "": not sent. */
struct download_head {
    int status;
    bool chunked; /* Transfer-Encoding */
    const char *content_length;
    const char *content_encoding;
    const char *retry_after;
    const char *date;
};

/*
 * Judges an answer by its head. Pure. ERR_DATA for a file with a Content-Encoding other than gzip;
 * `aws-chunked`, `UTF-8` and `identity`, alone or in a list, count as no encoding.
 */
MUST_CHECK bool download_judge(const struct download_head *head, struct download_answer *answer,
                               struct err *err);

/*
 * Appends the target of a redirect to `to`: `location`, resolved against the URL `from`. Pure.
 * ERR_DATA when it is no URL of http or https, has a user in it, or leads from https to http.
 */
MUST_CHECK bool download_resolve(const char *from, const char *location, struct buf *to, struct err *err);

#endif
