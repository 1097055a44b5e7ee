#include "world.h"

#include "config.h"
#include "date.h"
#include "domain.h"
#include "text.h"
#include "words.h"

#include <stdio.h>
#include <string.h>

#define TOKENS_A_PERSON 600
#define FEWEST_PEOPLE 12
#define LATEST_DAYS 12

/* A machine in the user's place, and a user in the machine's. */
#define SWAPPED ((uint64_t)1 << 32)

/* By words_products: VRED Professional and Arnold. */
#define FIRST_MACHINE_METERED 33
#define LAST_MACHINE_METERED 34

/* By the order of the texts of domain.c. */
enum { CHARGED, FREE, CASUAL, NOT_APPLICABLE, INCREMENTAL };
enum { DESKTOP_PRODUCT, CLOUD_PRODUCT, CLOUD_SERVICE, MANUAL_ADJUSTMENT, MANUAL_CONSUMPTION };
enum { POOL_CONTRACT_YEAR, POOL_MULTI_YEAR };

static const int64_t desktop_rates[] = {1000, 2000, 2000, 3000, 3000, 4000, 5000, 6000}; /* thousandths */
static const int64_t cloud_rates[] = {500, 1000, 1500, 1000};

/* What chance is asked for a person and day; products and sessions are added to the last two. */
enum {
    CHANCE_LATE,
    CHANCE_DAYS_LATE,
    CHANCE_SERVICE,
    CHANCE_PRODUCTS,
    CHANCE_SESSIONS = 64,
    CHANCE_RECORD = 1024
};
/* The records of a person and day; sessions begin with the last one. */
enum { RECORD_CLOUD_PRODUCT, RECORD_CLOUD_SERVICE, RECORD_MANUAL, RECORD_SESSIONS };
#define MAX_SESSIONS 3

/* One day while its records are made. */
struct making {
    const struct world *world;
    struct people_day day;
    int64_t year;
    usage_visit *visit;
    void *context;
};

struct world world_of(const struct config *config, const struct contract *contract)
{
    int64_t people = contract->tokens / TOKENS_A_PERSON;

    people = people < FEWEST_PEOPLE ? FEWEST_PEOPLE : people;
    return (struct world){.seed = text_mix((uint64_t)config->seed ^ text_hash(contract->number)),
                          .start_day = contract->start_day,
                          .end_day = contract->active ? INT64_MAX : contract->end_day + 1,
                          .multi_year = contract->multi_year_tokens > 0,
                          .people = (uint32_t)((double)people * config->scale + 0.5)};
}

int64_t world_contract_year(int64_t contract_start_day, int64_t day)
{
    int64_t start_month = date_month_of(contract_start_day), month = date_month_of(day);
    bool before = day - date_month_start(month) < contract_start_day - date_month_start(start_month);
    int64_t months = month - start_month - before;

    return months < 0 ? 1 : months / 12 + 1;
}

static uint64_t chance_of(const struct making *making, const struct person *person, unsigned what)
{
    return people_chance(person->seed, (uint64_t)making->day.day, what);
}

/* A record of the day with what all categories have. */
static struct usage begin(const struct making *making, const struct person *person, int category,
                          uint32_t product, unsigned record)
{
    struct usage usage = {.number = chance_of(making, person, CHANCE_RECORD + record),
                          .known_day = making->day.day + 1};

    for (int i = 0; i < USAGE_VALUES; i++)
        usage.values[i] = USAGE_NULL;
    for (int i = 0; i <= METRIC_UNKNOWN; i++)
        usage.amounts[i] = USAGE_NONE;
    usage.values[VALUE_DATE] = (uint64_t)making->day.day;
    usage.values[VALUE_MONTH] = (uint64_t)making->day.months;
    usage.values[VALUE_CONTRACT_YEAR] = (uint64_t)making->year;
    usage.values[VALUE_CATEGORY] = (uint64_t)category;
    usage.values[VALUE_PRODUCT_NAME] = usage.values[VALUE_PRODUCT_LINE] = product;
    usage.values[VALUE_USER] = person->number;
    usage.values[VALUE_CHARGED_ITEM] = usage.number;
    usage.values[VALUE_CHARGE_CATEGORY] = NOT_APPLICABLE;
    usage.values[VALUE_UNKNOWN] = person->number % 25;
    memcpy(usage.values + USAGE_CUSTOM, person->custom, sizeof person->custom);
    usage.amounts[METRIC_TOKENS] = 0;
    usage.amounts[METRIC_QUANTITY] = usage.amounts[METRIC_USES] = 1000;
    usage.amounts[METRIC_UNKNOWN] = (int64_t)(usage.number % 10000) * 100;
    /* Now and then all that a person did on a day is reported late. */
    if (chance_of(making, person, CHANCE_LATE) % 33 == 0)
        usage.known_day += 1 + (int64_t)(chance_of(making, person, CHANCE_DAYS_LATE) % LATEST_DAYS);
    return usage;
}

