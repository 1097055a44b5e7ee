/*
 * Judges facts about an installation. Each function adds one check. Pure: facts and clock are arguments.
 */
#ifndef REPORT_DOCTOR_DOCTOR_JUDGE_H
#define REPORT_DOCTOR_DOCTOR_JUDGE_H

#include "api/contract.h"
#include "api/token_store.h"
#include "base/finding.h"
#include "job/job.h"
#include "job/settings.h"
#include "report/doctor/checks.h"
#include "report/doctor/timers.h"
#include "state/budget.h"
#include "state/database_facts.h"
#include "state/schema.h"

/* The findings about the settings file (judge_settings) and about all other files (judge_jobs). */
struct inspected_files {
    const struct findings *findings;
    const char *settings_file; /* the name that findings use for it */
    bool settings_exist;
    const struct jobs *jobs;
    const char *jobs_directory;
};
void judge_settings(struct doctor_checks *checks, const struct inspected_files *files);
void judge_jobs(struct doctor_checks *checks, const struct inspected_files *files);

/* The stored login: whose it is and until when. login: NULL: there is none. */
void judge_login(struct doctor_checks *checks, const struct settings *settings, const struct login *login,
                 int64_t wall_ms);

/* The scopes of a token, and whether an enabled job needs data:write. */
struct scope_facts {
    const char *granted;  /* separated by blanks */
    const char *where;    /* the source of `granted`: `auth.scopes`, `the login` */
    const char *exporter; /* an enabled job that is loaded by export; NULL: none */
};
void judge_scopes(struct doctor_checks *checks, const struct scope_facts *facts);

void judge_database(struct doctor_checks *checks, const struct database_facts *facts);
void judge_database_version(struct doctor_checks *checks, int version);

/* Whether there is a connection pooler between this program and the server. */
void judge_pooler(struct doctor_checks *checks, enum pg_pooler pooler);

/* Whether the role may have a connection for each of the jobs that run at once, and one for a login that is
 * stored in the database. */
void judge_connections(struct doctor_checks *checks, const struct database_facts *facts,
                       const struct settings *settings);

void judge_privileges(struct doctor_checks *checks, const struct database_facts *facts);

/* The level of the tool's schema, as schema_read_level() returns it. */
void judge_schema(struct doctor_checks *checks, const struct database_facts *facts,
                  const struct schema_change *levels);

/* Report views that would read other tables if they were made now (load/reports.h). No check if there are
 * none. */
void judge_views(struct doctor_checks *checks, const struct text_list *stale);

void judge_budget(struct doctor_checks *checks, const struct budget *budget, const struct budget_level *level,
                  int64_t wall_ms);

/* The time until a request may be made, in milliseconds; 0: now. */
int64_t judge_budget_wait_ms(const struct budget *budget, const struct budget_level *level);

/* How far the clock of this machine is ahead of (negative: behind) the clock of `whose`: `the service`, `the
 * database`. */
void judge_clock(struct doctor_checks *checks, const char *name, const char *whose, int64_t ahead_ms);

/* Whether the user sees all contracts that the enabled jobs name. */
void judge_contracts(struct doctor_checks *checks, const struct jobs *jobs, const struct contracts *seen);

void judge_timers(struct doctor_checks *checks, const struct timers *timers);

#endif
