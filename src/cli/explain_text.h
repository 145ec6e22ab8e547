/* explain_text.h - explanations as lines for people. */
#ifndef CLI_EXPLAIN_TEXT_H
#define CLI_EXPLAIN_TEXT_H

#include "cli.h"

/* A line for each row and class, of the first ones, and what they come to together. */
void cli_print_explanation(const struct sl_explanation *x);

/* 'shortlist list methods' */
int cli_list_methods(const struct cli_args *args, int json);

#endif