static void set_minutes(struct usage *usage, uint64_t minutes)
{
    usage->amounts[METRIC_MINUTES] = (int64_t)minutes * 1000;
    usage->amounts[METRIC_HOURS] = (int64_t)minutes * 1000 / 60;
}

static void desktop_session(const struct making *making, const struct person *person, uint32_t product,
                            unsigned session)
{
    struct usage usage =
        begin(making, person, DESKTOP_PRODUCT, product, RECORD_SESSIONS + product * MAX_SESSIONS + session);
    uint64_t chance = usage.number, minutes = 16 + chance % 200;
    int64_t rate = desktop_rates[text_mix(product) % 8];
    bool casual = session == 0 && (chance >> 8) % 5 == 0;
    uint64_t start = (uint64_t)making->day.day * 86400 + 25200 + session * 14000 + (chance >> 16) % 12000;
    uint64_t machine = person->number + 1;
    int64_t version = 2026 - making->day.months / 12 + (int64_t)(person->seed >> 8) % 3;

    minutes = casual ? 1 + minutes % 14 : minutes;
    set_minutes(&usage, minutes);
    usage.amounts[METRIC_TOKENS] = session == 0 && !casual ? rate : 0;
    usage.values[VALUE_CHARGE_CATEGORY] = casual ? CASUAL : session == 0 ? CHARGED : FREE;
    usage.values[VALUE_SESSION_START] = start;
    usage.values[VALUE_SESSION_END] = start + minutes * 60;
    usage.values[VALUE_FEATURE_CODE] = product;
    usage.values[VALUE_VERSION] = version < 0 ? 0 : (uint64_t)version;
    usage.values[VALUE_TIME_ZONE] = person->site % 5;
    usage.values[VALUE_SERVER] = person->site % 4;
    usage.values[VALUE_USAGE_TYPE] = (chance >> 32) % 20 == 0;
    usage.values[VALUE_MACHINE] = machine;
    if (product >= FIRST_MACHINE_METERED && product <= LAST_MACHINE_METERED) {
        usage.values[VALUE_USER] = SWAPPED + machine;
        usage.values[VALUE_MACHINE] = SWAPPED + person->number;
    }
    making->visit(making->context, &usage);
}

static void cloud_use(const struct making *making, const struct person *person, uint32_t product)
{
    struct usage usage = begin(making, person, CLOUD_PRODUCT, product, RECORD_CLOUD_PRODUCT);
    bool incremental = usage.number % 5 == 0;

    set_minutes(&usage, 5 + usage.number % 120);
    usage.amounts[METRIC_TOKENS] = incremental ? 250 : cloud_rates[product % 4];
    usage.values[VALUE_CHARGE_CATEGORY] = incremental ? INCREMENTAL : CHARGED;
    usage.values[VALUE_HUB_ID] = usage.values[VALUE_HUB_NAME] = person->site;
    making->visit(making->context, &usage);
}

static void cloud_service(const struct making *making, const struct person *person)
{
    struct usage usage =
        begin(making, person, CLOUD_SERVICE, person->products[PEOPLE_CLOUD], RECORD_CLOUD_SERVICE);
    int64_t quantity = 1 + (int64_t)(usage.number % 20);

    usage.amounts[METRIC_QUANTITY] = quantity * 1000;
    usage.amounts[METRIC_TOKENS] = quantity * 250;
    making->visit(making->context, &usage);
}

static void use_product(const struct making *making, const struct person *person, uint32_t product)
{
    uint64_t chance = chance_of(making, person, CHANCE_SESSIONS + product);

    if (people_is_cloud_product(product)) {
        cloud_use(making, person, product);
        return;
    }
    for (unsigned session = 0; session <= chance % MAX_SESSIONS; session++)
        desktop_session(making, person, product, session);
}

static void day_of_person(const struct making *making, const struct person *person)
{
    static const uint64_t percents[PEOPLE_PRODUCTS] = {92, 30, 25};
    uint64_t used[PEOPLE_PRODUCTS];

    for (unsigned i = 0; i < PEOPLE_PRODUCTS; i++) {
        bool again = false;

        used[i] = UINT64_MAX;
        for (unsigned k = 0; k < i; k++)
            again |= used[k] == person->products[i];
        if (again || chance_of(making, person, CHANCE_PRODUCTS + i) % 100 >= percents[i])
            continue;
        used[i] = person->products[i];
        use_product(making, person, person->products[i]);
    }
    if (chance_of(making, person, CHANCE_SERVICE) % 16 == 0)
        cloud_service(making, person);
}

static struct usage manual(const struct making *making, uint32_t number, int category)
{
    struct person person = people_person(making->world->seed, number, making->world->start_day);
    struct usage usage = begin(making, &person, category, person.products[PEOPLE_PRIMARY], RECORD_MANUAL);

