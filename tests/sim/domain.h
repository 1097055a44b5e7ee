/* The values of a field: value number 0, 1, 2 … of each field as text. Two numbers of one field never give
 * the same text. */
#ifndef SIM_DOMAIN_H
#define SIM_DOMAIN_H

#include "field.h"

#define DOMAIN_BYTES 256

/* How many values a field has when `asked` are configured (0: none configured). */
uint32_t domain_values(const struct field *field, int64_t asked);

/* Writes value `index` of the field called name (at most DOMAIN_BYTES) and answers its length; 0 for null.
 * Not for fields that show a period or a time. */
size_t domain_text(const struct field *field, const char *name, uint64_t index, char *out);

/* Writes YYYY-MM-DDTHH:MM:SS (19 bytes) of a session or transaction that began in that second slot of a day.
 * length_s is added. */
void domain_time(int64_t day, uint64_t slot, int64_t length_s, char *out);

#endif
