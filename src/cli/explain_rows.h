/* explain_rows.h - which rows 'shortlist explain' explains, and for which classes. */
#ifndef CLI_EXPLAIN_ROWS_H
#define CLI_EXPLAIN_ROWS_H

#include "model_rows.h"

struct cli_chosen {
    uint32_t *rows;  /* (n): numbers of rows in the data */
    size_t n, found; /* found: as many as the options name, before --limit */
    int limited;     /* fewer than that because the method is slow, and nobody said how many */
    size_t m;
    int32_t *classes; /* (n, m) */
};

/* By --rows, --class, --wrong, --pair and --limit; usual: rows where none of --rows and --limit is given (0:
 * all).  predicted (rows->view.n).  0, or an exit status after a message.  Release it either way. */
int cli_choose_rows(const struct cli_args *args, const struct cli_model_rows *rows, const int32_t *predicted,
                    int usual, struct cli_chosen *chosen);
/* By --target; truth and predicted are those of the chosen rows (n). */
int cli_choose_classes(const struct cli_args *args, const struct cli_model_rows *rows, const int32_t *truth,
                       const int32_t *predicted, struct cli_chosen *chosen);
void cli_release_chosen(struct cli_chosen *chosen);

#endif
