#include "export.h"

#include "clock.h"
#include "date.h"
#include "sim.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

static const char *const status_names[] = {"Requested", "Download", "Error"};

void export_request_free(struct export_request *export)
{
    free(export->key);
    free(export->contract);
    free(export->file_name);
    free(export->signature);
    plan_release(export->plan);
    free(export);
}

void exports_free(struct exports *exports)
{
    for (size_t i = 0; i < exports->count; i++)
        export_request_free(exports->list[i]);
    exports->count = 0;
    exports->errors_made = 0;
}

int64_t export_outstanding(const struct sim *sim)
{
    int64_t count = 0;

    for (size_t i = 0; i < sim->exports.count; i++)
        count += sim->exports.list[i]->status == EXPORT_REQUESTED;
    return count;
}

/* A new presigned URL, good from now on. */
static void sign(struct export_request *export, const struct config *config)
{
    free(export->signature);
    export->signature = text_random_hex(16);
    export->url_until_ms = clock_ms() + config->download_url_lifetime_ms;
    export->url_until_utc_s = (clock_utc_ms() + config->download_url_lifetime_ms) / 1000;
}

/* Moves the export on by one look at it. */
static void look(struct export_request *export, const struct config *config)
{
    if (export->status != EXPORT_REQUESTED)
        return;
    if (export->polls_left > 0) {
        export->polls_left--;
        return;
    }
    if (clock_ms() < export->ready_ms)
        return;
    export->status = export->will_fail ? EXPORT_ERROR : EXPORT_DOWNLOAD;
    if (export->status == EXPORT_DOWNLOAD)
        sign(export, config);
}

static char *url_of(const struct sim *sim, const struct export_request *export, const struct request *request)
{
    char *host = request_host(request);
    struct buf url = BUF_MAX(65536);

    buf_format(&url, "%s:%u/files/", host, sim->download_port);
    buf_percent(&url, export->file_name);
    buf_text(&url, "?key=");
    buf_percent(&url, export->key);
    buf_format(&url, "&X-Amz-Expires=%lld&X-Amz-Signature=%s",
               (long long)(request->config->download_url_lifetime_ms / 1000), export->signature);
    free(host);
    return buf_take(&url);
}

static void write_export(const struct sim *sim, const struct export_request *export,
                         const struct request *request, struct buf *out)
{
    char date[DATE_BYTES];

    buf_text(out, "{\"requestKey\":");
    buf_json(out, export->key);
    buf_format(out, ",\"requestStatus\":\"%s\",\"downloadFileName\":", status_names[export->status]);
    buf_json(out, export->file_name);
    buf_format(out, ",\"exportRequestDate\":\"%sZ\"", date_time_text(export->asked_utc_s, date));
    if (export->status == EXPORT_DOWNLOAD) {
        char *url = url_of(sim, export, request);

        buf_text(out, ",\"downloadUrl\":");
        buf_json(out, url);
        buf_format(out, ",\"downloadUrlExpireDate\":\"%s%s\",\"readFlag\":%s",
                   date_time_text(export->url_until_utc_s, date), request->config->download_url_z ? "Z" : "",
                   export->read ? "true" : "false");
        free(url);
    }
    buf_char(out, '}');
}

static void keep(struct exports *exports, struct export_request *export)
{
    if (exports->count == EXPORT_MAX) {
        export_request_free(exports->list[0]);
        exports->count--;
        memmove(exports->list, exports->list + 1, exports->count * sizeof exports->list[0]);
    }
    exports->list[exports->count++] = export;
}

static struct export_request *make(struct request *request, struct query_body *body)
{
    struct export_request *export = mem_zero(1, sizeof *export);
    const struct config *config = request->config;
    char date[DATE_BYTES], *hex = text_random_hex(16);

    export->asked_utc_s = clock_utc_seconds();
    export->key = mem_format("%s#%s", date_time_text(export->asked_utc_s, date), hex);
    export->contract = mem_text(request->contract);
    export->file_name =
        mem_format("%s.csv", body->download_file_name != NULL ? body->download_file_name : hex);
    export->polls_left = config->export_polls;
    export->ready_ms = clock_ms() + config->export_ms;
    export->plan = plan_make(request->config, config_contract(config, request->contract), body);
    free(hex);
    return export;
}

void export_submit(struct sim *sim, struct request *request, struct reply *reply)
{
    struct query_body body;
    char *message = NULL;

    if (!body_read(request_body(request), BODY_EXPORT, &body, &message)) {
        reply_error(reply, 400, message);
        free(message);
        body_free(&body);
        return;
    }
    struct export_request *export = make(request, &body);
    body_free(&body);
    sim_lock(sim);
    if (export_outstanding(sim) >= request->config->export_quota) {
        sim->stats.refused_quota++;
        export_request_free(export);
        reply_export_quota(reply);
    } else {
        export->will_fail = sim->exports.errors_made < request->config->export_errors;
        sim->exports.errors_made += export->will_fail;
        keep(&sim->exports, export);
        reply->status = (unsigned)request->config->created_status;
        write_export(sim, export, request, &reply->body);
    }
    sim_unlock(sim);
}

