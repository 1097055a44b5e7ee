/*
 * The exit code of several things done together: 0 where all succeeded, the failures' common exit code, 1
 * where they differ. Pure.
 */
#ifndef BASE_EXIT_CODE_H
#define BASE_EXIT_CODE_H

/* Failures of different exit codes. */
#define EXIT_CODE_MIXED 1

/* The exit code of what led to so_far and of what led to next together. In any order the result is the same.
 */
int exit_code_join(int so_far, int next);

#endif
