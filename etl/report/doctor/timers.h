/*
 * What starts the tool automatically on this machine, as files show: systemd is not called, so that this
 * works without it.
 */
#ifndef REPORT_DOCTOR_TIMERS_H
#define REPORT_DOCTOR_TIMERS_H

#include "base/arena.h"
#include "base/text.h"

struct timers {
    struct text_list units;      /* enabled timer units: `tokenflex-etl@nightly.timer`, in no defined order */
    struct text_list cron_files; /* files with a line that names tokenflex-etl */
};

/*
 * Looks for `tokenflex-etl*.timer` in ETC/systemd/system/timers.target.wants, and for lines in ETC/crontab
 * and the files of ETC/cron.d that cron reads. Files that are missing or unreadable count as empty. etc:
 * `/etc`. Texts live in arena.
 */
void timers_find(const char *etc, struct arena *arena, struct timers *timers);

#endif
