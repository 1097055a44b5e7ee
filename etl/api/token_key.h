/*
 * The key of the logins in the database: auth.token_key_file, or the systemd credential token_key.
 */
#ifndef API_TOKEN_KEY_H
#define API_TOKEN_KEY_H

#include "base/err.h"
#include "job/settings.h"
#include "wire/crypto/seal.h"

#include <sys/types.h>

/*
 * Reads the key. ERR_CONFIG, with how to make one, where none is set or there is no file; where others than
 * its owner can read it; and where it is not a key. The caller wipes it: seal_key_cleanup().
 */
MUST_CHECK bool token_key_read(const struct auth_settings *auth, struct seal_key *key, struct err *err);

/*
 * Whether a file of this mode and owner is kept from others: as PostgreSQL wants it of the keys of its own
 * certificates. Root's may be readable by its group, as systemd and Kubernetes hand out secrets. Pure.
 */
bool token_key_is_private(mode_t mode, uid_t owner);

#endif
