/*
 * The output of --version: the version, the revision it was built from, and the libraries it runs with.
 */
#ifndef CLI_ABOUT_H
#define CLI_ABOUT_H

#include "base/buf.h"

/* git's commit, such as 10a33b2c4d5e, or 10a33b2c4d5e-dirty; "" where there was no git. */
extern const char about_revision[];

/* A line for the program and one for each library. */
void about_put_text(struct buf *out);

/* {"version","revision","libraries":[{"name","compiled","running"}…]} */
void about_put_json(struct buf *out);

#endif
