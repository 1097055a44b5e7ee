/*
 * An export at the service: request, poll, and in the end delete it. Token Flex API, "Export". The file's
 * bytes are api/export_file.
 *
 * An export has no time limit and costs a handful of requests whatever its size; every one passes api/api.
 * GETs need the scope data:read, everything else data:write.
 *
 * The request that makes an export is not repeated blindly: where its answer is lost, the service's list of
 * requests is searched for our file name first. So the name must be one that no other export of the contract
 * has, and the caller remembers it before export_request(), and the key after it: a run that dies between the
 * two is taken up by export_find(), one that dies later by export_resume().
 */
#ifndef API_EXPORT_H
#define API_EXPORT_H

#include "api/api.h"
#include "api/export_answer.h"
#include "api/export_quota.h"

#include <stdint.h>

struct export
{
    struct api *api;      /* borrowed */
    const char *contract; /* borrowed */

    /* The caller's; 0: nothing. */
    int64_t expected_ms;       /* what past runs tell: from request to file */
    struct export_quota quota; /* .outstanding */

    enum export_status status; /* as last heard */
    struct buf key;            /* of the request; empty before there is one */
    struct buf url;            /* presigned, of the file; empty before there is one. As secret as the file */
    int64_t requested_at_ms;   /* monotonic */
    int64_t asked_at_ms;       /* monotonic: when the last poll was sent */
    int64_t ready_ms;          /* from request to the poll that found the file; -1: not yet, or retried */
    unsigned polls;            /* answered Requested since the request, or since its last retry */
    unsigned retries;          /* of status Error */
    unsigned quota_waits;
};

struct export export_make(struct api *api, const char *contract);
void export_cleanup(struct export *export);

/* How often an export of status Error is retried. */
#define EXPORT_MOST_RETRIES 2

/*
 * Asks for an export: body is a query's body, file_name goes with it as downloadFileName (the service appends
 * `.csv`). True with *full false: it is made, export->key names it.
 *
 * True with *full: the quota of outstanding exports is used up, nothing was made, and nobody else is held
 * back. The caller brings export->quota.outstanding up to date, calls export_wait_quota(), and asks again;
 * that costs a request only where it may help (api/export_quota).
 *
 * ERR_UNAVAILABLE when retries are used up; the others as api_finish() has them. After any error that may
 * pass an export of this name may have been made all the same: the next run searches for it first.
 */
MUST_CHECK bool export_request(struct export *export, const char *body, const char *file_name, bool *full,
                               struct err *err);

/*
 * Waits a while before the quota is looked at again: poll.first, growing up to poll.max. ERR_LATER, at once,
 * when that would pass the job's timeout.
 */
MUST_CHECK bool export_wait_quota(struct export *export, struct err *err);

/*
 * Searches the contract's requests from the day before since_ms (wall clock) until tomorrow for this file
 * name: one request. *found: export is that one now, as after export_request().
 */
MUST_CHECK bool export_find(struct export *export, const char *file_name, int64_t since_ms, bool *found,
                            struct err *err);

/* Takes up an export that was requested age_ms ago, by its key. Asks nothing: export_await() will. */
void export_resume(struct export *export, const char *key, int64_t age_ms);

/*
 * Polls until the file is there (EXPORT_DOWNLOAD, export->url opens it), or the service no longer knows the
 * export (EXPORT_GONE). The first poll comes when past runs had their file, else after poll.first; later ones
 * by growing steps up to poll.max. Error is retried EXPORT_MOST_RETRIES times, then it is ERR_UNAVAILABLE
 * with export->status EXPORT_ERROR: such an export is of no use any more.
 *
 * ERR_LATER when the next poll would pass the job's timeout: the export goes on at the service, and a later
 * run may take it up. ERR_DATA for an answer that is none of the service's.
 */
MUST_CHECK bool export_await(struct export *export, struct err *err);

/*
 * A new presigned URL for the file, after the old one has expired: one request. ERR_UNAVAILABLE with
 * export->status EXPORT_GONE where the service does not know the export any more.
 */
MUST_CHECK bool export_refresh_url(struct export *export, struct err *err);

/*
 * Removes the export and its file at the service: one request. One that is gone already is removed. A failure
 * harms nothing but the quota and other people's list: for the caller to warn about.
 */
MUST_CHECK bool export_delete(struct export *export, struct err *err);

/* The query's body, a JSON object, with downloadFileName as its last member; appended to `text`. Pure. */
void export_put_body(struct buf *text, const char *body, const char *file_name);

#endif
