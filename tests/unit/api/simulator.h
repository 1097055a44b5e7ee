/*
 * The simulator of the service, tests/sim, as a process of the test's own, and a worker's way to it.
 */
#ifndef TESTS_UNIT_API_SIMULATOR_H
#define TESTS_UNIT_API_SIMULATOR_H

#include "api/export.h"

/* Starts it; both return 0, for cmocka's group set-up. It dies with the test. */
int simulator_start(void **state);
int simulator_stop(void **state);

/* POST /_sim/PATH with a JSON body: its manual is tests/sim/README.md. */
void simulator_control(const char *path, const char *json);

/* As after the start. */
int simulator_reset(void **state);

/* A count of `stats`; of the requests of a kind. */
long simulator_stat(const char *name);
long simulator_requests(const char *kind);

/* A worker's way: no limit on our side, polls every few milliseconds, two retries, a minute's timeout. */
struct way {
    struct settings settings;
    struct api api;
    struct err err;
};

void way_begin(struct way *way);
void way_cleanup(struct way *way);

/* Ends the test with the error's own words where it has failed. */
void must(bool succeeded, const struct err *err);

/* The failure that way->err tells of has to be of this kind, and to say these words. */
void expect_failure(const struct way *way, enum err_kind kind, const char *words);

/* What the tests export. */
#define CONTRACT "11000000001"
#define BODY "{\"fields\":[\"usageDate\",\"userName\"],\"metrics\":[\"tokensConsumed\"]}"

/* Asks for an export of this file name, or `daily-7`; it has to be made. */
void make_named(struct way *way, struct export *export, const char *name);
void make(struct way *way, struct export *export);

#endif
