#include "base/exit_code.h"

int exit_code_join(int so_far, int next)
{
    if (so_far == 0 || next == 0)
        return so_far + next;
    return so_far == next ? so_far : EXIT_CODE_MIXED;
}
