#include "api/export_file.h"

#include "api/export_file_inner.h"
#include "api/service_error.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/random.h"

#include <inttypes.h>

struct export_file export_file_make(struct export *export)
{
    return (struct export_file){.export = export, .total = DOWNLOAD_UNKNOWN};
}

void export_file_cleanup(struct export_file *file)
{
    download_close(file->download);
    file->download = NULL;
}

static struct export_file_step temporary_fault(const struct export_file_try *tried)
{
    struct attempt attempt = {
        .answered = tried->answered,
        .status = tried->status >= 500 ? tried->status : 503,
        .retry_after = tried->retry_after,
        .date = tried->date,
        .wall_ms = tried->wall_ms,
        .failures = tried->failures,
        .retries = tried->retries,
        .first_wait_ms = tried->first_wait_ms,
        .random = tried->random,
    };
    struct verdict verdict = retry_judge(&attempt);
    bool again = verdict.action == VERDICT_RETRY;
    return (struct export_file_step){again ? EXPORT_FILE_AGAIN : EXPORT_FILE_FAIL, verdict.wait_ms};
}

/* A URL expires, so the first new one is requested at once; further ones after pauses that grow. */
static struct export_file_step judge_refused_url(const struct export_file_try *tried)
{
    unsigned most = tried->retries > 0 ? tried->retries : 1;
    if (tried->refusals >= most)
        return (struct export_file_step){EXPORT_FILE_FAIL, 0};
    int64_t wait_ms =
        tried->refusals > 0 ? retry_backoff_ms(tried->first_wait_ms, tried->refusals - 1, tried->random) : 0;
    return (struct export_file_step){EXPORT_FILE_NEW_URL, wait_ms};
}

struct export_file_step export_file_judge(const struct export_file_try *tried)
{
    struct export_file_step step = {.action = EXPORT_FILE_FAIL};
    if (!tried->answered)
        return temporary_fault(tried);
    switch (tried->verdict) {
    case DOWNLOAD_FILE:
        step.action = EXPORT_FILE_READ;
        return step;
    case DOWNLOAD_REFUSED:
        return judge_refused_url(tried);
    case DOWNLOAD_FAILED:
        return temporary_fault(tried);
    }
    return step;
}

/* Sets the error for an answer that has no file to read. */
static void explain(const struct download_answer *answer, struct err *err)
{
    bool refused = answer->verdict == DOWNLOAD_REFUSED;
    bool is_part = answer->status == 206 || answer->status == 416;
    if (refused)
        err_set(err, ERR_UNAVAILABLE, "the host of the export's file refuses it (%d)", answer->status);
    else
        err_set(err, ERR_UNAVAILABLE, "the host of the export's file answers %d%s", answer->status,
                is_part ? ", as if a part of it had been requested" : "");
}

static struct export_file_step judge(const struct export_file *file, const struct download_answer *answer)
{
    struct export_file_try tried = {
        .answered = answer != NULL,
        .retry_after = "",
        .date = "",
        .wall_ms = clock_wall_ms(),
        .failures = file->failures,
        .retries = file->export->api->settings->api.retries,
        .first_wait_ms = file->export->api->settings->api.retry_wait_ms,
        .refusals = file->refusals,
        .random = random_fraction(),
    };
    if (answer) {
        tried.verdict = answer->verdict;
        tried.status = answer->status;
        tried.retry_after = answer->retry_after;
        tried.date = answer->date;
    }
    return export_file_judge(&tried);
}

/* Notes a temporary fault, which is in err, and waits. */
static bool wait_out(struct export_file *file, int64_t wait_ms, struct err *err)
{
    struct verdict verdict = {VERDICT_RETRY, wait_ms, ERR_UNAVAILABLE};
    file->failures++;
    file->fault_at = file->max_offset;
    return api_wait(file->export->api, &verdict, err);
}

/* The next bytes are those at the file's start. */
static void begin(struct export_file *file, const struct download_answer *answer)
{
    file->offset = 0;
    file->checksum = 0;
    file->total = answer->total;
    file->proof = answer->proof;
    if (answer->total != DOWNLOAD_UNKNOWN && answer->total > file->max_total)
        file->max_total = answer->total;
    file->refusals = 0;
}

/* Requests a new URL. err says why the old one is not usable. */
static bool replace_url(struct export_file *file, int64_t wait_ms, struct err *err)
{
    struct verdict verdict = {VERDICT_RETRY, wait_ms, ERR_UNAVAILABLE};
    file->refusals++;
    log_info("export-url", "%s; asking the service for a new address", err->text);
    if (wait_ms > 0 && !api_wait(file->export->api, &verdict, err))
        return false;
    return export_refresh_url(file->export, err);
}

