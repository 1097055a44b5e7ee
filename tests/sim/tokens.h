/*
 * Access tokens, refresh tokens and authorization codes given out. Guarded by the simulator's lock; time
 * comes in. Refresh tokens and codes are kept after their use, so that a second use is told from a token
 * never seen.
 */
#ifndef SIM_TOKENS_H
#define SIM_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum grant_kind { GRANT_ACCESS, GRANT_REFRESH, GRANT_CODE, GRANT_KIND_COUNT };

struct grant {
    char *text;
    char *client; /* NULL: any */
    char *scopes;
    char *redirect_uri;   /* of a code */
    char *code_challenge; /* of a code; NULL: no PKCE */
    bool two_legged;
    bool used;
    int64_t until_ms;
};

struct tokens {
    struct grant *grants[GRANT_KIND_COUNT];
    size_t counts[GRANT_KIND_COUNT];
};

/* What a new grant is made of; texts are copied, NULL where there is none. text NULL: a random one. */
struct grant_terms {
    enum grant_kind kind;
    const char *text, *client, *scopes, *redirect_uri, *code_challenge;
    bool two_legged;
    int64_t until_ms;
};

/* Answers the grant's text, which lives until tokens_forget(). */
const char *tokens_give(struct tokens *tokens, const struct grant_terms *terms);

/* The grant with this text, used and expired ones too; NULL for none. Until the next tokens_ call. */
struct grant *tokens_find(struct tokens *tokens, enum grant_kind kind, const char *text);

void tokens_forget(struct tokens *tokens, enum grant_kind kind);

#endif
