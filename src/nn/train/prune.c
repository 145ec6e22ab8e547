/* prune.c - rows that an epoch passes over.  Cost: O(rows) an epoch. */
#include "nn/train/prune.h"
#include "core/memory.h"
#include <math.h>

enum { STREAM = 4 }; /* of the fit's, as trainer.c splits it */

int sl_prune_begin(struct sl_prune *p, double ratio, size_t n_train, const struct sl_rng *rng,
                   struct sl_error *err)
{
    *p = (struct sl_prune){
        .ratio = ratio,
        .result = sl_alloc(n_train, sizeof *p->result),
        .stands_for = sl_alloc(n_train, sizeof *p->stands_for),
        .weights = sl_alloc(n_train, sizeof *p->weights),
        .rows = sl_alloc(n_train, sizeof *p->rows),
        .rng = sl_rng_split(rng, STREAM),
    };
    if (!p->result || !p->stands_for || !p->weights || !p->rows || !p->rng)
        return sl_fail_memory(err);
    for (size_t i = 0; i < n_train; i++)
        p->result[i] = (struct sl_row_result){.loss = INFINITY};
    return SL_OK;
}

void sl_prune_release(struct sl_prune *p)
{
    free(p->result);
    free(p->stands_for);
    free(p->weights);
    free(p->rows);
    sl_rng_free(p->rng);
    *p = (struct sl_prune){0};
}

int sl_prune_takes_all(size_t epoch, size_t epochs)
{
    const size_t last = epochs < 16 ? 1 : epochs / 8;
    return epoch + last >= epochs;
}

void sl_prune_choose(struct sl_prune *p, const uint32_t *rows, size_t n, int all, const float *own)
{
    double mean = 0, largest = -INFINITY;
    p->n = 0;
    for (size_t i = 0; i < n; i++) {
        mean += (double)p->result[rows[i]].loss / (double)n;
        largest = fmax(largest, (double)p->result[rows[i]].loss);
    }
    mean = fmin(mean, largest); /* a mean of equal losses may be rounded up, and no row would stay */
    for (size_t i = 0; i < n; i++) {
        const uint32_t row = rows[i];
        const int easy = !all && (double)p->result[row].loss < mean;
        p->stands_for[row] = (float)(easy ? 1 / (1 - p->ratio) : 1);
        p->weights[row] = p->stands_for[row] * (own ? own[row] : 1);
        if (!easy || sl_rng_uniform(p->rng) >= p->ratio)
            p->rows[p->n++] = row;
    }
}

double sl_prune_accuracy(const struct sl_prune *p)
{
    double right = 0, all = 0;
    for (size_t i = 0; i < p->n; i++) {
        const double stands_for = (double)p->stands_for[p->rows[i]];
        right += p->result[p->rows[i]].correct ? stands_for : 0;
        all += stands_for;
    }
    return right / all;
}
