#include "job/request_body.h"

#include "base/json_text.h"

static void put_list(struct buf *body, const char *key, const struct text_list *list)
{
    if (list->count > 0)
        json_text_add_list(body, key, list);
}

static void put_where(const struct job *job, const struct window *window, struct buf *body)
{
    SCOPED(buf) struct buf where = buf_make(BUF_OWN_TEXT);
    const char *user = job->query.where;
    if (user && window->bounded)
        buf_print(&where, "(%s) AND ", user);
    else if (user)
        buf_put(&where, user);
    if (window->bounded) {
        char from[DATE_TEXT];
        char to[DATE_TEXT];
        const char *field = job->window.field;
        buf_print(&where, "%s >= '%s' AND %s < '%s'", field, date_format(window->from, from), field,
                  date_format(window->to, to));
    }
    if (where.length > 0)
        json_text_add(body, "where", buf_text(&where));
}

void request_body_put(const struct job *job, const struct window *window, struct buf *body)
{
    buf_put(body, "{");
    put_list(body, "fields", &job->query.fields);
    put_list(body, "metrics", &job->query.metrics);
    put_list(body, "usageCategory", &job->query.usage_categories);
    put_where(job, window, body);
    buf_put(body, "}");
}
