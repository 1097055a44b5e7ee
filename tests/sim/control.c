#include "control.h"

#include "clock.h"
#include "date.h"
#include "dump.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define WAIT_DEFAULT_MS 10000

typedef void control_call(struct sim *sim, struct request *request, struct reply *reply);

static void refuse(struct reply *reply, unsigned status, char *reason)
{
    reply->status = status;
    buf_text(&reply->body, "{\"error\":");
    buf_json(&reply->body, reason);
    buf_text(&reply->body, "}\n");
    free(reason);
}

static void agree(struct reply *reply)
{
    buf_text(&reply->body, "{\"ok\":true}\n");
}

static void show_config(struct sim *sim, struct request *request, struct reply *reply)
{
    (void)request;
    sim_lock(sim);
    char *text = config_json(sim->config);
    sim_unlock(sim);
    buf_text(&reply->body, text);
    buf_char(&reply->body, '\n');
    free(text);
}

/* Merges change (taken over) into the settings. */
static void change_config(struct sim *sim, struct json_object *change, struct reply *reply)
{
    char *reason = NULL;

    sim_lock(sim);
    struct config *config = config_change(sim->config, change, &reason);
    if (config != NULL) {
        if (json_member(change, "export_errors") != NULL)
            sim->exports.errors_made = 0;
        if (json_member(change, "download") != NULL)
            sim->cuts_made = 0;
        if (json_member(change, "rate_limit") != NULL)
            sim->budget = (struct budget){0};
        config_release(sim->config);
        sim->config = config;
        sim_seed_tokens(sim);
    }
    sim_unlock(sim);
    json_object_put(change);
    if (config == NULL)
        refuse(reply, 400, reason);
    else
        agree(reply);
}

static void post_config(struct sim *sim, struct request *request, struct reply *reply)
{
    change_config(sim, json_read(request_body(request)), reply);
}

static void post_script(struct sim *sim, struct request *request, struct reply *reply)
{
    char *reason = NULL;
    struct script *script = script_make(json_read(request_body(request)), &reason);

    if (script == NULL) {
        refuse(reply, 400, reason);
        return;
    }
    sim_lock(sim);
    script_release(sim->script);
    sim->script = script;
    sim_unlock(sim);
    agree(reply);
}

/* Adds entry (taken over) to the list that a setting is. */
static void add_to_list(struct sim *sim, const char *setting, struct json_object *entry, struct reply *reply)
{
    struct json_object *change = json_object_new_object(), *list = NULL;

    sim_lock(sim);
    if (json_object_deep_copy(json_member(sim->config->tree, setting), &list, NULL) != 0)
        abort();
    sim_unlock(sim);
    json_object_array_add(list, entry);
    json_object_object_add(change, setting, list);
    change_config(sim, change, reply);
}

/* Adds a change, which is known from today on unless it says otherwise. */
static void add_change(struct sim *sim, struct json_object *entry, struct reply *reply)
{
    char today[DATE_BYTES];

    sim_lock(sim);
    date_text(sim->config->today > 0 ? sim->config->today : clock_today(), today);
    sim_unlock(sim);
    if (json_member(entry, "known") == NULL)
        json_object_object_add(entry, "known", json_object_new_string(today));
    add_to_list(sim, "changes", entry, reply);
}

static void post_change(struct sim *sim, struct request *request, struct reply *reply)
{
    struct json_object *entry = json_read(request_body(request));

    if (json_object_is_type(entry, json_type_object)) {
        add_change(sim, entry, reply);
        return;
    }
    json_object_put(entry);
    refuse(reply, 400, mem_text("a change is a JSON object"));
}

/* Of the world, or of rows in a given number. */
static void post_restate(struct sim *sim, struct request *request, struct reply *reply)
{
    struct json_object *body = json_read(request_body(request)), *entry = json_object_new_object();

    sim_lock(sim);
    bool world = config_has_world(sim->config);
    sim_unlock(sim);
    json_object_object_add(entry, "every", json_object_new_int64(json_number(body, "every", 10)));
    json_object_object_add(entry, "offset", json_object_new_int64(json_number(body, "offset", 0)));
    json_object_put(body);
    if (world) {
        json_object_object_add(entry, "what", json_object_new_string("restate"));
        add_change(sim, entry, reply);
    } else {
        add_to_list(sim, "restatements", entry, reply);
    }
}

static void rescale(struct sim *sim, struct request *request, struct reply *reply, double sign)
{
    struct json_object *body = json_read(request_body(request));
    struct json_object *change = json_object_new_object();
    double fraction = json_real(body, "fraction", 0.1);

    sim_lock(sim);
    double scale = sim->config->scale * (1 + sign * fraction);
    sim_unlock(sim);
    json_object_object_add(change, "scale", json_object_new_double(scale));
    json_object_put(body);
    change_config(sim, change, reply);
}

static void post_grow(struct sim *sim, struct request *request, struct reply *reply)
{
    rescale(sim, request, reply, 1);
}

static void post_shrink(struct sim *sim, struct request *request, struct reply *reply)
{
    rescale(sim, request, reply, -1);
}

