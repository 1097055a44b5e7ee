/* The two clocks: monotonic milliseconds for waiting and lifetimes, UTC seconds for what is told to clients.
 */
#ifndef SIM_CLOCK_H
#define SIM_CLOCK_H

#include <stdint.h>

int64_t clock_ms(void);
int64_t clock_utc_ms(void);
int64_t clock_utc_seconds(void);
int64_t clock_today(void); /* days since 1970 */

#endif
