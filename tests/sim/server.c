#include "server.h"

#include "clock.h"
#include "control.h"
#include "csv.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#define STREAM_BLOCK_BYTES 65536
#define THREAD_STACK_BYTES ((size_t)1 << 20)
#define MAX_CONNECTIONS 4000U

struct port {
    struct server *server;
    struct MHD_Daemon *daemon;
    bool is_download;
};

struct server {
    struct sim *sim;
    struct port api, download;
};

/* The body of an answer while it is sent. */
struct sending {
    struct sim *sim;
    struct csv_stream *stream;
    char *text;
    uint64_t text_bytes;
    uint64_t sent;
    uint64_t cut_at; /* UINT64_MAX: whole */
};

static ssize_t send_some(void *context, uint64_t position, char *out, size_t room)
{
    struct sending *sending = context;
    uint64_t left = sending->cut_at - sending->sent;
    size_t bytes;

    (void)position;
    if (left == 0)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (room > left)
        room = (size_t)left;
    if (sending->stream != NULL) {
        bytes = csv_stream_read(sending->stream, out, room);
    } else {
        bytes =
            sending->text_bytes - sending->sent < room ? (size_t)(sending->text_bytes - sending->sent) : room;
        memcpy(out, sending->text + sending->sent, bytes);
    }
    sending->sent += bytes;
    return bytes > 0 ? (ssize_t)bytes : MHD_CONTENT_READER_END_OF_STREAM;
}

static void sending_free(void *context)
{
    struct sending *sending = context;

    sim_lock(sending->sim);
    sending->sim->stats.bytes_served += sending->stream != NULL ? (int64_t)sending->sent : 0;
    sim_unlock(sending->sim);
    csv_stream_free(sending->stream);
    free(sending->text);
    free(sending);
}

static struct MHD_Response *make_response(struct sim *sim, struct reply *reply)
{
    bool plain = reply->stream == NULL && reply->cut_at < 0 && reply->transfer == TRANSFER_LENGTH;
    size_t length = reply->body.length;

    if (plain)
        return MHD_create_response_from_buffer(length, buf_take(&reply->body), MHD_RESPMEM_MUST_FREE);
    struct sending *sending = mem_zero(1, sizeof *sending);
    uint64_t bytes = reply->stream != NULL ? reply->stream_bytes : length;
    *sending = (struct sending){.sim = sim,
                                .stream = reply->stream,
                                .text = buf_take(&reply->body),
                                .text_bytes = length,
                                .cut_at = reply->cut_at >= 0 ? (uint64_t)reply->cut_at : UINT64_MAX};
    reply->stream = NULL;
    struct MHD_Response *response =
        MHD_create_response_from_callback(reply->transfer == TRANSFER_LENGTH ? bytes : MHD_SIZE_UNKNOWN,
                                          STREAM_BLOCK_BYTES, send_some, sending, sending_free);
    if (response != NULL && reply->transfer == TRANSFER_CLOSE)
        MHD_set_response_options(response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
    return response;
}

/* The library sends whole headers only: this much of one goes to the socket, which is closed behind it. */
static void send_header_part(struct MHD_Connection *connection, const struct reply *reply)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct buf header = BUF_MAX(REPLY_MAX_BYTES);
    size_t length = (size_t)reply->header_cut_at;

    buf_format(&header, "HTTP/1.1 %u %s\r\n", reply->status, MHD_get_reason_phrase_for(reply->status));
    if (reply->content_type != NULL)
        buf_format(&header, "Content-Type: %s\r\n", reply->content_type);
    for (size_t i = 0; i < reply->header_count; i++)
        buf_format(&header, "%s: %s\r\n", reply->headers[i].name, reply->headers[i].value);
    buf_format(&header, "Content-Length: %llu\r\n",
               (unsigned long long)(reply->stream != NULL ? reply->stream_bytes : reply->body.length));
    if (length > header.length)
        length = header.length;
    for (size_t sent = 0; sent < length;) {
        ssize_t count = send(info->connect_fd, header.data + sent, length - sent, MSG_NOSIGNAL);

        if (count <= 0)
            break;
        sent += (size_t)count;
    }
    buf_free(&header);
}

static enum MHD_Result send_reply(struct sim *sim, struct MHD_Connection *connection, struct reply *reply)
{
    enum MHD_Result result;

    if (!reply->close && reply->header_cut_at >= 0)
        send_header_part(connection, reply);
    if (reply->close || reply->header_cut_at >= 0)
        return MHD_NO;
    struct MHD_Response *response = make_response(sim, reply);
    if (response == NULL)
        return MHD_NO;
    if (reply->content_type != NULL && reply->status != 204)
        MHD_add_response_header(response, "Content-Type", reply->content_type);
    for (size_t i = 0; i < reply->header_count; i++)
        MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value);
    result = MHD_queue_response(connection, reply->status, response);
    MHD_destroy_response(response);
    return result;
}

