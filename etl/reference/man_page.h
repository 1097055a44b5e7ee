/*
 * The man pages, in man(7).
 */
#ifndef REFERENCE_MAN_PAGE_H
#define REFERENCE_MAN_PAGE_H

#include "base/buf.h"
#include "cli/help_topic.h"

/* tokenflex-etl(1). */
void man_page_put_program(struct buf *out);

/* A page of section 5: a kind of file, key by key. */
void man_page_put_file(const struct help_topic *topic, struct buf *out);

#endif
