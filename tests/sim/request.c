#include "request.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

struct request *request_make(const char *uri)
{
    struct request *request = mem_zero(1, sizeof *request);
    const char *at;

    request->uri = mem_text(uri);
    request->body = BUF_MAX(REQUEST_MAX_BODY);
    request->form = "";
    for (at = request->uri; *at != '\0' && *at != '?';) {
        size_t length;

        at += strspn(at, "/");
        length = strcspn(at, "/?");
        if (length > 0 && request->part_count < REQUEST_MAX_PARTS)
            request->parts[request->part_count++] = text_percent_decode(at, length, false);
        at += length;
    }
    if (*at == '?')
        request->form = at + 1;
    return request;
}

void request_free(struct request *request)
{
    if (request == NULL)
        return;
    for (size_t i = 0; i < request->part_count; i++)
        free(request->parts[i]);
    free(request->method);
    free(request->uri);
    free(request->authorization);
    free(request->host);
    buf_free(&request->body);
    script_release(request->script);
    config_release(request->config);
    free(request);
}

const char *request_body(const struct request *request)
{
    return request->body.data != NULL ? request->body.data : "";
}

char *request_host(const struct request *request)
{
    const char *host = request->config->public_host;
    size_t length;

    if (*host != '\0')
        return mem_format("http://%s", host);
    host = request->host != NULL ? request->host : "127.0.0.1";
    length = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
    return mem_format("http://%.*s", (int)length, host);
}
