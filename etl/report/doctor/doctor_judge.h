/*
 * What facts about an installation mean: pure, with clock and history as arguments. Each adds one check.
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

/* The findings about the settings' file, or (of_settings false) about all other files. */
struct inspected_files {
    const struct findings *findings;
    const char *settings_file; /* as findings name it */
    bool settings_exist;
    const struct jobs *jobs;
    const char *jobs_directory;
};
void judge_settings(struct checks *checks, const struct inspected_files *files);
void judge_jobs(struct checks *checks, const struct inspected_files *files);

/* A login that is kept: who, until when. login is NULL where there is none. */
void judge_login(struct checks *checks, const struct settings *settings, const struct login *login,
                 int64_t wall_ms);

/* The scopes of a token, and whether a job cannot do without data:write. */
struct scope_facts {
    const char *granted;  /* with blanks between */
    const char *where;    /* what says so: `auth.scopes`, `the login` */
    const char *exporter; /* an enabled job that goes by export; NULL: none */
};
void judge_scopes(struct checks *checks, const struct scope_facts *facts);

void judge_database(struct checks *checks, const struct database_facts *facts);
void judge_database_version(struct checks *checks, int version);

/* What stands between us and the server. */
void judge_pooler(struct checks *checks, enum pg_pooler pooler);

/* Whether as many connections are allowed as jobs run at once, and one for a login in the database. */
void judge_connections(struct checks *checks, const struct database_facts *facts,
                       const struct settings *settings);

void judge_privileges(struct checks *checks, const struct database_facts *facts);

/* The level of the tool's schema: as schema_look() has it. */
void judge_schema(struct checks *checks, const struct database_facts *facts,
                  const struct schema_change *levels);

void judge_budget(struct checks *checks, const struct budget *budget, const struct budget_level *level,
                  int64_t wall_ms);

/* How long until a request may be made, in milliseconds; 0: now. */
int64_t judge_budget_wait_ms(const struct budget *budget, const struct budget_level *level);

/* How far this machine's clock is ahead (negative: behind) of somebody's: `the service`, `the database`. */
void judge_clock(struct checks *checks, const char *name, const char *whose, int64_t ahead_ms);

/* Whether the enabled jobs' contracts are among those that the user sees. */
void judge_contracts(struct checks *checks, const struct jobs *jobs, const struct contracts *seen);

void judge_timers(struct checks *checks, const struct timers *timers);

#endif
