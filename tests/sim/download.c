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

/* bytes=FROM- and bytes=FROM-TO, TO inclusive. */
static bool read_range(const char *range, uint64_t file_bytes, uint64_t *from, uint64_t *to)
{
    unsigned long long first, last = file_bytes > 0 ? file_bytes - 1 : 0;
    int fields = range != NULL ? sscanf(range, "bytes=%llu-%llu", &first, &last) : 0;

    if (fields < 1)
        return false;
    *from = first;
    *to = fields == 2 && last < file_bytes ? last : file_bytes - 1;
    return true;
}

static void reply_range(struct reply *reply, struct csv_stream *stream, uint64_t from, uint64_t to,
                        uint64_t file_bytes)
{
    char text[96];

    if (file_bytes == 0 || from >= file_bytes || from > to) {
        snprintf(text, sizeof text, "bytes */%llu", (unsigned long long)file_bytes);
        reply_header(reply, "Content-Range", text);
        csv_stream_free(stream);
        refuse(reply, 416, "InvalidRange", "The requested range is not satisfiable");
        return;
    }
    snprintf(text, sizeof text, "bytes %llu-%llu/%llu", (unsigned long long)from, (unsigned long long)to,
             (unsigned long long)file_bytes);
    reply_header(reply, "Content-Range", text);
    reply->status = 206;
    csv_stream_skip(stream, from);
    csv_stream_limit(stream, to - from + 1);
    reply->stream = stream;
    reply->stream_bytes = to - from + 1;
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

/* One for each export: a resumed download of another one is not mistaken for this. */
static void reply_etag(const struct request *request, struct reply *reply)
{
    char *key = text_form_get(request->form, "key");
    char etag[32];

    snprintf(etag, sizeof etag, "\"%016llx\"", (unsigned long long)text_hash(key != NULL ? key : ""));
    reply_header(reply, "ETag", etag);
    free(key);
}

static void reply_file(struct sim *sim, struct request *request, struct reply *reply, struct plan *plan,
                       uint64_t known_bytes)
{
    const struct config *config = request->config;
    uint64_t from, to;
    struct csv_stream *stream;
    bool sized = config->download_transfer == TRANSFER_LENGTH;
    uint64_t file_bytes = sized || request->range != NULL ? measure(sim, request, plan, known_bytes) : 0;

    stream = csv_stream_make(plan, &plan->config->csv, request->script, request->rule);
    reply->content_type = "text/csv";
    reply->transfer = (enum transfer)config->download_transfer;
    reply->rows = plan->total;
    if (plan->config->csv.gzip)
        reply_header(reply, "Content-Encoding", "gzip");
    if (config->download_range) {
        reply_header(reply, "Accept-Ranges", "bytes");
        reply_etag(request, reply);
    }
    if (config->download_range && read_range(request->range, file_bytes, &from, &to)) {
        reply_range(reply, stream, from, to, file_bytes);
    } else {
        reply->stream = stream;
        reply->stream_bytes = file_bytes;
    }
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
