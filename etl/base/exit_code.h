/*
 * The exit code of several things done together: 0 where all succeeded, the failures' common exit code, 1
 * where they differ. Pure.
 */
#ifndef BASE_EXIT_CODE_H
#define BASE_EXIT_CODE_H

/* Failures of different exit codes. */
#define EXIT_CODE_MIXED 1

/* Combines two exit codes. The order of the arguments does not matter. */
int exit_code_join(int so_far, int next);

#endif
