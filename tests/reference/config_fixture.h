/* config_fixture.h - a classifier's configuration from a text. */
#ifndef SL_TESTS_CONFIG_FIXTURE_H
#define SL_TESTS_CONFIG_FIXTURE_H

#include <setjmp.h>
#include <shortlist/classifier.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/memory.h"

/* The defaults and settings, such as "C=2 tol=1e-10": free() it. */
static inline void *config_of(const struct sl_classifier_type *type, const char *settings)
{
    struct sl_error err = {0};
    char text[400], *rest = text;
    void *config = sl_alloc_zero(1, type->config_size);
    sl_config_default(type->params, config);
    snprintf(text, sizeof text, "%s", settings);
    for (char *word; (word = strsep(&rest, " "));) {
        char *value = strchr(word, '=');
        if (!value)
            continue;
        *value++ = '\0';
        if (sl_config_set(type->params, config, word, value, &err))
            fail_msg("%s", err.text);
    }
    return config;
}

#endif
