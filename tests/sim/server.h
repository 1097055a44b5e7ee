/* HTTP by libmicrohttpd: two listening ports, a thread for each connection, so that a delayed answer delays
 * no other. */
#ifndef SIM_SERVER_H
#define SIM_SERVER_H

#include "sim.h"

struct server;

struct server_options {
    const char *bind; /* IPv4 or IPv6 address */
    uint16_t port;    /* 0: any free one */
    uint16_t download_port;
};

/* Starts both ports and puts them into sim. NULL with a reason (the caller frees). */
struct server *server_start(struct sim *sim, const struct server_options *options, char **reason);

/* Ends all connections and threads. */
void server_stop(struct server *server);

#endif
