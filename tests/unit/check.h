/* check.h - what the unit tests of core include, in the order that cmocka asks for. */
#ifndef SL_TESTS_CHECK_H
#define SL_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The text holds the part; else the test fails and shows both. */
#define assert_holds(text, part)                                                                             \
    do {                                                                                                     \
        if (!strstr(text, part))                                                                             \
            fail_msg("'%s' does not hold '%s'", (const char *)(text), part);                                 \
    } while (0)

#endif
