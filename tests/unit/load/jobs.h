/*
 * Jobs for tests, written down as C: NAMES() is a list of names where an initialiser stands.
 */
#ifndef UNIT_LOAD_JOBS_H
#define UNIT_LOAD_JOBS_H

#include "job/job.h"

#define NAMES(...)                                                                                           \
    {                                                                                                        \
        .items = (const char *[]){__VA_ARGS__},                                                              \
        .count = sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *)                                \
    }

/* Rows of a day: what chunks may be split and merged over. */
static const struct job job_daily UNUSED = {
    .name = "daily",
    .description = "Tokens by product, user and day",
    .query = {.fields = NAMES("usageDate", "productName", "userName"),
              .metrics = NAMES("tokensConsumed", "useCount")},
    .window = {.present = true, .field = "usageDate"},
    .target = {.table = "daily", .key = NAMES("usageDate", "productName", "userName")},
    .checks = {.max_vanished_percent = 50},
};

/* No day in its rows: each window is a snapshot of its own. */
static const struct job job_snapshot UNUSED = {
    .name = "snapshot",
    .query = {.fields = NAMES("productName"), .metrics = NAMES("uniqueUsers")},
    .window = {.present = true, .field = "usageDate"},
    .target = {.table = "snapshot", .key = NAMES("productName")},
    .checks = {.max_vanished_percent = 50},
};

/* One row a contract. */
static const struct job job_total UNUSED = {
    .name = "total",
    .query = {.metrics = NAMES("tokensConsumed", "uniqueUsers")},
    .target = {.table = "total"},
    .checks = {.max_vanished_percent = 50},
};

#endif
