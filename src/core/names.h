/* names.h - errors of a name that there is not. */
#ifndef SL_CORE_NAMES_H
#define SL_CORE_NAMES_H

#include <shortlist/error.h>
#include <stddef.h>

/* SL_EUSAGE "there is no WHAT 'word' (did you mean ...?): there are ..."; names (n). */
int sl_fail_unknown(struct sl_error *err, const char *what, const char *word, const char *const *names,
                    size_t n);

#endif
