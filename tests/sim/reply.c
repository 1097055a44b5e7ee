#include "reply.h"

#include "csv.h"

#include <stdio.h>
#include <stdlib.h>

void reply_header(struct reply *reply, const char *name, const char *value)
{
    if (reply->header_count < REPLY_MAX_HEADERS)
        reply->headers[reply->header_count++] = (struct reply_header){mem_text(name), mem_text(value)};
}

void reply_free(struct reply *reply)
{
    for (size_t i = 0; i < reply->header_count; i++) {
        free(reply->headers[i].name);
        free(reply->headers[i].value);
    }
    csv_stream_free(reply->stream);
    buf_free(&reply->body);
}

static void start(struct reply *reply, unsigned status)
{
    reply->status = status;
    reply->content_type = "application/json";
    buf_free(&reply->body);
}

void reply_error(struct reply *reply, unsigned status, const char *message)
{
    const char *code = status == 400   ? "BadRequestError"
                       : status == 403 ? "ForbiddenError"
                       : status == 404 ? "NotFoundError"
                       : status == 405 ? "MethodNotAllowedError"
                       : status == 406 ? "NotAcceptableError"
                                       : "InternalError";

    start(reply, status);
    buf_format(&reply->body, "{\"Code\":\"%s\",\"Message\":", code);
    buf_json(&reply->body, message);
    buf_char(&reply->body, '}');
}

void reply_auth_error(struct reply *reply, unsigned status, const char *code, const char *message)
{
    start(reply, status);
    buf_text(&reply->body, "{\"developerMessage\":");
    buf_json(&reply->body, message);
    buf_format(&reply->body,
               ",\"userMessage\":\"\",\"errorCode\":\"%s\",\"more "
               "info\":\"https://aps.autodesk.com/en/docs/oauth/v2/"
               "developers_guide/error_handling/\"}",
               code);
}

void reply_oauth_error(struct reply *reply, unsigned status, const char *error, const char *description)
{
    start(reply, status);
    buf_format(&reply->body, "{\"error\":\"%s\",\"error_description\":", error);
    buf_json(&reply->body, description);
    buf_char(&reply->body, '}');
}

static void reply_limit(struct reply *reply, int64_t retry_after_s, const char *body)
{
    char text[32];

    start(reply, 429);
    snprintf(text, sizeof text, "%lld", (long long)retry_after_s);
    if (retry_after_s >= 0)
        reply_header(reply, "Retry-After", text);
    buf_text(&reply->body, body);
}

void reply_quota(struct reply *reply, int64_t retry_after_s)
{
    reply_limit(reply, retry_after_s, "{\"developerMessage\":\"Quota limit exceeded.\"}");
}

void reply_export_quota(struct reply *reply)
{
    reply_limit(reply, -1, "{\"developerMessage\":\"Too many pending export requests\"}");
}

void reply_usual(struct reply *reply, unsigned status)
{
    if (status == 401) {
        reply_auth_error(reply, status, "AUTH-006", "The access token provided is invalid or has expired.");
    } else if (status == 429) {
        reply_quota(reply, -1);
    } else if (status == 502 || status == 503 || status == 504) {
        start(reply, status);
        reply->content_type = "text/html";
        buf_format(&reply->body,
                   "<html><head><title>%u</title></head><body><h1>%u Bad Gateway</h1></body></html>\n",
                   status, status);
    } else if (status >= 400) {
        reply_error(reply, status, "Scripted answer.");
    } else {
        start(reply, status);
    }
}
