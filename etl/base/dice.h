/*
 * Randomness for jitter. Nothing secret depends on it.
 */
#ifndef BASE_DICE_H
#define BASE_DICE_H

/* [0, 1); any thread. */
double dice_roll(void);

#endif
