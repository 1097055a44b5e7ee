#include "people.h"

#include "date.h"
#include "text.h"
#include "words.h"

#define SITES 6
#define DEPARTMENTS 6
#define SUMMER 182 /* day of the year on which the first one goes on holiday */

static const uint32_t cloud_products[] = {7, 24, 25, 26}; /* of words_products */

/* What a person's traits are drawn with. */
enum {
    TRAIT_JOINS,
    TRAIT_LEAVES,
    TRAIT_STAYS,
    TRAIT_SITE,
    TRAIT_DEPARTMENT,
    TRAIT_PART_TIME,
    TRAIT_PRODUCT,
    TRAIT_SUMMER = TRAIT_PRODUCT + PEOPLE_PRODUCTS,
    TRAIT_CUSTOM,
    TRAIT_AT_WORK
};

uint64_t people_chance(uint64_t seed, uint64_t a, uint64_t b)
{
    return text_mix(seed + a * 0x9e3779b97f4a7c15u + b * 0xd6e8feb86659fd93u);
}

static void give_custom_fields(struct person *person, uint32_t department)
{
    bool unassigned = people_chance(person->seed, TRAIT_CUSTOM, 0) % 25 == 0;

    person->custom[0] = unassigned ? USAGE_NULL : department + 1;
    person->custom[1] = person->site + 1;
    person->custom[2] = department % 4 + 1;
    for (unsigned i = 3; i < USAGE_CUSTOM_FIELDS; i++) {
        uint64_t value = people_chance(person->seed, TRAIT_CUSTOM, i) % (WORDS_CUSTOM_COUNT + 1);

        person->custom[i] = value == 0 ? USAGE_NULL : value;
    }
}

struct person people_person(uint64_t seed, uint32_t number, int64_t start_day)
{
    struct person person = {.number = number, .seed = people_chance(seed, 1, number)};
    uint64_t own = person.seed;
    uint32_t department = (uint32_t)(people_chance(own, TRAIT_DEPARTMENT, 0) % DEPARTMENTS);

    person.first_day = start_day;
    if (people_chance(own, TRAIT_JOINS, 0) % 10 >= 6)
        person.first_day += (int64_t)(people_chance(own, TRAIT_JOINS, 1) % 1461);
    person.end_day = INT64_MAX;
    if (people_chance(own, TRAIT_LEAVES, 0) % 8 == 0)
        person.end_day = person.first_day + 200 + (int64_t)(people_chance(own, TRAIT_STAYS, 0) % 1200);
    person.site = (uint32_t)(people_chance(own, TRAIT_SITE, 0) % SITES);
    person.part_time = people_chance(own, TRAIT_PART_TIME, 0) % 5 == 0;
    person.products[PEOPLE_PRIMARY] =
        (department * 6 + (uint32_t)(people_chance(own, TRAIT_PRODUCT, 0) % 6)) %
        (uint32_t)words_product_count;
    person.products[PEOPLE_SECONDARY] =
        (uint32_t)(people_chance(own, TRAIT_PRODUCT, PEOPLE_SECONDARY) % words_product_count);
    person.products[PEOPLE_CLOUD] = cloud_products[people_chance(own, TRAIT_PRODUCT, PEOPLE_CLOUD) % 4];
    give_custom_fields(&person, department);
    return person;
}

struct people_day people_day(int64_t day)
{
    int64_t month = date_month_of(day);
    int64_t of_month = day - date_month_start(month);
    struct people_day of = {.day = day,
                            .weekday = (int)((day + 3) % 7), /* 1970 began on a Thursday */
                            .of_year = (int)(day - date_month_start(month - month % 12)),
                            .month = (int)(month % 12),
                            .months = month};

    /* Christmas to New Year, and the first of May. */
    of.holiday = (of.month == 11 && of_month >= 23) || (of_month == 0 && (of.month == 0 || of.month == 4));
    return of;
}

bool people_at_work(const struct person *person, const struct people_day *day)
{
    int summer = SUMMER + (int)(people_chance(person->seed, TRAIT_SUMMER, 0) % 48);
    uint64_t percent = 78 + person->seed % 15;

    if (day->day < person->first_day || day->day >= person->end_day)
        return false;
    if (day->weekday >= 5 || day->holiday)
        percent = 4;
    else if ((person->part_time && day->weekday == 4) ||
             (day->of_year >= summer && day->of_year < summer + 14))
        percent = 0;
    else if (day->month == 11)
        percent -= 12;
    return people_chance(person->seed, TRAIT_AT_WORK, (uint64_t)day->day) % 100 < percent;
}
