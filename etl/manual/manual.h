/*
 * What this program writes: manual pages in man(7).
 */
#ifndef MANUAL_MANUAL_H
#define MANUAL_MANUAL_H

#include "base/buf.h"
#include "cli/help_topic.h"

void page_put_program(struct buf *out);
void page_put_file(const struct help_topic *topic, struct buf *out);

#endif
