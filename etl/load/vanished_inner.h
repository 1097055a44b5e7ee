/* What only load/vanished.c and its unit tests use. */
#ifndef LOAD_VANISHED_INNER_H
#define LOAD_VANISHED_INNER_H

#include "load/vanished.h"

/* Judges by the numbers alone, without regard to accept. Pure. */
enum vanished_verdict vanished_judge(const struct vanished *vanished);

#endif
