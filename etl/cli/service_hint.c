#include "cli/service_hint.h"

#include "base/log.h"
#include "base/program.h"
#include "base/text.h"

#include <unistd.h>

static bool has_unit(void)
{
    static const char *const places[] = {"/etc/systemd/system/tokenflex-etl@.service",
                                         "/usr/local/lib/systemd/system/tokenflex-etl@.service",
                                         "/usr/lib/systemd/system/tokenflex-etl@.service"};
    bool found = false;
    for (size_t i = 0; i < COUNT_OF(places); i++)
        found |= access(places[i], F_OK) == 0;
    return found && access("/run/systemd/system", F_OK) == 0;
}

void service_hint(const char *settings_file)
{
    bool of_the_service = text_starts_with(settings_file, "/etc/tokenflex-etl/");
    if (of_the_service && !program_is_service() && geteuid() == 0 && has_unit())
        log_warn(
            "not-the-service",
            "this command runs as root and does not use the variables, the secret and the login of the unit "
            "tokenflex-etl@.service; to use them, run tokenflex-etl-as-service with the same arguments");
}
