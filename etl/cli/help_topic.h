/*
 * The topics of the reference that are no commands: the two kinds of file, key by key.
 *
 * `help TOPIC` shows them on a terminal; the manual pages of section 5 are made from the same.
 */
#ifndef CLI_HELP_TOPIC_H
#define CLI_HELP_TOPIC_H

#include "job/keys.h"

struct help_topic {
    const char *name;    /* `help NAME` */
    const char *page;    /* the manual page */
    const char *summary; /* one line, as the page's NAME has it */
    const char *description;
    const struct key *keys;
    const char *examples;
    const char *files;
};

/* Ended by one without a name. */
extern const struct help_topic help_topics[];

#endif
