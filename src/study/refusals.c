/* refusals.c - rows that are asked for and not to be had. */
#include "core/memory.h"
#include "core/text.h"
#include "study/experiment.h"

int sl_experiment_refuse(struct sl_experiment *experiment, const char *row, const char *reason,
                         enum sl_squares squares, struct sl_error *err)
{
    struct sl_refusal *all = sl_realloc(experiment->refused, experiment->n_refused + 1, sizeof *all);
    if (!all)
        return sl_fail_memory(err);
    experiment->refused = all;
    struct sl_refusal *refusal = &all[experiment->n_refused];
    *refusal = (struct sl_refusal){sl_strdup(row), sl_strdup(reason), squares};
    if (!refusal->row || (reason && !refusal->reason)) {
        sl_refusal_release(refusal);
        return sl_fail_memory(err);
    }
    experiment->n_refused++;
    return SL_OK;
}

void sl_refusal_release(struct sl_refusal *refusal)
{
    free(refusal->row);
    free(refusal->reason);
}

/* A classifier for each class, or for each pair of classes, whose Laplace approximation keeps the Cholesky
 * factor of its rows' covariances (Rasmussen and Williams, 2006, algorithm 3.1).  Classes are taken to be of
 * one size. */
static void add_squares(struct sl_string *text, enum sl_squares squares, double n, double k)
{
    const int pairs = squares == SL_SQUARES_PAIRS;
    const double matrices = pairs ? k * (k - 1) / 2 : k, rows = pairs ? 2 * n / k : n;
    char side[32];
    sl_print_count((uint64_t)rows, side, sizeof side);
    sl_string_add(text, "its %.0f matrices of %s x %s doubles take %.3g GiB", matrices, side, side,
                  matrices * rows * rows * sizeof(double) / (1 << 30));
}

int sl_refusals_text(const struct sl_experiment *experiment, size_t n, int k, char **text,
                     struct sl_error *err)
{
    struct sl_string lines = {0};
    for (size_t i = 0; i < experiment->n_refused; i++) {
        const struct sl_refusal *refusal = &experiment->refused[i];
        sl_string_add(&lines, "%srow '%s' is refused: ", i ? "\n" : "", refusal->row);
        if (refusal->reason)
            sl_string_add(&lines, "%s", refusal->reason);
        else
            add_squares(&lines, refusal->squares, (double)n, (double)k);
    }
    *text = lines.text;
    return lines.failed ? sl_fail_memory(err) : SL_OK;
}
