/*
 * The example of a settings file: every key with its meaning and its default. It is a valid settings file,
 * which sets the defaults.
 */
#ifndef REFERENCE_EXAMPLE_FILE_H
#define REFERENCE_EXAMPLE_FILE_H

#include "base/buf.h"

void example_put(struct buf *out);

#endif
