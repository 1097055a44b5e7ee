#include "unit/wire/http/tiny_server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_CONNECTIONS 256
#define MAX_REQUEST 65536

struct tiny_server {
    tiny_handler *handler;
    int listener;
    unsigned port;
    pthread_t acceptor;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned connections;
    unsigned requests;
    int fds[MAX_CONNECTIONS];
    pthread_t threads[MAX_CONNECTIONS];
};

struct connection {
    struct tiny_server *server;
    int fd;
};

static void must(bool held)
{
    if (!held)
        abort();
}

/* The length of the whole request in text, or 0 while some of it is missing. */
static size_t request_length(const char *text, size_t length)
{
    const char *headers_end = strstr(text, "\r\n\r\n");
    if (!headers_end)
        return 0;
    const char *content_length = strcasestr(text, "\r\nContent-Length:");
    size_t whole = (size_t)(headers_end - text) + 4;
    if (content_length && content_length < headers_end)
        whole += strtoul(content_length + 17, NULL, 10);
    return whole <= length ? whole : 0;
}

/* Reads one request into text; false when the client is gone. */
static bool read_request(int fd, char *text)
{
    size_t length = 0;
    while (request_length(text, length) == 0) {
        ssize_t received = recv(fd, text + length, MAX_REQUEST - 1 - length, 0);
        if (received <= 0)
            return false;
        length += (size_t)received;
        text[length] = '\0';
    }
    return true;
}

static void *serve(void *context)
{
    struct connection connection = *(struct connection *)context;
    struct tiny_server *server = connection.server;
    free(context);
    char *text = calloc(MAX_REQUEST, 1);
    char *path = calloc(MAX_REQUEST, 1);
    bool open = true;
    while (open) {
        memset(text, 0, MAX_REQUEST);
        if (!read_request(connection.fd, text))
            break;
        must(sscanf(text, "%*s %65535s", path) == 1);
        pthread_mutex_lock(&server->lock);
        server->requests++;
        pthread_cond_broadcast(&server->changed);
        pthread_mutex_unlock(&server->lock);
        struct tiny_request request = {server, connection.fd, text, path};
        open = server->handler(&request);
    }
    free(text);
    free(path);
    shutdown(connection.fd, SHUT_RDWR);
    return NULL;
}

static void *accept_all(void *context)
{
    struct tiny_server *server = context;
    for (;;) {
        int fd = accept(server->listener, NULL, NULL);
        if (fd < 0)
            return NULL;
        struct connection *connection = malloc(sizeof *connection);
        *connection = (struct connection){server, fd};
        pthread_mutex_lock(&server->lock);
        must(server->connections < MAX_CONNECTIONS);
        server->fds[server->connections] = fd;
        must(pthread_create(&server->threads[server->connections], NULL, serve, connection) == 0);
        server->connections++;
        pthread_mutex_unlock(&server->lock);
    }
}

struct tiny_server *tiny_server_start(tiny_handler *handler)
{
    struct tiny_server *server = calloc(1, sizeof *server);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    unsetenv("ALL_PROXY");
    server->handler = handler;
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->changed, NULL);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(bind(server->listener, (struct sockaddr *)&address, size) == 0);
    must(listen(server->listener, 64) == 0);
    must(getsockname(server->listener, (struct sockaddr *)&address, &size) == 0);
    server->port = ntohs(address.sin_port);
    must(pthread_create(&server->acceptor, NULL, accept_all, server) == 0);
    return server;
}

void tiny_server_stop(struct tiny_server *server)
{
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->acceptor, NULL);
    close(server->listener);
    for (unsigned i = 0; i < server->connections; i++)
        shutdown(server->fds[i], SHUT_RDWR);
    for (unsigned i = 0; i < server->connections; i++) {
        pthread_join(server->threads[i], NULL);
        close(server->fds[i]);
    }
    pthread_cond_destroy(&server->changed);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

const char *tiny_server_url(const struct tiny_server *server, const char *path, char *out, size_t size)
{
    snprintf(out, size, "http://127.0.0.1:%u%s", server->port, path);
    return out;
}

unsigned tiny_server_port(const struct tiny_server *server)
{
    return server->port;
}

unsigned tiny_server_connections(struct tiny_server *server)
{
    pthread_mutex_lock(&server->lock);
    unsigned count = server->connections;
    pthread_mutex_unlock(&server->lock);
    return count;
}

unsigned tiny_server_requests(struct tiny_server *server)
{
    pthread_mutex_lock(&server->lock);
    unsigned count = server->requests;
    pthread_mutex_unlock(&server->lock);
    return count;
}

bool tiny_server_await_requests(struct tiny_server *server, unsigned count)
{
    struct timespec deadline;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += 300;
    int waited = 0;
    pthread_mutex_lock(&server->lock);
    while (server->requests < count && waited == 0)
        waited = pthread_cond_timedwait(&server->changed, &server->lock, &deadline);
    bool reached = server->requests >= count;
    pthread_mutex_unlock(&server->lock);
    return reached;
}

void tiny_send_bytes(const struct tiny_request *request, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(request->fd, bytes, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        bytes += sent;
        length -= (size_t)sent;
    }
}

void tiny_send(const struct tiny_request *request, const char *text)
{
    tiny_send_bytes(request, text, strlen(text));
}

void tiny_answer(const struct tiny_request *request, const char *body)
{
    char head[128];
    snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n",
             strlen(body));
    tiny_send(request, head);
    tiny_send(request, body);
}

void tiny_await_close(const struct tiny_request *request)
{
    char ignored[64];
    while (recv(request->fd, ignored, sizeof ignored, 0) > 0)
        continue;
}
