/*
 * A look at everything that a run needs: files, login, database, service, clocks, timers. It changes nothing,
 * but that a login whose access token has ended is renewed, as any request would; it costs one request to the
 * service, and none where the request budget has none left.
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

/* Makes every check; what depends on something that has failed is skipped, and says so. */
void doctor_examine(const struct doctor_options *options, struct checks *checks);

#endif
