/*
 * The key of the logins in the database: auth.token_key_file, or the systemd credential token_key.
 */
#ifndef API_TOKEN_KEY_H
#define API_TOKEN_KEY_H

#include "base/err.h"
#include "job/settings.h"
#include "wire/crypto/seal.h"

/*
 * Reads the key. ERR_CONFIG, with how to make one, where none is set or there is no file; where others than
 * its owner can read it; and where it is not a key. The caller wipes it: seal_key_cleanup().
 */
MUST_CHECK bool token_key_read(const struct auth_settings *auth, struct seal_key *key, struct err *err);

#endif
