#include "run/unsupported.h"

static bool refuse(struct err *err, const char *what, const char *instead)
{
    err_set(err, ERR_CONFIG, "%s is not supported yet", what);
    return err_hint(err, "%s", instead);
}

bool supported_settings(const struct settings *settings, struct err *err)
{
    if (*settings->run.metrics_file)
        return refuse(err, "run.metrics_file", "leave it out");
    return true;
}
