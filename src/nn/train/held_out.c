/* held_out.c - training rows that are not trained on: early stopping is judged by them.
 *
 * Stratified, as in scikit-learn's MLPClassifier.  O(k n + held-out rows d). */
#include "nn/train/held_out.h"
#include "core/memory.h"
#include "data/dataset.h"
#include <math.h>
#include <string.h>

/* Moves the first rows of each class to held; returns how many. */
static size_t divide(const struct sl_view *train, double fraction, uint32_t *rows, size_t *n, uint32_t *held)
{
    size_t n_held = 0, kept = 0;
    for (int c = 0; c < train->k; c++) {
        size_t count = 0, seen = 0;
        for (size_t i = 0; i < train->n; i++)
            count += train->y[i] == c;
        size_t share = (size_t)floor((double)count * fraction + 0.5);
        for (size_t i = 0; i < *n; i++) {
            uint32_t row = rows[i];
            if (row == UINT32_MAX || train->y[row] != c || seen++ >= share)
                continue;
            held[n_held++] = row;
            rows[i] = UINT32_MAX;
        }
    }
    for (size_t i = 0; i < *n; i++)
        if (rows[i] != UINT32_MAX)
            rows[kept++] = rows[i];
    *n = kept;
    return n_held;
}

static int copy_rows(const struct sl_view *train, const uint32_t *rows, size_t n, struct sl_view *out)
{
    size_t row = train->d * sl_dtype_size(train->dtype);
    char *x = sl_alloc(n, row);
    int32_t *y = sl_alloc(n, sizeof *y);
    double *weight = train->weight ? sl_alloc(n, sizeof *weight) : NULL;
    int whole = x && y && (weight || !train->weight);
    for (size_t i = 0; whole && i < n; i++) {
        memcpy(x + i * row, (const char *)train->x + rows[i] * row, row);
        y[i] = train->y[rows[i]];
        if (weight)
            weight[i] = train->weight[rows[i]];
    }
    *out = *train;
    out->n = n;
    out->x = x;
    out->y = y;
    out->weight = weight;
    return whole ? SL_OK : SL_ENOMEM;
}

int sl_held_out_take(const struct sl_view *train, double fraction, struct sl_rng *rng, uint32_t *rows,
                     size_t *n, struct sl_held_out *out, struct sl_error *err)
{
    uint32_t *held = sl_alloc(*n, sizeof *held);
    size_t all = *n;
    if (!held)
        return sl_fail_memory(err);
    sl_rng_shuffle(rng, rows, *n);
    size_t n_held = divide(train, fraction, rows, n, held);
    int code = SL_OK;
    if (*n == 0 || n_held == 0)
        code = sl_fail(err, SL_EUSAGE,
                       "early_stopping: %zu training rows leave %zu to train on and %zu to judge by "
                       "with validation_fraction=%g",
                       all, *n, n_held, fraction);
    else if (copy_rows(train, held, n_held, &out->view))
        code = sl_fail_memory(err);
    free(held);
    return code;
}

void sl_held_out_release(struct sl_held_out *held_out)
{
    free((void *)held_out->view.x);
    free((void *)held_out->view.y);
    free((void *)held_out->view.weight);
}
