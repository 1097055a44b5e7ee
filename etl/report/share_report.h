/*
 * Who works on what of a share (run.share), for people and for scripts. Pure.
 */
#ifndef REPORT_SHARE_REPORT_H
#define REPORT_SHARE_REPORT_H

#include "base/buf.h"
#include "base/json_writer.h"
#include "state/work_view.h"

/* A paragraph and a table for each round; nothing without a share. */
void share_report_put_text(const struct work_view *view, struct buf *out);

/* A member `share` of the document; none without a share. */
void share_report_put_json(const struct work_view *view, struct json_writer *json);

#endif
