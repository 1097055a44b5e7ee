#include "load/event_trigger.h"

#include "base/text.h"

#include <string.h>

#define LIST "select evtname, evtfoid::regproc from pg_event_trigger"

bool event_trigger_explain(const char *statement, struct err *err)
{
    bool calls_others = strstr(statement, " alter column "); /* those of constraints */
    if (calls_others || !text_equal(err->sqlstate, "P0001"))
        return false;
    err->kind = ERR_CREATE;
    (void)err_hint(
        err, "an event trigger of the database refuses it: let its owner except the role of the run; " LIST
             " names them");
    return true;
}

bool event_trigger_hint_owner(struct err *err)
{
    return err_hint(
        err, "an event trigger of the database may have given the new table another owner: let its owner "
             "except the role of the run; " LIST " names them");
}
