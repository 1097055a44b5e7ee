/*
 * Threads that help another one: they block all signals, so that the others handle them, and writing to a
 * closed connection raises no SIGPIPE in them.
 */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include "base/macros.h"

#include <pthread.h>

/* Starts run(context). 0, or the error number of pthread_create(). */
MUST_CHECK int thread_start(pthread_t *thread, void *(*run)(void *), void *context);

#endif
