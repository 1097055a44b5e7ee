/* The two OAuth endpoints, and the bearer check that every API call passes. */
#ifndef SIM_OAUTH_H
#define SIM_OAUTH_H

#include "sim.h"

/* POST /authentication/v2/token. */
void oauth_token(struct sim *sim, struct request *request, struct reply *reply);

/* GET /authentication/v2/authorize: consents at once and sends the browser back. */
void oauth_authorize(struct sim *sim, struct request *request, struct reply *reply);

/* Whether the request's bearer may make its call; else the reply is a 401 or 403. */
bool oauth_admit(struct sim *sim, struct request *request, struct reply *reply);

/* Whether every word of scopes is one that the service has. */
bool oauth_scopes_known(const char *scopes);

#endif
