/*
 * The address of the API, as settings give it. Internal to job/settings.
 */
#ifndef JOB_SETTINGS_URL_H
#define JOB_SETTINGS_URL_H

#include "job/keys.h"

/* Reads `api.base_url` into a const char *, without final slashes; for a table of keys. */
void settings_read_url(const struct key_value *value, void *member);

/* Whether a token may travel to this address: https, or http to a loopback address. */
bool settings_url_is_safe(const char *url);

#endif
