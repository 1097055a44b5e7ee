/* What only api/export_file.c and its unit tests use. */
#ifndef API_EXPORT_FILE_INNER_H
#define API_EXPORT_FILE_INNER_H

#include "api/export_file.h"

/* The outcome of one request for an export's file. */
struct export_file_try {
    bool answered; /* an answer's head came; the next four are of this answer */
    enum download_verdict verdict;
    int status;
    const char *retry_after; /* the header; "" when there was none */
    const char *date;        /* the header; "" when there was none */
    int64_t wall_ms;
    unsigned failures; /* before this one */
    unsigned retries;
    int64_t first_wait_ms; /* api.retry_wait */
    unsigned refusals;     /* consecutive refusals of a URL, before this one */
    double random;         /* [0, 1) */
};

enum export_file_action {
    EXPORT_FILE_READ,    /* read what comes */
    EXPORT_FILE_AGAIN,   /* a temporary fault: ask again after wait_ms */
    EXPORT_FILE_NEW_URL, /* request a new URL after wait_ms, and ask again: up to `retries` times, but at
                            least once */
    EXPORT_FILE_FAIL,
};

struct export_file_step {
    enum export_file_action action;
    int64_t wait_ms;
};

/* What to do next: pure. */
struct export_file_step export_file_judge(const struct export_file_try *tried);

#endif