static char *header_of(struct MHD_Connection *connection, const char *name)
{
    const char *value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);

    return value != NULL ? mem_text(value) : NULL;
}

static void read_head(struct port *port, struct MHD_Connection *connection, const char *method,
                      struct request *request)
{
    struct sim *sim = port->server->sim;

    request->method = mem_text(method);
    request->authorization = header_of(connection, "Authorization");
    request->host = header_of(connection, "Host");
    request->on_download_port = port->is_download;
    request->call = port->is_download ? CALL_DOWNLOAD : CALL_OTHER;
    if (!port->is_download && request->part_count > 0 && strcmp(request->parts[0], "_sim") == 0)
        request->call = CALL_CONTROL;
    request->began_ms = clock_ms();
    if (request->call == CALL_CONTROL)
        return;
    sim_lock(sim);
    if (++sim->stats.in_flight > sim->stats.max_in_flight)
        sim->stats.max_in_flight = sim->stats.in_flight;
    sim_unlock(sim);
}

static enum MHD_Result answer(struct sim *sim, struct MHD_Connection *connection, struct request *request)
{
    struct reply reply = REPLY_EMPTY;

    if (request->body.overflowed) {
        reply_error(&reply, 413, "The request body is too large.");
    } else if (request->call == CALL_CONTROL) {
        control_serve(sim, request, &reply);
    } else {
        sim_serve(sim, request, &reply);
        sim_account(sim, request, &reply);
    }
    enum MHD_Result result = send_reply(sim, connection, &reply);
    reply_free(&reply);
    return result;
}

static void *on_uri(void *context, const char *uri, struct MHD_Connection *connection)
{
    (void)context;
    (void)connection;
    return request_make(uri);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload_data,
                                  size_t *upload_data_size, void **state)
{
    struct port *port = context;
    struct request *request = *state;

    (void)url;
    (void)version;
    if (request->method == NULL) {
        read_head(port, connection, method, request);
        return MHD_YES;
    }
    if (*upload_data_size > 0) {
        buf_add(&request->body, upload_data, *upload_data_size);
        *upload_data_size = 0;
        return MHD_YES;
    }
    return answer(port->server->sim, connection, request);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode why)
{
    struct port *port = context;
    struct sim *sim = port->server->sim;
    struct request *request = *state;

    (void)connection;
    (void)why;
    if (request == NULL)
        return;
    if (request->method != NULL && request->call != CALL_CONTROL) {
        sim_lock(sim);
        sim->stats.in_flight--;
        sim_unlock(sim);
    }
    request_free(request);
    *state = NULL;
}

static bool read_address(const char *text, uint16_t port, struct sockaddr_storage *address)
{
    struct sockaddr_in *four = (struct sockaddr_in *)(void *)address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)(void *)address;

    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        return true;
    }
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    return inet_pton(AF_INET6, text, &six->sin6_addr) == 1;
}

static bool listen_on(struct port *port, const char *bind, uint16_t number, uint16_t *bound, char **reason)
{
    struct sockaddr_storage address;
    unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_THREAD_PER_CONNECTION;

    if (!read_address(bind, number, &address)) {
        *reason = mem_format("%s is not an address", bind);
        return false;
    }
    if (address.ss_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    errno = 0;
    port->daemon =
        MHD_start_daemon(flags, number, NULL, NULL, on_request, port, MHD_OPTION_SOCK_ADDR, &address,
                         MHD_OPTION_URI_LOG_CALLBACK, on_uri, port, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
                         port, MHD_OPTION_THREAD_STACK_SIZE, THREAD_STACK_BYTES, MHD_OPTION_CONNECTION_LIMIT,
                         MAX_CONNECTIONS, MHD_OPTION_END);
    if (port->daemon == NULL) {
        *reason = mem_format("cannot listen on %s port %u: %s", bind, number, strerror(errno));
        return false;
    }
    sim_lock(port->server->sim);
    *bound = MHD_get_daemon_info(port->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    sim_unlock(port->server->sim);
    return true;
}

struct server *server_start(struct sim *sim, const struct server_options *options, char **reason)
{
    struct server *server = mem_zero(1, sizeof *server);

    server->sim = sim;
    server->api = (struct port){.server = server};
    server->download = (struct port){.server = server, .is_download = true};
    if (!listen_on(&server->api, options->bind, options->port, &sim->port, reason) ||
        !listen_on(&server->download, options->bind, options->download_port, &sim->download_port, reason)) {
        server_stop(server);
        return NULL;
    }
    return server;
}

void server_stop(struct server *server)
{
    sim_stop(server->sim);
    if (server->api.daemon != NULL)
        MHD_stop_daemon(server->api.daemon);
    if (server->download.daemon != NULL)
        MHD_stop_daemon(server->download.daemon);
    free(server);
}
