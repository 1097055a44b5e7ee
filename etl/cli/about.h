/*
 * What --version shows: the version, the revision from which it was built, and the libraries in use.
 */
#ifndef CLI_ABOUT_H
#define CLI_ABOUT_H

#include "base/buf.h"

/* The commit of git, such as 10a33b2c4d5e or 10a33b2c4d5e-dirty; "": built without git. */
extern const char about_revision[];

/* The version, with the revision behind it, such as 0.1.0 (10a33b2c4d5e), or 0.1.0 without one. */
extern const char about_version[];

/* A line for the program and one for each library. */
void about_put_text(struct buf *out);

/* {"version","revision","libraries":[{"name","compiled","running"}…]} */
void about_put_json(struct buf *out);

#endif
