/* The compiler features that the code uses, each under a name that says its purpose. */
#ifndef BASE_MACROS_H
#define BASE_MACROS_H

#include <stddef.h>

/* The caller must check the result. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* printf-like: PRINTF_LIKE(position of the format, position of the first argument). */
#define PRINTF_LIKE(format_at, arguments_at) __attribute__((format(printf, format_at, arguments_at)))

/*
 * A handle that is released when its scope ends, however it ends: `SCOPED(buf) struct buf body = …` calls
 * buf_cleanup(&body), which releases it as buf_release() does, unless the header says otherwise. Some
 * variables exist only for their cleanup and are used nowhere else.
 */
#define SCOPED(type) __attribute__((cleanup(type##_cleanup), unused))

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define UNUSED __attribute__((unused))

#endif
