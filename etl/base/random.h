/*
 * Randomness for jitter. Nothing secret depends on it.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

/* [0, 1); any thread. */
double random_fraction(void);

#endif
