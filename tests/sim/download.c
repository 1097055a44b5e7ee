#include "download.h"

#include "clock.h"
#include "csv.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void refuse(struct reply *reply, unsigned status, const char *code, const char *message)
{
    reply->status = status;
    reply->content_type = "application/xml";
    buf_format(
        &reply->body,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>%s</Code><Message>%s</Message></Error>",
        code, message);
}

/* The plan of the file that the presigned URL opens, held; NULL and a refusal when it opens none. */
static struct plan *open_file(struct sim *sim, struct request *request, struct reply *reply,
                              uint64_t *file_bytes)
{
    char *key = text_form_get(request->form, "key");
    char *signature = text_form_get(request->form, "X-Amz-Signature");
    struct plan *plan = NULL;
    bool signed_well = false;

    sim_lock(sim);
    for (size_t i = 0; key != NULL && signature != NULL && i < sim->exports.count; i++) {
        const struct export_request *export = sim->exports.list[i];

        if (strcmp(export->key, key) != 0 || export->signature == NULL ||
            strcmp(export->signature, signature) != 0)
            continue;
        signed_well = true;
        if (clock_ms() <= export->url_until_ms)
            plan = plan_hold(export->plan);
        *file_bytes = export->size_known ? export->file_bytes : UINT64_MAX;
    }
    sim->stats.download_with_authorization += request->authorization != NULL;
    sim_unlock(sim);
    if (!signed_well)
        refuse(reply, 403, "SignatureDoesNotMatch", "The request signature does not match.");
    else if (plan == NULL)
        refuse(reply, 403, "AccessDenied", "Request has expired");
    free(key);
    free(signature);
    return plan;
}

/* The whole file's length: found once by making it. A rule's changes are measured each time. */
static uint64_t measure(struct sim *sim, struct request *request, struct plan *plan, uint64_t known)
{
    if (known != UINT64_MAX && request->rule == NULL)
        return known;
    struct csv_stream *stream = csv_stream_make(plan, &plan->config->csv, request->script, request->rule);
    uint64_t bytes = csv_stream_skip(stream, UINT64_MAX);

    csv_stream_free(stream);
    sim_lock(sim);
    for (size_t i = 0; request->rule == NULL && i < sim->exports.count; i++)
        if (sim->exports.list[i]->plan == plan) {
            sim->exports.list[i]->file_bytes = bytes;
            sim->exports.list[i]->size_known = true;
        }
    sim_unlock(sim);
    return bytes;
}

static void cut(struct sim *sim, const struct request *request, struct reply *reply)
{
    const struct config *config = request->config;

    if (config->download_cut_at == 0)
        return;
    sim_lock(sim);
    if (config->download_cut_times < 0 || sim->cuts_made < config->download_cut_times) {
        sim->cuts_made++;
        reply->cut_at = config->download_cut_at;
    }
    sim_unlock(sim);
}

static void reply_file(struct sim *sim, struct request *request, struct reply *reply, struct plan *plan,
                       uint64_t known_bytes)
{
    const struct config *config = request->config;
    bool sized = config->download_transfer == TRANSFER_LENGTH;

    reply->stream = csv_stream_make(plan, &plan->config->csv, request->script, request->rule);
    reply->stream_bytes = sized ? measure(sim, request, plan, known_bytes) : 0;
    reply->content_type = "text/csv";
    reply->transfer = (enum transfer)config->download_transfer;
    reply->rows = plan->total;
    if (plan->config->csv.gzip)
        reply_header(reply, "Content-Encoding", "gzip");
    cut(sim, request, reply);
}

void download_serve(struct sim *sim, struct request *request, struct reply *reply)
{
    uint64_t known_bytes = UINT64_MAX;
    const char *place = request->part_count == 2 ? request->parts[0] : "";

    if (strcmp(request->method, "GET") != 0 || (strcmp(place, "files") != 0 && strcmp(place, "moved") != 0)) {
        refuse(reply, 403, "AccessDenied", "Access Denied");
        return;
    }
    struct plan *plan = open_file(sim, request, reply, &known_bytes);
    if (plan == NULL)
        return;
    if (request->authorization != NULL) {
        refuse(reply, 400, "InvalidArgument", "Only one auth mechanism allowed");
    } else if (request->config->download_redirect && strcmp(place, "files") == 0) {
        char *to = mem_format("/moved/%s", request->uri + strlen("/files/"));

        reply->status = 302;
        reply_header(reply, "Location", to);
        free(to);
    } else {
        reply_file(sim, request, reply, plan, known_bytes);
    }
    plan_release(plan);
}
