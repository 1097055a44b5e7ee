/*
 * The filter of a job: which usage its query requests, apart from the days of the window.
 */
#ifndef JOB_FILTER_H
#define JOB_FILTER_H

#include "base/buf.h"
#include "job/job.h"

/*
 * Appends the normal form of the job's filter, such as
 * `usageCategory in ('CLOUD_PRODUCT', 'DESKTOP_PRODUCT') where userName like 'admin%'`; nothing for a job
 * that filters nothing.
 *
 * Jobs with the same text request the same usage. Jobs that request the same usage may have different texts:
 * only the following differences do not count. The categories are sorted, each once, by the names that the
 * service uses now. In `where`, blanks outside quotes, the case of keywords, and the order and repetition of
 * items in `in (…)` make no difference. Quoted text stays as it is, line breaks included.
 *
 * Texts of earlier versions are stored and compared with it: a change of the form needs a migration. Pure.
 * The ceiling of out must be BUF_OWN_TEXT.
 */
void job_filter_put(const struct job *job, struct buf *out);

#endif
