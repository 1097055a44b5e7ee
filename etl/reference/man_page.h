/*
 * What this program writes: manual pages in man(7).
 */
#ifndef REFERENCE_MAN_PAGE_H
#define REFERENCE_MAN_PAGE_H

#include "base/buf.h"
#include "cli/help_topic.h"

void man_page_put_program(struct buf *out);
void man_page_put_file(const struct help_topic *topic, struct buf *out);

#endif
