#include "terminal/terminal.h"

#include "base/environment.h"
#include "base/text.h"

#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool is_dumb(void)
{
    return text_equal(environment_get(ENVIRONMENT_TERM), "dumb");
}

bool terminal_has_colour(void)
{
    return isatty(STDERR_FILENO) && !*environment_get(ENVIRONMENT_NO_COLOR) && !is_dumb();
}

bool terminal_is_live(void)
{
    return isatty(STDERR_FILENO) && *environment_get(ENVIRONMENT_TERM) && !is_dumb();
}

static size_t number_of(enum environment_variable variable, size_t otherwise)
{
    uint64_t number;
    return text_to_uint(environment_get(variable), 10000, &number) && number > 0 ? (size_t)number : otherwise;
}

void terminal_size(size_t *columns, size_t *rows)
{
    struct winsize size = {0};
    bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0;
    *columns = known && size.ws_col > 0 ? size.ws_col : number_of(ENVIRONMENT_COLUMNS, 80);
    *rows = known && size.ws_row > 0 ? size.ws_row : number_of(ENVIRONMENT_LINES, 24);
}

bool terminal_is_ours(void)
{
    pid_t foreground = tcgetpgrp(STDERR_FILENO);
    return foreground < 0 || foreground == getpgrp();
}
