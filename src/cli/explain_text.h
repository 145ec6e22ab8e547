/* explain_text.h - explanations as lines for people. */
#ifndef CLI_EXPLAIN_TEXT_H
#define CLI_EXPLAIN_TEXT_H

#include "cli.h"

/* A line for each row and class, of the first ones, and what they come to together. */
void cli_print_explanation(const struct sl_explanation *x);

/* The most important columns, and the accuracy on the n rows as they are; n 0: of the model alone. */
void cli_print_importance(const struct sl_model *model, const struct sl_explain_method *method,
                          const struct sl_importance *importance, size_t n, double accuracy);

enum { CLI_RANDOMISED = 64 };
/* Areas under the curves, and what they say; likeness to maps with random weights, and what it says. */
void cli_print_faithfulness(const struct sl_faithfulness *faithfulness);
void cli_print_randomised(const struct sl_randomised *steps, size_t n);

/* 'shortlist list methods' */
int cli_list_methods(const struct cli_args *args, int json);

#endif
