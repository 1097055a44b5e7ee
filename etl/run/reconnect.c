#include "run/reconnect.h"

enum reconnect_step reconnect_judge(const struct reconnect_failure *failure)
{
    bool may_pass = failure->kind != ERR_STOPPED && err_kind_info(failure->kind)->may_pass;
    if (!may_pass || failure->failures >= failure->retries)
        return RECONNECT_FAIL;
    if (failure->wait_ms <= failure->left_ms)
        return RECONNECT_AFTER_WAIT;
    return failure->kind == ERR_LATER ? RECONNECT_FAIL : RECONNECT_TOO_LATE;
}
