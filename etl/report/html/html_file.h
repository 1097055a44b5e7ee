/*
 * The report as a file.
 */
#ifndef REPORT_HTML_HTML_FILE_H
#define REPORT_HTML_HTML_FILE_H

#include "job/settings.h"
#include "report/html/html_page.h"

#include <stdint.h>

/* What was written. */
struct html_file {
    struct text_list contracts; /* in it; in the arena */
    size_t bytes;
};

/*
 * Makes the page and replaces the file atomically: a reader sees the old page or the new one. All users may
 * read it (0644), with names of people only its owner (0600). Two processes that write into one directory
 * wait for each other, until deadline_ms. On an error the file stays as it was: ERR_CREATE if it cannot be
 * written, ERR_LATER past deadline_ms, ERR_STOPPED, else as html_page_make().
 */
MUST_CHECK bool html_file_write(const char *path, const struct html_page_options *options, struct pg *pg,
                                int64_t deadline_ms, struct arena *arena, struct html_file *file,
                                struct err *err);

/* After a run: writes run.report_file if the settings name one, without names of people. A failure is a
 * warning, and nothing is written after a stop. */
void html_file_after_run(const struct settings *settings, const char *version);

#endif
