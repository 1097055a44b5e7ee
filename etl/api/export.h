/*
 * An export at the service: request, poll, and in the end delete it. Token Flex API, "Export".
 * api/export_file downloads its file.
 *
 * An export has no time limit and costs a handful of requests whatever its size; every one passes api/api.
 * GETs need the scope data:read, everything else data:write.
 *
 * The request that makes an export is not simply repeated: if its answer is lost, the service's list of
 * requests is searched for our file name first. So the name must be unique among the contract's exports. The
 * caller stores the name before export_request(), and the key after it. If a run ends between the two, the
 * next one finds the export by export_find(); if it ends later, the next one resumes it by export_resume().
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

    /* Set by the caller; 0: not known. */
    int64_t expected_ms;       /* the time from request to file in past runs */
    struct export_quota quota; /* only its member `outstanding` */

    enum export_status status; /* as last known */
    struct buf key;            /* of the request; empty before there is one */
    struct buf url;            /* presigned, of the file; empty before there is one. As secret as the file */
    int64_t requested_at_ms;   /* monotonic */
    int64_t poll_due_ms;       /* monotonic: when the last poll was due */
    int64_t poll_sent_ms;      /* monotonic: when the last poll was sent */
    int64_t unobserved_ms;     /* how late the polls before it were sent, in sum: struct poll_found */
    int64_t ready_ms;          /* poll_schedule_ready_ms(); -1: not ready yet, or the export was retried */
    unsigned polls;            /* answered Requested since the request, or since its last retry */
    unsigned retries;          /* after the status Error */
    unsigned quota_waits;
    bool is_outcome_unknown; /* a POST that makes it may have had effect; the caller clears it for another
                                name */
};

struct export export_make(struct api *api, const char *contract);
void export_cleanup(struct export *export);

/* How often an export of status Error is retried. */
#define EXPORT_MAX_RETRIES 2

/*
 * Requests an export: body is a query's body, file_name is sent with it as downloadFileName (the service
 * appends `.csv`). True with *full false: the export was requested, and export->key is its key.
 *
 * True with *full: the quota of outstanding exports is used up, no export was made, and other requests are
 * not blocked. The caller brings export->quota.outstanding up to date, calls export_wait_quota(), and asks
 * again; that costs a request only where it may help (api/export_quota).
 *
 * ERR_UNAVAILABLE when retries are used up; other errors as from api_finish(). After ERR_AUTH and ERR_CONFIG
 * no export was made, unless export->is_outcome_unknown is set. After any other error an export of this name
 * may exist at the service: the next run searches for it first.
 */
MUST_CHECK bool export_request(struct export *export, const char *body, const char *file_name, bool *full,
                               struct err *err);

/*
 * Waits a while before the quota is looked at again: poll.first, growing up to poll.max. ERR_LATER, at once,
 * if the wait would pass the job's timeout.
 */
MUST_CHECK bool export_wait_quota(struct export *export, struct err *err);

/*
 * Searches the contract's requests from the day before since_ms (wall clock) until tomorrow for this file
 * name: one request. *found: it exists, and export is set to it, as after export_request().
 */
MUST_CHECK bool export_find(struct export *export, const char *file_name, int64_t since_ms, bool *found,
                            struct err *err);

/* Resumes an export by its key; it was requested age_ms ago. Sends no request: export_await() does. */
void export_resume(struct export *export, const char *key, int64_t age_ms);

/*
 * Polls until the file is there (EXPORT_DOWNLOAD, and export->url is its address), or the service no longer
 * knows the export (EXPORT_GONE). The first poll is sent after the time in which past runs had their file,
 * else after poll.first; later ones after waits that grow up to poll.max. The status Error is retried
 * EXPORT_MAX_RETRIES times, then the result is ERR_UNAVAILABLE with export->status EXPORT_ERROR: such an
 * export cannot be used any more.
 *
 * ERR_LATER when the next poll would pass the job's timeout: the export continues at the service, and a later
 * run may resume it. ERR_DATA for an answer that is not as documented.
 */
MUST_CHECK bool export_await(struct export *export, struct err *err);

/*
 * Requests a new presigned URL for the file, after the old one has expired: one request. ERR_UNAVAILABLE with
 * export->status EXPORT_GONE where the service does not know the export any more.
 */
MUST_CHECK bool export_refresh_url(struct export *export, struct err *err);

/*
 * Removes the export and its file at the service: one request, which waits for no 429. An export that no
 * longer exists counts as removed. After a failure the export is still in the user's list, and counts for the
 * quota while its status is Requested: the caller logs a warning. *is_final: the service refuses to remove it
 * (400, 403), so a later run would fail too.
 */
MUST_CHECK bool export_delete(struct export *export, bool *is_final, struct err *err);

#endif
