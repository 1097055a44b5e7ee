/*
 * A tiny server and a client of wire/http for every test of a program: WITH_SERVER(test) wants a handler
 * `answer`, which the program defines.
 */
#ifndef TESTS_UNIT_WIRE_HTTP_CLIENT_H
#define TESTS_UNIT_WIRE_HTTP_CLIENT_H

#include "unit/wire/http/tiny_server.h"
#include "wire/http/http.h"

static struct tiny_server *server;
static struct http_client *client;

static tiny_handler answer;

static inline int set_up_with(const struct http_options *options)
{
    struct err err;
    server = tiny_server_start(answer);
    client = http_client_make(options, &err);
    return client ? 0 : -1;
}

static inline int set_up(void **state)
{
    (void)state;
    return set_up_with(&(struct http_options){.user_agent = "test/1"});
}

static inline int tear_down(void **state)
{
    (void)state;
    http_client_release(client);
    tiny_server_stop(server);
    return 0;
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
