#include "asked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct config *asked_config(const char *changes)
{
    struct config *base = config_default();
    struct json_object *change = json_read(changes);
    char *reason = NULL;
    struct config *config = config_change(base, change, &reason);

    if (config == NULL)
        fail_msg("%s", reason);
    json_object_put(change);
    config_release(base);
    return config;
}

static struct answer *ask(const struct config *config, const char *text, struct query_body *body)
{
    char *message = NULL;

    if (!body_read(text, BODY_EXPORT, body, &message))
        fail_msg("%s", message);
    return answer_make(config, config_contract(config, CONTRACT), body);
}

int64_t asked_sum(const struct config *config, const char *text)
{
    struct query_body body;
    struct answer *answer = ask(config, text, &body);
    size_t in_period, width = body.metric_count;
    int64_t sum = 0;

    for (uint64_t row = 0; row < answer_total(answer);) {
        struct groups *groups = answer_period(answer, answer_find(answer, row, &in_period));

        for (size_t i = 0; i < groups->count; i++)
            sum += groups->amounts[i * width] != USAGE_NONE ? groups->amounts[i * width] : 0;
        row += groups->count;
        groups_release(groups);
    }
    answer_free(answer);
    body_free(&body);
    return sum;
}

uint64_t asked_count(const struct config *config, const char *text)
{
    struct query_body body;
    struct answer *answer = ask(config, text, &body);
    uint64_t count = answer_total(answer);

    answer_free(answer);
    body_free(&body);
    return count;
}

char *asked_rows(const struct config *config, const char *text)
{
    struct query_body body;
    struct answer *answer = ask(config, text, &body);
    struct buf rows = BUF_MAX((size_t)64 << 20);
    size_t in_period;

    for (uint64_t row = 0; row < answer_total(answer); row++) {
        struct groups *groups = answer_period(answer, answer_find(answer, row, &in_period));

        for (size_t i = 0; i < body.field_count + body.metric_count; i++) {
            buf_text(&rows, i > 0 ? "," : "");
            answer_write(answer, groups, in_period, i, FORMAT_JSON, "null", &rows);
        }
        buf_char(&rows, '\n');
        groups_release(groups);
    }
    answer_free(answer);
    body_free(&body);
    return buf_take(&rows);
}
