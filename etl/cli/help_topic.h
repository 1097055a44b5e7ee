/*
 * The topics of the reference that are not commands: settings and jobs, key by key. `help TOPIC` shows them
 * on a terminal, and the man pages of section 5 are made from them.
 */
#ifndef CLI_HELP_TOPIC_H
#define CLI_HELP_TOPIC_H

#include "job/keys.h"

struct help_topic {
    const char *name;    /* `help NAME` */
    const char *page;    /* the name of the man page */
    const char *summary; /* one line, as the page's NAME has it */
    const char *description;
    const struct key *keys;
    const char *examples;
    const char *files;
};

/* Ended by one without a name. */
extern const struct help_topic help_topics[];

#endif
