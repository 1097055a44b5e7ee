#include "terminal/terminal.h"

#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool is_dumb(void)
{
    const char *terminal = getenv("TERM");
    return terminal && text_equal(terminal, "dumb");
}

bool terminal_has_colour(void)
{
    const char *no_color = getenv("NO_COLOR");
    return isatty(STDERR_FILENO) && !(no_color && *no_color) && !is_dumb();
}

bool terminal_is_live(void)
{
    const char *terminal = getenv("TERM");
    return isatty(STDERR_FILENO) && terminal && *terminal && !is_dumb();
}

static size_t number_of(const char *variable, size_t otherwise)
{
    uint64_t number;
    const char *text = getenv(variable);
    return text && text_to_uint(text, 10000, &number) && number > 0 ? (size_t)number : otherwise;
}

void terminal_size(size_t *columns, size_t *rows)
{
    struct winsize size = {0};
    bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0;
    *columns = known && size.ws_col > 0 ? size.ws_col : number_of("COLUMNS", 80);
    *rows = known && size.ws_row > 0 ? size.ws_row : number_of("LINES", 24);
}

bool terminal_is_ours(void)
{
    pid_t foreground = tcgetpgrp(STDERR_FILENO);
    return foreground < 0 || foreground == getpgrp();
}
