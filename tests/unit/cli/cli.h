/*
 * cmocka, and a buffer compared with text.
 */
#ifndef UNIT_CLI_CLI_H
#define UNIT_CLI_CLI_H

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static inline struct buf text_make(void)
{
    return buf_make(1 << 20);
}

#endif
