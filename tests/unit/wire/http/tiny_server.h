/*
 * A server on plain sockets for the tests of wire/http: each connection has a thread, each request goes to a
 * handler, which writes whatever bytes it likes, also half an answer.
 */
#ifndef TESTS_UNIT_WIRE_HTTP_TINY_SERVER_H
#define TESTS_UNIT_WIRE_HTTP_TINY_SERVER_H

#include <stdbool.h>
#include <stddef.h>

struct tiny_server;

struct tiny_request {
    struct tiny_server *server;
    int fd;           /* where the answer goes */
    const char *text; /* request line, headers, body; ended by NUL */
    const char *path; /* with its query */
};

/* Answers one request; false closes the connection. */
typedef bool tiny_handler(const struct tiny_request *request);

/* Listens on a free port of 127.0.0.1. From now on this process asks no proxy for http, whatever its
 * environment says. */
struct tiny_server *tiny_server_start(tiny_handler *handler);

/* Closes all connections and ends all threads. */
void tiny_server_stop(struct tiny_server *server);

/* "http://127.0.0.1:PORT" and path. Returns out. */
const char *tiny_server_url(const struct tiny_server *server, const char *path, char *out, size_t size);

unsigned tiny_server_port(const struct tiny_server *server);

/* Connections accepted and requests read so far. */
unsigned tiny_server_connections(struct tiny_server *server);
unsigned tiny_server_requests(struct tiny_server *server);

/* Waits until so many requests have been read; false after five minutes. */
bool tiny_server_await_requests(struct tiny_server *server, unsigned count);

/* Writes all of text to the connection. */
void tiny_send(const struct tiny_request *request, const char *text);
void tiny_send_bytes(const struct tiny_request *request, const char *bytes, size_t length);

/* A whole answer of status 200. */
void tiny_answer(const struct tiny_request *request, const char *body);

/* Waits until the client has closed the connection. */
void tiny_await_close(const struct tiny_request *request);

#endif
