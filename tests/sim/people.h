/*
 * The people of a contract and their habits. All about a person follows from the seed and the person's
 * number.
 */
#ifndef SIM_PEOPLE_H
#define SIM_PEOPLE_H

#include "usage.h"

enum { PEOPLE_PRIMARY, PEOPLE_SECONDARY, PEOPLE_CLOUD, PEOPLE_PRODUCTS };

struct person {
    uint32_t number;
    uint64_t seed;
    int64_t first_day, end_day; /* with the company: from the first, before the end */
    uint32_t site;
    bool part_time; /* not on Fridays */
    uint32_t products[PEOPLE_PRODUCTS];
    uint64_t
        custom[USAGE_CUSTOM_FIELDS]; /* customField1, the department, customField2, the site, and so on */
};

/* What people's habits look at in a day. */
struct people_day {
    int64_t day;
    int weekday;    /* 0: Monday */
    int of_year;    /* 0: 1 January */
    int month;      /* 0: January */
    int64_t months; /* as date_month_of() counts */
    bool holiday;
};

/* Person `number` of the contract that began on start_day; seed is the contract's. More than half are there
 * from the start, the others join in its first four years, and some leave. */
struct person people_person(uint64_t seed, uint32_t number, int64_t start_day);

struct people_day people_day(int64_t day);

/* Whether the person works on that day: weekdays rather than weekends and holidays, less in December, and not
 * in two weeks of summer. */
bool people_at_work(const struct person *person, const struct people_day *day);

/* A well-mixed number of two others: what the world uses for chance. */
uint64_t people_chance(uint64_t seed, uint64_t a, uint64_t b);

#endif
