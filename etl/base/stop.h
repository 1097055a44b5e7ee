/*
 * The request to stop: by SIGTERM, by SIGINT, or by a failed allocation (base/mem).
 *
 * A request is never withdrawn. Every long wait watches stop_fd(), or calls stop_requested() several times a
 * second, so that the process ends within seconds.
 */
#ifndef BASE_STOP_H
#define BASE_STOP_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/* Installs the signal handlers and the handler for failed allocations. Called once, by the command line,
 * before any thread is started.
 */
MUST_CHECK bool stop_install(struct err *err);

bool stop_requested(void);

/* limit_ms after the moment at which the stop was requested (monotonic); CLOCK_NEVER while none is. */
int64_t stop_deadline(int64_t limit_ms);

/* A descriptor that becomes readable when a stop is requested, and stays so; -1 before stop_install(). */
int stop_fd(void);

/* Waits; false, with ERR_STOPPED, as soon as a stop is requested. */
MUST_CHECK bool stop_sleep(int64_t wait_ms, struct err *err);

/* Fills err with ERR_STOPPED; returns false. */
bool stop_error(struct err *err);

#endif
