/*
 * The example of a settings file: every key with what it means, and its default. It is valid as it stands,
 * and says what would hold without it.
 */
#ifndef REFERENCE_EXAMPLE_FILE_H
#define REFERENCE_EXAMPLE_FILE_H

#include "base/buf.h"

void example_put(struct buf *out);

#endif
