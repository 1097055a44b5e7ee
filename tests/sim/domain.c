#include "domain.h"

#include "date.h"
#include "text.h"
#include "words.h"

#include <stdio.h>
#include <string.h>

static const char *const charge_categories[] = {"CHARGED", "FREE", "CASUAL", "N/A", "INCREMENTAL"};
static const char *const usage_types[] = {"Normal", "Borrowed"};
static const char *const time_zones[] = {"-8:00", "+1:00", "+9:00", "+5:30", "0:00"};
static const char *const reason_types[] = {"CREDIT", "CORRECTION", "SERVICES"};
static const char *const pools[] = {"CY", "MY"};
static const char *const cities[] = {"BER", "MUC", "SFO", "TYO", "OSL", "KRK"};

uint32_t domain_values(const struct field *field, int64_t asked)
{
    bool closed = field->value == VALUE_CHARGE_CATEGORY || field->value == VALUE_TIME_ZONE ||
                  field->value == VALUE_USAGE_TYPE || field->value == VALUE_REASON_TYPE ||
                  field->dimension == DIMENSION_SECOND;

    if (asked == 0 || (closed && asked > field->values))
        return field->values;
    return (uint32_t)asked;
}

static int user_text(uint64_t index, char *out)
{
    if (index < words_hard_user_count)
        return snprintf(out, DOMAIN_BYTES, "%s", words_hard_users[index]);
    uint64_t person = index - words_hard_user_count;
    const char *first = words_first_names[person % words_first_name_count];
    const char *last = words_last_names[person / words_first_name_count % words_last_name_count];
    uint64_t number = person / (words_first_name_count * words_last_name_count);

    if (number == 0)
        return snprintf(out, DOMAIN_BYTES, "%s.%s@contoso.example", first, last);
    return snprintf(out, DOMAIN_BYTES, "%s.%s%llu@contoso.example", first, last,
                    (unsigned long long)number + 1);
}

static int product_text(enum field_value value, uint64_t index, char *out)
{
    const struct product *product = &words_products[index % words_product_count];
    unsigned long long series = index / words_product_count;
    char more[32] = "";

    if (series > 0)
        snprintf(more, sizeof more, value == VALUE_PRODUCT_NAME ? " Series %llu" : "%llu", series + 1);
    if (value == VALUE_PRODUCT_NAME)
        return snprintf(out, DOMAIN_BYTES, "%s%s", product->name, more);
    if (value == VALUE_PRODUCT_LINE)
        return snprintf(out, DOMAIN_BYTES, "%s%s", product->line_code, more);
    return snprintf(out, DOMAIN_BYTES, "86%03llu%s_2026_0F", (unsigned long long)index, product->line_code);
}

static int custom_text(const char *name, uint64_t index, char *out)
{
    unsigned number = 0;

    sscanf(name, "customField%2u", &number);
    const char *word = words_custom[(number + 9) % 10][(index - 1) % WORDS_CUSTOM_COUNT];
    uint64_t series = (index - 1) / WORDS_CUSTOM_COUNT;

    if (series == 0)
        return snprintf(out, DOMAIN_BYTES, "%s", word);
    return snprintf(out, DOMAIN_BYTES, "%s #%llu", word, (unsigned long long)series + 1);
}

static int named_text(const char *const *list, size_t count, uint64_t index, char *out)
{
    if (index < count)
        return snprintf(out, DOMAIN_BYTES, "%s", list[index]);
    return snprintf(out, DOMAIN_BYTES, "%s %llu", list[index % count],
                    (unsigned long long)(index / count) + 1);
}

#define NAMED(list, index, out) named_text(list, sizeof(list) / sizeof(list)[0], index, out)

static int field_text(const struct field *field, const char *name, uint64_t index, char *out)
{
    unsigned long long n = index;

    switch (field->value) {
    case VALUE_PRODUCT_NAME:
    case VALUE_PRODUCT_LINE:
    case VALUE_FEATURE_CODE:
        return product_text(field->value, index, out);
    case VALUE_USER:
        return user_text(index, out);
    case VALUE_CUSTOM:
        return custom_text(name, index, out);
    case VALUE_VERSION:
        return snprintf(out, DOMAIN_BYTES, "%llu", 2027 - n < 3000 ? 2027 - n : n);
    case VALUE_CATEGORY:
        return snprintf(out, DOMAIN_BYTES, "%s", category_names[index % CATEGORY_COUNT]);
    case VALUE_TOKEN_POOL:
        return NAMED(pools, index, out);
    case VALUE_CHARGED_ITEM:
        return snprintf(out, DOMAIN_BYTES, "%016llx", (unsigned long long)text_mix(index));
    case VALUE_CHARGE_CATEGORY:
        return NAMED(charge_categories, index, out);
    case VALUE_TIME_ZONE:
        return NAMED(time_zones, index, out);
    case VALUE_MACHINE:
        return snprintf(out, DOMAIN_BYTES, "%s-WS-%05llu", cities[index % 6], n);
    case VALUE_SERVER:
        return snprintf(out, DOMAIN_BYTES, "lic%02llu.contoso.example", n + 1);
    case VALUE_USAGE_TYPE:
        return NAMED(usage_types, index, out);
    case VALUE_HUB_ID:
        return snprintf(out, DOMAIN_BYTES, "b.%016llx", (unsigned long long)text_mix(index + 77));
    case VALUE_HUB_NAME:
        return snprintf(out, DOMAIN_BYTES, "Hub %s %llu", cities[index % 6], n + 1);
    case VALUE_REASON_TYPE:
        return NAMED(reason_types, index, out);
    case VALUE_REASON_COMMENT:
        return snprintf(out, DOMAIN_BYTES, "Ticket %llu: \"credited\", see mail", 1000 + n);
    case VALUE_DATE:
    case VALUE_MONTH:
    case VALUE_CONTRACT_YEAR:
    case VALUE_SESSION_START:
    case VALUE_SESSION_END:
    case VALUE_TRANSACTION_DATE:
    case VALUE_UNKNOWN:
        break;
    }
    return snprintf(out, DOMAIN_BYTES, "%.100s %llu", name, n);
}

size_t domain_text(const struct field *field, const char *name, uint64_t index, char *out)
{
    out[0] = '\0';
    if (field->nullable && index == 0)
        return 0;
    int length = field_text(field, name, index, out);
    return length < 0 ? 0 : (size_t)length;
}

void domain_time(int64_t day, uint64_t slot, int64_t length_s, char *out)
{
    char text[DATE_BYTES];

    date_time_text(day * 86400 + (int64_t)slot * 3 + length_s, text);
    memcpy(out, text, 19);
}
