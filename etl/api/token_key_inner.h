/* What only api/token_key.c and its unit tests use. */
#ifndef API_TOKEN_KEY_INNER_H
#define API_TOKEN_KEY_INNER_H

#include "api/token_key.h"

#include <sys/types.h>

/*
 * Whether others cannot read a file of this mode and owner. The rule is that of PostgreSQL for the key files
 * of its certificates: a file that root owns may be readable by its group, as secrets from systemd and
 * Kubernetes are. Pure.
 */
bool token_key_is_private(mode_t mode, uid_t owner);

#endif
