/*
 * Histories for the tests of status: nights at 01:00 UTC up to 2026-11-22, looked at at 07:00.
 */
#ifndef TESTS_UNIT_REPORT_STATUS_HISTORIES_H
#define TESTS_UNIT_REPORT_STATUS_HISTORIES_H

#include "base/macros.h"
#include "report/status/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)

/* 2026-11-22T07:00:00Z */
#define NOW_MS (20779 * DAY_MS + 7 * HOUR_MS)

/* The night so many days ago. */
#define NIGHT_MS(days) (20779 * DAY_MS + HOUR_MS - (days)*DAY_MS)

/* The invocations of the nights, by the days since; each has one chunk. */
static const char *const night_ids[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"};

/* A whole night in one chunk of 35 days, ten seconds long. */
static inline struct run_row night(enum run_status status, int days_ago)
{
    return (struct run_row){
        .run_id = 100 - days_ago,
        .invocation_id = night_ids[days_ago],
        .chunk = 1,
        .chunks = 1,
        .status = status,
        .window = {true, 20744 - days_ago, 20779 - days_ago},
        .source = "query",
        .started_ms = NIGHT_MS(days_ago),
        .finished_ms = status == RUN_RUNNING ? 0 : NIGHT_MS(days_ago) + 10000,
        .rows_read = status == RUN_SUCCEEDED ? 1250 : 0,
        .counts = {.inserted = status == RUN_SUCCEEDED ? 50 : 0},
        .requests = 2,
        .host = "etl-7",
        .pid = 4242 - days_ago,
    };
}

static inline struct run_row failed_night(int days_ago, const char *error, const char *kind, const char *hint)
{
    struct run_row row = night(RUN_FAILED, days_ago);
    row.error = error;
    row.error_kind = kind;
    row.error_hint = hint;
    return row;
}

static inline struct run_list_of_job history_of(const char *job, struct run_row *rows, size_t count)
{
    return (struct run_list_of_job){.job = job,
                                    .contract = "11000000001",
                                    .has_data = true,
                                    .data_through = 20778,
                                    .rows = rows,
                                    .row_count = count,
                                    .is_whole = true};
}

/* A job of the contract that the histories have. */
static const char *only_contract[] = {"11000000001"};
static inline struct job job_named(const char *name)
{
    return (struct job){.name = name, .enabled = true, .contract_numbers = {only_contract, 1}};
}

struct looking {
    struct arena *arena;
    struct settings settings;
    struct status status;
    struct err err;
};

static inline void looking_cleanup(struct looking *looking)
{
    arena_release(looking->arena);
}

/* What becomes of histories and definitions; fails the test where that is an error. */
static inline struct looking look(const struct status_definition *definitions, size_t definition_count,
                                  struct run_list_of_job *histories, size_t count)
{
    struct looking looking = {
        .arena = arena_make(),
        .settings = {.api = {.per_minute = 5, .burst = 50}, .auth = {.client_id = ""}},
    };
    struct status_options options = {
        .settings = &looking.settings,
        .definitions = definitions,
        .definition_count = definition_count,
        .definitions_known = true,
    };
    struct run_list read = {.has_table = true, .now_ms = NOW_MS, .items = histories, .count = count};
    if (!status_make(&options, &read, looking.arena, &looking.status, &looking.err))
        fail_msg("%s", looking.err.text);
    return looking;
}

#endif
