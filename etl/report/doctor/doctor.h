/*
 * Checks everything that a run needs: files, login, database, service, clocks, timers. It changes nothing,
 * except that an expired access token of a login is renewed, as by any other request. It makes one request to
 * the service (repeated once if that fails), or none if the request budget is used up.
 *
 * No check waits for long: a server that does not answer is given up within twenty seconds.
 */
#ifndef REPORT_DOCTOR_DOCTOR_H
#define REPORT_DOCTOR_DOCTOR_H

#include "report/doctor/doctor_judge.h"

struct doctor_options {
    const struct settings *settings;
    struct inspected_files files;
    const char *etc; /* `/etc` */
    const char *user_agent;
};

/* Makes every check. A check that depends on one that has failed is added as skipped. */
void doctor_examine(const struct doctor_options *options, struct doctor_checks *checks);

#endif
