/*
 * A resolver that answers nothing until it is told to: getaddrinfo() of this program, for libcurl and libpq
 * too. It has no memory for the name no-memory.invalid. For one test program.
 */
#ifndef UNIT_WIRE_BLOCKED_RESOLVER_H
#define UNIT_WIRE_BLOCKED_RESOLVER_H

#include <netdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

static pthread_mutex_t resolver_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t resolver_changed = PTHREAD_COND_INITIALIZER;
static bool resolver_answers;
static unsigned resolver_asked;
static unsigned resolver_answered;

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
    (void)service;
    (void)hints;
    *result = NULL;
    if (name && strcmp(name, "no-memory.invalid") == 0)
        return EAI_MEMORY;
    pthread_mutex_lock(&resolver_mutex);
    resolver_asked++;
    while (!resolver_answers)
        pthread_cond_wait(&resolver_changed, &resolver_mutex);
    resolver_answered++;
    pthread_cond_broadcast(&resolver_changed);
    pthread_mutex_unlock(&resolver_mutex);
    return EAI_FAIL;
}

/* Lets it refuse every name, and waits until whoever has asked has been answered. */
static void resolver_release(void)
{
    pthread_mutex_lock(&resolver_mutex);
    resolver_answers = true;
    pthread_cond_broadcast(&resolver_changed);
    while (resolver_answered < resolver_asked)
        pthread_cond_wait(&resolver_changed, &resolver_mutex);
    pthread_mutex_unlock(&resolver_mutex);
}

#endif
