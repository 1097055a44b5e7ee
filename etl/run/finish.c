#include "run/finish.h"

#include "base/text.h"

#include <string.h>

static const char *next_line(const char *line)
{
    line += strcspn(line, "\n");
    return *line == '\n' ? line + 1 : line;
}

static size_t count_lines(const char *lines)
{
    size_t count = 0;
    for (const char *line = lines; *line != '\0'; line = next_line(line))
        count++;
    return count;
}

/* No line occurs twice, because each is for a different column. */
bool finish_figures_are_same(const char *figures, const char *others)
{
    if (count_lines(figures) != count_lines(others))
        return false;
    for (const char *line = figures; *line != '\0'; line = next_line(line))
        if (!text_has_line(others, line))
            return false;
    return true;
}

bool finish_is_empty(const char *figures)
{
    return text_has_line(figures, "rows 0");
}

enum finish finish_judge(const struct run_record_load *load, enum job_vanished vanished,
                         const char *figures_now)
{
    if (!load->exists)
        return FINISH_NEVER_LOADED;
    if (!load->has_same_request)
        return FINISH_OTHER_QUESTION;
    if (!load->is_of_this_table)
        return FINISH_OTHER_TABLE;
    if (!load->days_were_over)
        return FINISH_DAYS_NOT_OVER;
    if (load->keeps_vanished && vanished == JOB_VANISHED_DELETE)
        return FINISH_ROWS_KEPT;
    if (!load->figures)
        return FINISH_NO_FIGURES;
    if (!figures_now)
        return FINISH_READ_FIGURES;
    return finish_figures_are_same(load->figures, figures_now) ? FINISH_DONE : FINISH_CHANGED;
}
