#include "job/request_body.h"

#include "base/json_writer.h"

static void put_list(struct json_writer *body, const char *key, const struct text_list *list)
{
    if (list->count > 0)
        json_put_list(body, key, list);
}

static void put_where(const struct job *job, const struct window *window, struct json_writer *body)
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
        json_put_text(body, "where", buf_text(&where));
}

void request_body_put(const struct job *job, const struct window *window, struct buf *body)
{
    struct json_writer json = json_writer_make(body);
    json_begin_object(&json, NULL);
    put_list(&json, "fields", &job->query.fields);
    put_list(&json, "metrics", &job->query.metrics);
    put_list(&json, "usageCategory", &job->query.usage_categories);
    put_where(job, window, &json);
    json_end(&json);
}
