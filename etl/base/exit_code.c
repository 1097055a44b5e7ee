#include "base/exit_code.h"

#include <stddef.h>

const struct exit_code exit_codes[] = {
#define EXIT_CODE(name, code, meaning, advice) {code, meaning, advice},
#include "base/exit_codes.def"
#undef EXIT_CODE
    {0, NULL, NULL},
};

int exit_code_join(int so_far, int next)
{
    if (so_far == 0 || next == 0)
        return so_far + next;
    return so_far == next ? so_far : EXIT_CODE_MIXED;
}
