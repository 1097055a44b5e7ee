#include "report/html/html_file.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/file_lock.h"
#include "base/log.h"
#include "base/stop.h"
#include "wire/pg/pooler.h"

#include <errno.h>
#include <string.h>

/* So long the page of a run may take, all in all. */
#define LIMIT_MS 120000

bool html_file_write(const char *path, const struct html_page_options *options, struct pg *pg,
                     int64_t deadline_ms, struct arena *arena, struct html_file *file, struct err *err)
{
    struct file_lock_options lock_options = {
        .path = path, .locks_directory = true, .failure = ERR_CREATE, .deadline_ms = deadline_ms};
    SCOPED(buf) struct buf page = buf_make_result();
    SCOPED(file_lock) struct file_lock lock = FILE_LOCK_NONE;
    if (!html_page_make(options, pg, arena, &file->contracts, &page, err) ||
        !file_lock_take(&lock_options, &lock, err))
        return false;
    file->bytes = page.length;
    return file_replace(path, &page, options->names ? 0600 : 0644) ||
           err_set(err, err_kind_of_errno(ERR_CREATE), "cannot write %s: %s", path, strerror(errno));
}

static bool write_page(const struct settings *settings, const char *version, struct err *err)
{
    int64_t deadline_ms = clock_deadline(LIMIT_MS);
    struct html_file file;
    struct html_page_options options = {
        .schema = settings->database.schema, .budgets = &settings->budgets, .version = version};
    struct pg_options pg_options = {
        .dsn = settings->database.dsn, .application_name = "tokenflex-etl report", .limit_ms = LIMIT_MS};
    SCOPED(arena) struct arena *arena = arena_make();
    SCOPED(pg) struct pg *pg = pg_connect_session(&pg_options, err);
    return pg && pg_set_lock_timeout(pg, err) &&
           html_file_write(settings->run.report_file, &options, pg, deadline_ms, arena, &file, err);
}

void html_file_after_run(const struct settings *settings, const char *version)
{
    struct err err = {0};
    if (!*settings->run.report_file || stop_requested())
        return;
    if (!write_page(settings, version, &err))
        log_warn("report-failed", "the report %s is not written: %s", settings->run.report_file, err.text);
}