static bool explain_failure(struct export_file *file, const struct download_answer *answer, struct err *err)
{
    bool refused = answer && answer->verdict == DOWNLOAD_REFUSED;
    if (refused && service_error_is_gone(answer->status))
        file->export->status = EXPORT_GONE;
    if (refused)
        err_hint(err, "%u new addresses from the service were refused too: %s", file->refusals,
                 file->export->status == EXPORT_GONE ? "the file is gone" : "the next run requests new ones");
    return err_wrap(err, "cannot download the export");
}

bool export_file_open(struct export_file *file, struct err *err)
{
    struct api *api = file->export->api;
    for (;;) {
        struct download_answer answer;
        struct download_request request = {
            .url = buf_text(&file->export->url),
            .deadline_ms = api->deadline_ms,
        };
        if (clock_now_ms() >= api->deadline_ms)
            return err_set(err, ERR_LATER, "the job's timeout has passed");
        file->download = download_open(api->http, &request, &answer, err);
        if (!file->download && err->kind != ERR_UNAVAILABLE)
            return err_wrap(err, "cannot download the export");
        struct export_file_step step = judge(file, file->download ? &answer : NULL);
        if (step.action == EXPORT_FILE_READ) {
            begin(file, &answer);
            return true;
        }
        bool answered = file->download != NULL;
        export_file_cleanup(file);
        if (answered)
            explain(&answer, err);
        switch (step.action) {
        case EXPORT_FILE_AGAIN:
            if (!wait_out(file, step.wait_ms, err))
                return false;
            break;
        case EXPORT_FILE_NEW_URL:
            if (!replace_url(file, step.wait_ms, err))
                return false;
            break;
        case EXPORT_FILE_FAIL:
        case EXPORT_FILE_READ:
            return explain_failure(file, answered ? &answer : NULL, err);
        }
    }
}

/*
 * Fills the block for the end of the file. certain: the transfer shows that no bytes follow. If an earlier
 * answer announced or sent more bytes, the file does not count as complete, whatever the last answer shows:
 * an export's file does not change.
 */
static void put_end_block(struct export_file *file, bool certain, struct export_block *block)
{
    bool shrank = file->offset < file->max_total || file->offset < file->max_offset;
    err_set(&file->fault, ERR_UNAVAILABLE, "the export's file is not whole after %" PRIu64 " bytes",
            file->offset);
    *block = (struct export_block){.kind = EXPORT_END, .proved = certain && !shrank};
    if (!block->proved)
        block->unproved_reason =
            certain ? "its host announced or sent more bytes before" : "its host does not state its length";
}

/* The body has ended: tells whether the file is complete. */
static bool end(struct export_file *file, struct export_block *block, struct err *err)
{
    bool sized = file->total != DOWNLOAD_UNKNOWN;
    if (sized && file->offset > file->total)
        return err_set(err, ERR_DATA,
                       "the export's file has %" PRIu64 " bytes, more than the %" PRIu64
                       " that its host announced",
                       file->offset, file->total);
    if (sized && file->offset < file->total) {
        err_set(&file->fault, ERR_UNAVAILABLE,
                "the export's file broke off after %" PRIu64 " of %" PRIu64 " bytes", file->offset,
                file->total);
        block->kind = EXPORT_CUT;
        return true;
    }
    put_end_block(file, file->proof != DOWNLOAD_UNPROVED, block);
    return true;
}

bool export_file_read(struct export_file *file, struct export_block *block, struct err *err)
{
    struct download_block part;
    if (clock_now_ms() >= file->export->api->deadline_ms)
        return err_set(err, ERR_LATER, "the job's timeout has passed while the export was downloaded");
    *block = (struct export_block){.kind = EXPORT_CUT};
    if (!download_read(file->download, &part, &file->fault)) {
        *err = file->fault;
        return err->kind == ERR_UNAVAILABLE;
    }
    if (part.ended)
        return end(file, block, err);
    block->kind = EXPORT_BYTES;
    block->bytes = part.bytes;
    block->length = part.length;
    file->offset += part.length;
    file->checksum = download_checksum(file->checksum, part.bytes, part.length);
    if (file->offset > file->max_offset)
        file->max_offset = file->offset;
    progress_bytes(file->offset, file->total == DOWNLOAD_UNKNOWN ? 0 : file->total);
    if (file->max_offset >= file->fault_at + EXPORT_FILE_PROGRESS)
        file->failures = 0;
    return true;
}

bool export_file_restart(struct export_file *file, struct err *err)
{
    struct export_file_step step = judge(file, NULL);
    export_file_cleanup(file);
    *err = file->fault;
    if (step.action != EXPORT_FILE_AGAIN)
        return explain_failure(file, NULL, err);
    return wait_out(file, step.wait_ms, err) && export_file_open(file, err);
}

bool export_file_again(struct export_file *file, struct err *err)
{
    export_file_cleanup(file);
    return export_file_open(file, err);
}
