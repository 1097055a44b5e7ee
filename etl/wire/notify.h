/* Status messages to the service manager: the datagrams of sd_notify(3), without its library. */
#ifndef WIRE_NOTIFY_H
#define WIRE_NOTIFY_H

#include "base/err.h"

/*
 * Sends one state, "NAME=VALUE" lines, to an address as $NOTIFY_SOCKET has it: the path of a unix socket, or
 * `@` and the name of an abstract one. Never blocks. ERR_UNAVAILABLE if it cannot be delivered.
 */
MUST_CHECK bool notify_send(const char *address, const char *state, struct err *err);

#endif
