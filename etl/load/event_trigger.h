/* Event triggers of the database, which run at DDL statements and may refuse them. */
#ifndef LOAD_EVENT_TRIGGER_H
#define LOAD_EVENT_TRIGGER_H

#include "base/err.h"

/* To be called with the error of a DDL statement. If a function raised it, and the statement calls no other,
 * as a new column type may do, it was an event trigger's: then the error becomes ERR_CREATE, with a hint.
 * Returns whether it was. */
bool event_trigger_explain(const char *statement, struct err *err);

/* A hint for a new table that belongs to somebody else at once. Returns false. */
bool event_trigger_hint_owner(struct err *err);

#endif
