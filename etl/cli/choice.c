#include "cli/choice.h"

#include "base/macros.h"

#include <ctype.h>
#include <string.h>

static enum choice_kind kind_of(const char *word, size_t length)
{
    static const struct {
        const char *name;
        enum choice_kind kind;
    } kinds[] = {{"FILE", CHOICE_FILES}, {"DIR", CHOICE_DIRECTORIES}, {"JOB", CHOICE_JOBS},
                 {"JOB…", CHOICE_JOBS},  {"TAG", CHOICE_TAGS},        {"COMMAND", CHOICE_COMMANDS}};
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (strlen(kinds[i].name) == length && memcmp(kinds[i].name, word, length) == 0)
            return kinds[i].kind;
    return islower((unsigned char)word[0]) ? CHOICE_WORD : CHOICE_FREE;
}

bool choice_next(const char **text, struct choice *choice)
{
    const char *word = *text + strspn(*text, "[]| ");
    size_t length = strcspn(word, "[]| ");
    if (length == 0)
        return false;
    *text = word + length;
    *choice = (struct choice){kind_of(word, length), word, length};
    return true;
}
