/*
 * Shared by the files of report/doctor; not to be included elsewhere.
 */
#ifndef REPORT_DOCTOR_DOCTOR_INNER_H
#define REPORT_DOCTOR_DOCTOR_INNER_H

#include "api/oauth.h"
#include "base/clock.h"
#include "report/doctor/doctor.h"
#include "run/service.h"

struct doctor {
    const struct doctor_options *options;
    struct doctor_checks *checks;
    struct settings settings; /* with fewer retries than a run */
    struct service service;   /* all zero: not opened */
    struct pg *pg;            /* NULL: no connection */
    bool has_budget_table;    /* requests can be taken from the budget, and a block after a 429 can be read */
    int64_t budget_wait_ms;   /* until a request may be made; DOCTOR_NO_BUDGET: the budget cannot be read */
};

#define DOCTOR_NO_BUDGET (-1)

/* The time limits for an answer that makes no progress, and for a whole request, which is repeated at most
 * once. */
#define DOCTOR_STALL_MS 8000
#define DOCTOR_ANSWER_MS 20000

/* Opens the service unless it is open. */
MUST_CHECK bool doctor_open_service(struct doctor *doctor, struct err *err);

/* doctor_database.c: connects unless there is a connection. */
MUST_CHECK bool doctor_connect(struct doctor *doctor, struct err *err);

/* doctor_database.c: database, its version and clock, privileges, schema, budget. */
void doctor_examine_database(struct doctor *doctor);

/* doctor_service.c: the service, contracts, clock. */
void doctor_examine_service(struct doctor *doctor);

#endif
