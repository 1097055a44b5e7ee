/* Export requests: their life from Requested to Download, and the presigned URLs of their files. */
#ifndef SIM_EXPORT_H
#define SIM_EXPORT_H

#include "plan.h"

#define EXPORT_MAX 5000 /* kept; the oldest is forgotten */

struct sim;
struct request;
struct reply;

enum export_status { EXPORT_REQUESTED, EXPORT_DOWNLOAD, EXPORT_ERROR };

struct export_request {
    char *key;
    char *contract;
    char *file_name;
    char *signature; /* NULL before Download */
    struct plan *plan;
    enum export_status status;
    bool will_fail; /* ends in Error, once */
    bool read;
    int64_t polls_left;
    int64_t ready_ms;
    int64_t asked_utc_s;
    int64_t url_until_ms;    /* monotonic */
    int64_t url_until_utc_s; /* what is told */
    bool size_known;
    uint64_t file_bytes;
};

struct exports {
    struct export_request *list[EXPORT_MAX];
    size_t count;
    int64_t errors_made; /* of the export_errors setting */
};

/* export/:contract/requests and below. */
void export_submit(struct sim *sim, struct request *request, struct reply *reply);
void export_status(struct sim *sim, struct request *request, struct reply *reply);
void export_list(struct sim *sim, struct request *request, struct reply *reply);
void export_retry(struct sim *sim, struct request *request, struct reply *reply);
void export_refresh_url(struct sim *sim, struct request *request, struct reply *reply);
void export_mark_read(struct sim *sim, struct request *request, struct reply *reply);
void export_delete(struct sim *sim, struct request *request, struct reply *reply);
void export_schedules(struct sim *sim, struct request *request, struct reply *reply);

/* Requests with status Requested. Under the simulator's lock. */
int64_t export_outstanding(const struct sim *sim);

void export_request_free(struct export_request *export);
void exports_free(struct exports *exports);

#endif
