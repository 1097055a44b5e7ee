/*
 * What the files of report/doctor share, and nobody else includes.
 */
#ifndef REPORT_DOCTOR_DOCTOR_INNER_H
#define REPORT_DOCTOR_DOCTOR_INNER_H

#include "api/oauth.h"
#include "base/clock.h"
#include "report/doctor/doctor.h"
#include "run/service.h"

struct doctor {
    const struct doctor_options *options;
    struct checks *checks;
    struct settings settings; /* but with fewer retries: a look is no run */
    struct service service;   /* all zero: not opened */
    struct pg *pg;            /* NULL: no connection */
    bool has_budget_table;    /* a request can be paid from it, and held back by a 429 that it tells of */
    int64_t budget_wait_ms; /* until a request may be made; DOCTOR_NO_BUDGET: there is no budget to look at */
};

#define DOCTOR_NO_BUDGET (-1)

/* How long the service may keep one request waiting, and all that it takes: one is asked again once. */
#define DOCTOR_STALL_MS 8000
#define DOCTOR_ANSWER_MS 20000

/* Opens it where it is not open. */
MUST_CHECK bool doctor_open_service(struct doctor *doctor, struct err *err);

/* doctor_database.c: connects where there is no connection. */
MUST_CHECK bool doctor_connect(struct doctor *doctor, struct err *err);

/* doctor_database.c: database, its version and clock, privileges, schema, budget. */
void doctor_examine_database(struct doctor *doctor);

/* doctor_service.c: the service, contracts, clock. */
void doctor_examine_service(struct doctor *doctor);

#endif