static void post_rows(struct sim *sim, struct request *request, struct reply *reply)
{
    char *contract = text_form_get(request->form, "contract");
    char *reason = NULL;

    sim_lock(sim);
    request->config = config_hold(sim->config);
    sim_unlock(sim);
    reply->stream = dump_stream(request->config, contract, request_body(request), &reason);
    reply->transfer = TRANSFER_CHUNKED;
    reply->content_type = "text/csv";
    free(contract);
    if (reply->stream == NULL) {
        reply->transfer = TRANSFER_LENGTH;
        reply->content_type = "application/json";
        refuse(reply, 400, reason);
    }
}

static void show_stats(struct sim *sim, struct request *request, struct reply *reply)
{
    int64_t with_log = 0;

    if (!text_form_number(request->form, "log", 0, &with_log))
        with_log = 1;
    sim_lock(sim);
    buf_char(&reply->body, '{');
    stats_write(&sim->stats, with_log != 0, &reply->body);
    buf_format(&reply->body, ",\"outstanding_exports\":%lld,\"rules\":[", (long long)export_outstanding(sim));
    for (size_t i = 0; i < sim->script->count; i++)
        buf_format(&reply->body, "%s{\"seen\":%lld,\"fired\":%lld}", i > 0 ? "," : "",
                   (long long)sim->script->rules[i].seen, (long long)sim->script->rules[i].fired);
    buf_text(&reply->body, "]}\n");
    sim_unlock(sim);
}

static void wait_for(struct sim *sim, struct request *request, struct reply *reply)
{
    char *kind = text_form_get(request->form, "kind");
    int64_t count = 1, timeout_ms = WAIT_DEFAULT_MS, held = -1;
    bool good = text_form_number(request->form, "count", 1, &count) &&
                text_form_number(request->form, "held", -1, &held) &&
                text_form_number(request->form, "timeout_ms", WAIT_DEFAULT_MS, &timeout_ms);
    int64_t until_ms = clock_ms() + timeout_ms;
    struct timespec until = {.tv_sec = (time_t)(until_ms / 1000),
                             .tv_nsec = (long)(until_ms % 1000) * 1000000};

    count = held >= 0 ? held : count;
    sim_lock(sim);
    const int64_t *counter = stats_counter(&sim->stats, held >= 0 ? "held" : kind != NULL ? kind : "");
    while (good && counter != NULL && *counter < count && !sim->stopping)
        if (pthread_cond_timedwait(&sim->changed, &sim->lock, &until) != 0)
            break;
    bool reached = counter != NULL && *counter >= count;
    sim_unlock(sim);
    if (!good || counter == NULL)
        refuse(reply, 400, mem_text("wait?kind=KIND&count=N&timeout_ms=N or wait?held=N"));
    else if (!reached)
        refuse(reply, 408, mem_text("not in time"));
    else
        agree(reply);
    free(kind);
}

static void post_release(struct sim *sim, struct request *request, struct reply *reply)
{
    (void)request;
    sim_lock(sim);
    sim_release(sim);
    sim_settle(sim);
    sim_unlock(sim);
    agree(reply);
}

static void post_revoke(struct sim *sim, struct request *request, struct reply *reply)
{
    struct json_object *body = json_read(request_body(request));

    sim_lock(sim);
    if (json_flag(body, "access", true))
        tokens_forget(&sim->tokens, GRANT_ACCESS);
    if (json_flag(body, "refresh", false))
        tokens_forget(&sim->tokens, GRANT_REFRESH);
    sim_unlock(sim);
    json_object_put(body);
    agree(reply);
}

static void post_reset(struct sim *sim, struct request *request, struct reply *reply)
{
    char *keep = text_form_get(request->form, "keep");
    char *only = text_form_get(request->form, "only");
    bool only_stats = only != NULL && strcmp(only, "stats") == 0;

    sim_lock(sim);
    if (!only_stats)
        sim_release(sim);
    sim_settle(sim);
    if (only_stats)
        stats_reset(&sim->stats);
    else
        sim_reset(sim, keep != NULL && strcmp(keep, "config") == 0);
    sim_unlock(sim);
    free(keep);
    free(only);
    agree(reply);
}

void control_serve(struct sim *sim, struct request *request, struct reply *reply)
{
    static const struct {
        const char *method;
        const char *name;
        control_call *call;
    } calls[] = {
        {"GET", "config", show_config},  {"POST", "config", post_config}, {"POST", "script", post_script},
        {"GET", "stats", show_stats},    {"GET", "wait", wait_for},       {"POST", "restate", post_restate},
        {"POST", "change", post_change}, {"POST", "grow", post_grow},     {"POST", "shrink", post_shrink},
        {"POST", "rows.csv", post_rows}, {"GET", "rows.csv", post_rows},  {"POST", "release", post_release},
        {"POST", "revoke", post_revoke}, {"POST", "reset", post_reset},
    };
    const char *name = request->part_count == 2 ? request->parts[1] : "";

    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (strcmp(calls[i].name, name) == 0 && strcmp(calls[i].method, request->method) == 0) {
            calls[i].call(sim, request, reply);
            return;
        }
    refuse(reply, 404, mem_format("no such control call: %s /_sim/%s", request->method, name));
}
