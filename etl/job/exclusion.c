#include "job/exclusion.h"

#include "base/text.h"

#include <string.h>

const struct exclusion exclusions[] = {
#define EXCLUSION(key, value, section, excluded, why) {key, value, section, excluded, why},
#include "job/exclusions.def"
#undef EXCLUSION
    {0},
};

void exclusions_check(const struct job_draft *draft, const char *key, const char *value)
{
    const char *dot = strrchr(key, '.');
    for (const struct exclusion *each = exclusions; each->key; each++) {
        const struct yaml_node *given = job_draft_node(draft, each->section, each->excluded);
        if (!given || !text_equal(each->key, key) || !text_equal(each->value, value))
            continue;
        finding_error(draft->context->findings, given->place,
                      "`%s%s%s` cannot be combined with `%s: %s`, %s: remove one of the two", each->section,
                      each->excluded ? "." : "", each->excluded ? each->excluded : "", dot ? dot + 1 : key,
                      value, each->why);
    }
}
