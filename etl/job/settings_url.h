/*
 * The addresses of the API and of the receiver of pings, as settings give them. Internal to job/settings.
 */
#ifndef JOB_SETTINGS_URL_H
#define JOB_SETTINGS_URL_H

#include "job/keys.h"

/* Reads `api.base_url` into a const char *, without final slashes; for a table of keys. */
void settings_read_url(const struct key_value *value, void *member);

/*
 * What is wrong with an address for pings: words that follow its key in a message; NULL: nothing. The address
 * may have a query. It is a secret: the words contain no part of it.
 */
const char *settings_ping_url_fault(const char *url, bool allow_insecure);

/* Whether a token may travel to this address: https, or http to a loopback address. */
bool settings_url_is_safe(const char *url);

#endif
