/* explain_options.h - which options of 'shortlist explain' belong to which methods. */
#ifndef CLI_EXPLAIN_OPTIONS_H
#define CLI_EXPLAIN_OPTIONS_H

#include "cli.h"

/* Refuses an option that the method would not look at. */
int cli_check_explain_options(const struct cli_args *args, const char *method);

#endif