/* The export that the path names, of its contract; else NULL and a 404. Under the lock. */
static struct export_request *named(struct sim *sim, const struct request *request, struct reply *reply)
{
    for (size_t i = 0; i < sim->exports.count; i++) {
        struct export_request *export = sim->exports.list[i];

        if (strcmp(export->key, request->parts[5]) == 0 && strcmp(export->contract, request->contract) == 0)
            return export;
    }
    reply_error(reply, 404, "There is no such export request.");
    return NULL;
}

void export_status(struct sim *sim, struct request *request, struct reply *reply)
{
    sim_lock(sim);
    struct export_request *export = named(sim, request, reply);
    if (export != NULL) {
        look(export, request->config);
        write_export(sim, export, request, &reply->body);
    }
    sim_unlock(sim);
}

void export_list(struct sim *sim, struct request *request, struct reply *reply)
{
    char *from = text_form_get(request->form, "fromDate");
    char *to = text_form_get(request->form, "toDate");
    int64_t from_day, to_day;
    bool first = true;

    if (from == NULL || to == NULL || !date_parse(from, &from_day) || !date_parse(to, &to_day)) {
        reply_error(reply, 400, "fromDate and toDate are required.");
    } else {
        sim_lock(sim);
        buf_char(&reply->body, '[');
        for (size_t i = 0; i < sim->exports.count; i++) {
            struct export_request *export = sim->exports.list[i];
            int64_t day = export->asked_utc_s / 86400;

            if (strcmp(export->contract, request->contract) != 0 || day < from_day || day > to_day)
                continue;
            buf_text(&reply->body, first ? "" : ",\n");
            write_export(sim, export, request, &reply->body);
            first = false;
        }
        buf_char(&reply->body, ']');
        sim_unlock(sim);
    }
    free(from);
    free(to);
}

void export_retry(struct sim *sim, struct request *request, struct reply *reply)
{
    sim_lock(sim);
    struct export_request *export = named(sim, request, reply);
    if (export != NULL && export->status == EXPORT_ERROR) {
        export->status = EXPORT_REQUESTED;
        export->will_fail = false;
        export->polls_left = request->config->export_polls;
        export->ready_ms = clock_ms() + request->config->export_ms;
    }
    if (export != NULL)
        write_export(sim, export, request, &reply->body);
    sim_unlock(sim);
}

void export_refresh_url(struct sim *sim, struct request *request, struct reply *reply)
{
    sim_lock(sim);
    struct export_request *export = named(sim, request, reply);
    if (export != NULL && export->status == EXPORT_DOWNLOAD) {
        sign(export, request->config);
        write_export(sim, export, request, &reply->body);
    } else if (export != NULL) {
        reply_error(reply, 400, "The export has no file.");
    }
    sim_unlock(sim);
}

void export_mark_read(struct sim *sim, struct request *request, struct reply *reply)
{
    struct json_object *keys = json_read(request_body(request));
    bool first = true;
    size_t count = 0;
    const char **texts = json_texts(keys, &count);

    if (!json_object_is_type(keys, json_type_array) || texts == NULL) {
        reply_error(reply, 400, "The request body is no array of request keys.");
    } else {
        sim_lock(sim);
        buf_char(&reply->body, '[');
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0; k < sim->exports.count; k++) {
                struct export_request *export = sim->exports.list[k];

                if (strcmp(export->key, texts[i]) != 0 || strcmp(export->contract, request->contract) != 0 ||
                    export->read)
                    continue;
                export->read = true;
                buf_text(&reply->body, first ? "" : ",");
                buf_json(&reply->body, export->key);
                first = false;
            }
        buf_char(&reply->body, ']');
        sim_unlock(sim);
    }
    free(texts);
    json_object_put(keys);
}

void export_delete(struct sim *sim, struct request *request, struct reply *reply)
{
    struct exports *exports = &sim->exports;

    sim_lock(sim);
    struct export_request *export = named(sim, request, reply);
    for (size_t i = 0; export != NULL && i < exports->count; i++)
        if (exports->list[i] == export) {
            exports->count--;
            memmove(exports->list + i, exports->list + i + 1, (exports->count - i) * sizeof exports->list[0]);
            export_request_free(export);
            reply->status = 204;
            break;
        }
    sim_unlock(sim);
}

void export_schedules(struct sim *sim, struct request *request, struct reply *reply)
{
    (void)sim;
    (void)request;
    buf_text(&reply->body, "[]");
}
