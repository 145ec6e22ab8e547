/* robustness_text.h - what 'shortlist robustness' prints. */
#ifndef CLI_ROBUSTNESS_TEXT_H
#define CLI_ROBUSTNESS_TEXT_H

#include "model_rows.h"

struct cli_robust {
    const char *data;
    size_t n; /* models */
    long seed;
    char **names;                  /* (n), owned by the command, as the next */
    struct sl_robustness *results; /* (n) */
};

enum { CLI_ROBUST_TEXT, CLI_ROBUST_MARKDOWN, CLI_ROBUST_CSV, CLI_ROBUST_JSON };

/* In one of these forms; an exit status. */
int cli_print_robustness(const struct cli_robust *table, int form);

#endif
