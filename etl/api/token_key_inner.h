/* What only api/token_key.c and its unit tests use. */
#ifndef API_TOKEN_KEY_INNER_H
#define API_TOKEN_KEY_INNER_H

#include "api/token_key.h"

#include <sys/types.h>

/*
 * Whether a file of this mode and owner is kept from others: as PostgreSQL wants it of the keys of its own
 * certificates. Root's may be readable by its group, as systemd and Kubernetes hand out secrets. Pure.
 */
bool token_key_is_private(mode_t mode, uid_t owner);

#endif
