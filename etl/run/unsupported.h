/*
 * What the settings may ask for and this version does not do yet: refused, never ignored.
 */
#ifndef RUN_UNSUPPORTED_H
#define RUN_UNSUPPORTED_H

#include "base/err.h"
#include "job/settings.h"

/* ERR_CONFIG, naming the key. */
MUST_CHECK bool supported_settings(const struct settings *settings, struct err *err);

#endif
