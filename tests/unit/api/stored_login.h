/*
 * A login in a token file of the test's own, and a source of tokens that lives on it.
 */
#ifndef TESTS_UNIT_API_STORED_LOGIN_H
#define TESTS_UNIT_API_STORED_LOGIN_H

#include "unit/api/simulator.h"

#include <stdbool.h>

/* Released by stored_login_end(). */
struct stored_login {
    struct way way;
    char folder[64];
    char path[80]; /* auth.token_file */
};

/* The simulator's client, with this refresh token in the file, and an access token that has ended. */
void stored_login_begin(struct stored_login *login, const char *refresh_token);
void stored_login_end(struct stored_login *login);

/* What a process does that needs an access token: it reads the file, refreshes, and ends. */
bool stored_login_use(struct stored_login *login, struct err *err);

/* The same with a deadline so many milliseconds from now. */
bool stored_login_use_within(struct stored_login *login, int64_t wait_ms, struct err *err);

/* Makes the stored access token one that has ended. */
void stored_login_expire(const char *path);

/* The refresh token in a file has to be this one. */
void assert_stored(const char *path, const char *refresh_token);

/* The refresh tokens that the simulator takes, each once; a JSON list. */
void simulator_accept(const char *refresh_tokens);

#endif
