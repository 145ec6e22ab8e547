/* explain_text.h - explanations as lines for people. */
#ifndef CLI_EXPLAIN_TEXT_H
#define CLI_EXPLAIN_TEXT_H

#include "cli.h"

/* A line for each row and class, of the first ones, and what they come to together. */
void cli_print_explanation(const struct sl_explanation *x);

/* The most important columns, and the accuracy on the n rows as they are. */
void cli_print_importance(const struct sl_model *model, const struct sl_importance *importance, size_t n,
                          double accuracy);

/* 'shortlist list methods' */
int cli_list_methods(const struct cli_args *args, int json);

#endif