    usage.known_day = making->day.day + 1;
    usage.values[VALUE_TRANSACTION_DATE] = (uint64_t)making->day.day * 86400 + 32400 + usage.number % 20000;
    usage.values[VALUE_REASON_TYPE] = category == MANUAL_ADJUSTMENT ? 0 : 2;
    usage.values[VALUE_REASON_COMMENT] = 1 + usage.number % 11;
    if (category == MANUAL_ADJUSTMENT)
        usage.values[VALUE_TOKEN_POOL] = POOL_CONTRACT_YEAR;
    return usage;
}

/* A service used on the 14th; a credit on the 20th, and every fourth month a charge, to the multi-year pool
 * where there is one. */
static void manual_entries(const struct making *making)
{
    int64_t month = making->day.months, of_month = making->day.day - date_month_start(month) + 1;
    uint32_t person = (uint32_t)(month % making->world->people);

    if (of_month == 14) {
        struct usage usage = manual(making, person, MANUAL_CONSUMPTION);

        usage.amounts[METRIC_TOKENS] = (int64_t)(20 + usage.number % 40) * 1000;
        making->visit(making->context, &usage);
    }
    if (of_month == 20) {
        struct usage usage = manual(making, person, MANUAL_ADJUSTMENT);

        usage.amounts[METRIC_TOKENS] = -(int64_t)(5 + usage.number % 35) * 1000;
        if (month % 4 == 0) {
            usage.amounts[METRIC_TOKENS] = (int64_t)(50 + usage.number % 100) * 1000;
            if (making->world->multi_year)
                usage.values[VALUE_TOKEN_POOL] = POOL_MULTI_YEAR;
            usage.values[VALUE_REASON_TYPE] = 1;
        }
        making->visit(making->context, &usage);
    }
}

void world_day(const struct world *world, int64_t day, usage_visit *visit, void *context)
{
    struct making making = {world, people_day(day), world_contract_year(world->start_day, day), visit,
                            context};

    if (day < world->start_day || day >= world->end_day || world->people == 0)
        return;
    for (uint32_t i = 0; i < world->people; i++) {
        struct person person = people_person(world->seed, i, world->start_day);

        if (people_at_work(&person, &making.day))
            day_of_person(&making, &person);
    }
    manual_entries(&making);
}

void world_adjustment(const struct world *world, int64_t day, int64_t tokens, bool multi_year,
                      struct usage *usage)
{
    struct making making = {
        .world = world, .day = people_day(day), .year = world_contract_year(world->start_day, day)};

    *usage = manual(&making, 0, MANUAL_ADJUSTMENT);
    usage->amounts[METRIC_TOKENS] = tokens;
    usage->values[VALUE_TOKEN_POOL] = multi_year ? POOL_MULTI_YEAR : POOL_CONTRACT_YEAR;
}

int world_place(const struct contract *contract, const char *name)
{
    const struct field *field = field_find(name);
    unsigned custom = 0;

    if (field->value == VALUE_CUSTOM)
        sscanf(name, "customField%2u", &custom);
    for (unsigned i = 0; field->value == VALUE_UNKNOWN && i < contract->enrichment_count; i++)
        if (custom == 0 && strcmp(contract->enrichment[i], name) == 0)
            custom = i + 1;
    return custom > 0 ? USAGE_CUSTOM + (int)custom - 1 : (int)field->value;
}

static size_t time_text(uint64_t seconds, char *out)
{
    char text[DATE_BYTES];

    date_time_text((int64_t)seconds, text);
    return (size_t)snprintf(out, WORLD_TEXT_BYTES, "%s", text);
}

size_t world_text(int place, const char *name, uint64_t value, char *out)
{
    bool swapped = value >= SWAPPED;

    out[0] = '\0';
    if (value == USAGE_NULL)
        return 0;
    if (place >= USAGE_CUSTOM) {
        char custom[32];

        snprintf(custom, sizeof custom, "customField%d", place - USAGE_CUSTOM + 1);
        return domain_text(field_find(custom), custom, value, out);
    }
    if (place == VALUE_DATE || place == VALUE_MONTH) {
        date_text(place == VALUE_DATE ? (int64_t)value : date_month_start((int64_t)value), out);
        return strlen(out);
    }
    if (place == VALUE_CONTRACT_YEAR)
        return (size_t)snprintf(out, WORLD_TEXT_BYTES, "%llu", (unsigned long long)value);
    if (place == VALUE_SESSION_START || place == VALUE_SESSION_END || place == VALUE_TRANSACTION_DATE)
        return time_text(value, out);
    if (place == VALUE_USER && swapped)
        return world_text(VALUE_MACHINE, "machineName", value - SWAPPED, out);
    if (place == VALUE_MACHINE && swapped)
        return world_text(VALUE_USER, "userName", value - SWAPPED, out);
    return domain_text(field_find(name), name, value, out);
}
