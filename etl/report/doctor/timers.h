/*
 * What starts the tool by itself on this machine, as far as files tell: systemd is not asked, so that this
 * works where there is none.
 */
#ifndef REPORT_DOCTOR_TIMERS_H
#define REPORT_DOCTOR_TIMERS_H

#include "base/arena.h"
#include "base/text.h"

struct timers {
    struct text_list units;      /* enabled timer units: `tokenflex-etl@nightly.timer`, in no order */
    struct text_list cron_files; /* with a line that names tokenflex-etl */
};

/*
 * Looks for `tokenflex-etl*.timer` in ETC/systemd/system/timers.target.wants, and for lines in ETC/crontab
 * and the files of ETC/cron.d that cron reads. What is not there or cannot be read is as if it were empty.
 * etc:
 * `/etc`. Texts live in arena.
 */
void timers_find(const char *etc, struct arena *arena, struct timers *timers);

#endif
