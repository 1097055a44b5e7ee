/*
 * What rows a request stands for: the columns, the window, the number of rows, and how row i becomes one
 * combination of the field values. The independent fields are the digits of a mixed-radix number; row i is
 * number start + i * step modulo their product, step having no divisor in common with it, so that no
 * combination comes twice. In by-period mode each day (month, contract year) of the window has a series of
 * its own, which does not know the window: month by month gives the same rows as the whole. A plan is
 * immutable but for the tables it makes when first needed, and counted by reference.
 */
#ifndef SIM_PLAN_H
#define SIM_PLAN_H

#include "answer.h"
#include "config.h"

#include <pthread.h>

/* More than a body may ask for, so that the period has room too. */
#define PLAN_MAX_COLUMNS 64

enum period_unit { PERIOD_NONE, PERIOD_DAY, PERIOD_MONTH, PERIOD_YEAR };
enum column_kind { COLUMN_TABLE, COLUMN_BIG, COLUMN_TIME, COLUMN_METRIC };

/* A dimension that stands for the period, not for a digit. */
#define PLAN_PERIOD UINT32_MAX

struct dimension {
    const struct field *field;
    uint32_t values;
    bool independent; /* a digit of the number; else its value follows from the others */
    uint64_t salt;
};

struct column {
    const char *name;
    enum column_kind kind;
    const struct field *field;
    enum metric metric;
    uint64_t salt;
    uint32_t dimension; /* PLAN_PERIOD: shown from the period */
    const struct table *tables[FORMAT_COUNT];
    struct table *own[FORMAT_COUNT]; /* those of `tables` that the plan frees */
};

struct plan {
    atomic_uint references;
    struct config *config;
    char *contract;
    int64_t contract_start_day;
    const struct fixed_result *fixed; /* not NULL: raw rows */
    struct answer *answer; /* not NULL: the world's rows; neither: rows generated in a given number */

    struct query_body body;
    struct column columns[PLAN_MAX_COLUMNS];
    size_t column_count;
    struct dimension dimensions[PLAN_MAX_COLUMNS];
    uint32_t dimension_count;
    uint32_t categories_dimension; /* PLAN_PERIOD when usageCategory is no field */
    bool has_session_start;

    enum period_unit unit;
    int64_t first_period;
    int64_t period_count; /* 1 without a unit */
    bool period_is_digit; /* fixed number of rows: the period is dimension 0 */
    uint64_t combinations;
    uint64_t step;
    uint64_t seed;
    uint64_t base_rows;       /* a period's rows before scale: rows are numbered for restatements by them */
    uint64_t rows_per_period; /* of the whole result in fixed mode */
    uint64_t total;

    pthread_mutex_t lock;
    bool ready[FORMAT_COUNT];
    size_t row_bytes[FORMAT_COUNT]; /* no row is longer */
};

/* A plan for a checked body, which it takes over (and leaves empty). config is held. */
struct plan *plan_make(struct config *config, const struct contract *contract, struct query_body *body);
struct plan *plan_hold(struct plan *plan);
void plan_release(struct plan *plan);

/* Makes the tables of a format ready; cheap when they are. */
void plan_prepare(struct plan *plan, enum format format);

/* The column list's names, whatever the kind of result. */
size_t plan_column_count(const struct plan *plan);
const char *plan_column_name(const struct plan *plan, size_t column);

#endif
