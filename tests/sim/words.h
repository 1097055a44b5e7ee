/* The vocabulary that generated values are made of. */
#ifndef SIM_WORDS_H
#define SIM_WORDS_H

#include <stddef.h>

struct product {
    const char *name;
    const char *line_code;
};

extern const struct product words_products[];
extern const size_t words_product_count;

/* User names as hard as they come: other scripts, quotes, backslashes, tabs, commas, blanks at the ends. */
extern const char *const words_hard_users[];
extern const size_t words_hard_user_count;

extern const char *const words_first_names[];
extern const size_t words_first_name_count;
extern const char *const words_last_names[];
extern const size_t words_last_name_count;

/* Values of custom fields 1 to 10, eight each. */
#define WORDS_CUSTOM_COUNT 8
extern const char *const words_custom[10][WORDS_CUSTOM_COUNT];

#endif
