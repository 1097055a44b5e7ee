#include "change.h"

#include "config.h"
#include "date.h"
#include "domain.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

/* Values of a field that are looked through for a text. */
#define MAX_VALUES 4096

static const char *const kinds[] = {"late", "restate", "vanish", "rewrite", "adjust"};

static bool refuse(size_t index, const char *what, const char *text, char **reason)
{
    *reason =
        mem_format("changes[%zu]: %s%s%s", index, what, text != NULL ? ": " : "", text != NULL ? text : "");
    return false;
}

static int place_of(const char *field)
{
    static const struct contract nameless = {0};

    return world_place(&nameless, field);
}

/* The value that has this text: one of the world's, or of a change before. */
static bool find_value(const char *field, const char *text, const struct change *changes, size_t count,
                       uint64_t *value)
{
    char bytes[DOMAIN_BYTES];

    for (uint64_t i = 0; i < MAX_VALUES; i++)
        if (domain_text(field_find(field), field, i, bytes) > 0 && strcmp(bytes, text) == 0) {
            *value = i;
            return true;
        }
    for (size_t i = 0; i < count; i++)
        if (changes[i].kind == CHANGE_REWRITE && changes[i].place == place_of(field) &&
            changes[i].text != NULL && strcmp(changes[i].text, text) == 0) {
            *value = changes[i].value;
            return true;
        }
    return false;
}

static bool read_dates(struct json_object *entry, struct change *change)
{
    change->from = INT64_MIN;
    change->to = INT64_MAX;
    return date_parse(json_text(entry, "known", ""), &change->known_day) &&
           (json_member(entry, "from") == NULL || date_parse(json_text(entry, "from", ""), &change->from)) &&
           (json_member(entry, "to") == NULL || date_parse(json_text(entry, "to", ""), &change->to));
}

static bool read_choice(struct json_object *entry, const char *member, const char *field,
                        const struct change *changes, size_t index, uint64_t *value)
{
    const char *text = json_text(entry, member, NULL);

    *value = USAGE_NULL;
    return text == NULL || find_value(field, text, changes, index, value);
}

static bool read_choices(struct json_object *entry, const struct change *changes, size_t index,
                         struct change *change, char **reason)
{
    const char *category = json_text(entry, "category", NULL);

    change->category = category != NULL ? category_find(category) : -1;
    change->every = json_number(entry, "every", 1);
    change->offset = json_number(entry, "offset", 0);
    if (category != NULL && (change->category < 0 || change->category >= CATEGORY_DEFAULT_COUNT))
        return refuse(index, "no usage category of today", category, reason);
    if (!read_choice(entry, "user", "userName", changes, index, &change->user))
        return refuse(index, "no such user", json_text(entry, "user", ""), reason);
    if (!read_choice(entry, "product", "productName", changes, index, &change->product))
        return refuse(index, "no such product", json_text(entry, "product", ""), reason);
    if (!read_choice(entry, "charge", "chargeCategory", changes, index, &change->charge))
        return refuse(index, "no such charge category", json_text(entry, "charge", ""), reason);
    if (change->every < 1 || change->offset < 0 || change->offset >= change->every)
        return refuse(index, "every must be positive, offset below it", NULL, reason);
    return true;
}

static bool read_rewrite(struct json_object *entry, const struct change *changes, size_t index,
                         struct change *change, char **reason)
{
    const char *field = json_text(entry, "field", "");

    change->place = place_of(field);
    change->text = json_text(entry, "value", NULL);
    change->value = USAGE_NULL;
    if (change->place != VALUE_USER && change->place < USAGE_CUSTOM)
        return refuse(index, "field is userName or customField1 to customField10, not", field, reason);
    if (change->text != NULL && !find_value(field, change->text, changes, index, &change->value))
        change->value = CHANGE_TEXT + index;
    return true;
}

bool change_read(struct json_object *entry, const struct change *changes, size_t index, struct change *change,
                 char **reason)
{
    const char *kind = json_text(entry, "what", "");

    *change = (struct change){.contract = json_text(entry, "contract", NULL)};
    while (change->kind <= CHANGE_ADJUST && strcmp(kinds[change->kind], kind) != 0)
        change->kind++;
    if (change->kind > CHANGE_ADJUST)
        return refuse(index, "what is late, restate, vanish, rewrite or adjust, not", kind, reason);
    if (!read_dates(entry, change))
        return refuse(index, "known, from and to are dates", NULL, reason);
    if (change->kind == CHANGE_ADJUST && change->from == INT64_MIN)
        return refuse(index, "an adjustment needs its date in from", NULL, reason);
    change->tokens = text_thousandths(json_text(entry, "tokens", "1.5"));
    change->multi_year = strcmp(json_text(entry, "pool", "CY"), "MY") == 0;
    return read_choices(entry, changes, index, change, reason) &&
           (change->kind != CHANGE_REWRITE || read_rewrite(entry, changes, index, change, reason));
}

static bool is_meant(const struct change *change, const char *contract, const struct usage *usage)
{
    int64_t day = (int64_t)usage->values[VALUE_DATE];

    return day >= change->from && day < change->to &&
           (change->category < 0 || usage->values[VALUE_CATEGORY] == (uint64_t)change->category) &&
           (change->user == USAGE_NULL || usage->values[VALUE_USER] == change->user) &&
           (change->product == USAGE_NULL || usage->values[VALUE_PRODUCT_NAME] == change->product) &&
           (change->charge == USAGE_NULL || usage->values[VALUE_CHARGE_CATEGORY] == change->charge) &&
           usage->number % (uint64_t)change->every == (uint64_t)change->offset &&
           (change->contract == NULL || strcmp(change->contract, contract) == 0);
}

bool change_apply(const struct change *change, const char *contract, int64_t today, struct usage *usage)
{
    bool known = change->known_day <= today;

    if (change->kind == CHANGE_ADJUST || (!known && change->kind != CHANGE_LATE) ||
        !is_meant(change, contract, usage))
        return true;
    if (!known)
        return false;
    if (change->kind == CHANGE_RESTATE)
        usage->amounts[METRIC_TOKENS] += change->tokens;
    if (change->kind == CHANGE_VANISH)
        usage->gone = true;
    if (change->kind == CHANGE_REWRITE)
        usage->values[change->place] = change->value;
    if (change->known_day > usage->known_day)
        usage->known_day = change->known_day;
    return true;
}

bool change_adds(const struct change *change, const struct world *world, const char *contract, int64_t today,
                 int64_t day, struct usage *usage)
{
    if (change->kind != CHANGE_ADJUST || change->from != day || change->known_day > today ||
        (change->contract != NULL && strcmp(change->contract, contract) != 0))
        return false;
    world_adjustment(world, day, change->tokens, change->multi_year, usage);
    usage->number ^= (uint64_t)change->known_day << 32;
    usage->values[VALUE_CHARGED_ITEM] = usage->number;
    usage->known_day = change->known_day;
    if (change->user != USAGE_NULL)
        usage->values[VALUE_USER] = change->user;
    if (change->product != USAGE_NULL)
        usage->values[VALUE_PRODUCT_NAME] = usage->values[VALUE_PRODUCT_LINE] = change->product;
    return true;
}
