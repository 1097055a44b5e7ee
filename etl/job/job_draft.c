#include "job/job_draft.h"

const struct yaml_node *job_draft_node(const struct job_draft *draft, const char *section, const char *key)
{
    const struct yaml_node *node = yaml_get(draft->root, section);
    return key ? yaml_get(node, key) : node;
}

struct place job_draft_item_place(const struct job_draft *draft, const char *section, const char *key,
                                  const char *item)
{
    const struct yaml_node *list = job_draft_node(draft, section, key);
    if (!list)
        return draft->root->place;
    for (size_t i = 0; list->kind == YAML_SEQUENCE && i < list->count; i++)
        if (text_equal(list->items[i]->text, item))
            return list->items[i]->place;
    return list->place;
}
