/* greedy.c - ensembles of classifiers that have predicted already: Caruana, Niculescu-Mizil, Crew and Ksikes,
 * "Ensemble selection from libraries of models", ICML (2004), by accuracy, with replacement.
 *
 * O(rounds m n k) time, O(n k) memory.  Leaves out bagged selection, and sorted initialisation. */
#include "measure/greedy.h"
#include "core/memory.h"
#include <math.h>
#include <shortlist/error.h>
#include <string.h>

/* How good a sum of probabilities is. */
struct quality {
    size_t right;
    double loss;
};

/* Losses that differ by less are the same sums in another order. */
static int is_better(struct quality a, struct quality b)
{
    const double rounding = 1e-9;
    return a.right != b.right ? a.right > b.right : a.loss < b.loss * (1 - rounding);
}

/* Of the sums (n_rows, k) with one classifier's probabilities added, taken `taken` in all. */
static struct quality judge(const struct sl_greedy *of, const double *sum, size_t member,
                            const uint32_t *rows, size_t n_rows, int taken)
{
    struct quality q = {0};
    for (size_t r = 0; r < n_rows; r++) {
        const float *p = of->probabilities[member] + (size_t)rows[r] * (size_t)of->k;
        const double *s = sum + r * (size_t)of->k;
        const int32_t truth = of->truth[rows[r]];
        int best = 0;
        for (int c = 1; c < of->k; c++)
            if (s[c] + (double)p[c] > s[best] + (double)p[best])
                best = c;
        q.right += best == truth;
        const double own = truth < of->k ? (s[truth] + (double)p[truth]) / taken : 0;
        q.loss -= log(fmax(own, 1e-15));
    }
    return q;
}

int sl_greedy_select(const struct sl_greedy *of, const uint32_t *rows, size_t n_rows, int rounds, int *count)
{
    double *sum = sl_alloc_zero(n_rows * (size_t)of->k, sizeof *sum);
    int *now = sl_alloc_zero(of->m, sizeof *now);
    struct quality best = {0, INFINITY};
    memset(count, 0, of->m * sizeof *count);
    for (int round = 1; sum && now && round <= rounds; round++) {
        struct quality found = {0, INFINITY};
        size_t member = 0;
        for (size_t m = 0; m < of->m; m++) {
            struct quality q = judge(of, sum, m, rows, n_rows, round);
            if (is_better(q, found)) {
                found = q;
                member = m;
            }
        }
        now[member]++;
        for (size_t r = 0; r < n_rows; r++)
            for (int c = 0; c < of->k; c++)
                sum[r * (size_t)of->k + (size_t)c] +=
                    (double)of->probabilities[member][(size_t)rows[r] * (size_t)of->k + (size_t)c];
        if (round == 1 || is_better(found, best)) {
            best = found;
            memcpy(count, now, of->m * sizeof *count);
        }
    }
    int code = sum && now ? SL_OK : SL_ENOMEM;
    free(sum);
    free(now);
    return code;
}

int sl_greedy_predict(const struct sl_greedy *of, const int *count, size_t i)
{
    double most = -1;
    int best = 0;
    for (int c = 0; c < of->k; c++) {
        double sum = 0;
        for (size_t m = 0; m < of->m; m++)
            if (count[m])
                sum += count[m] * (double)of->probabilities[m][i * (size_t)of->k + (size_t)c];
        if (sum > most) {
            most = sum;
            best = c;
        }
    }
    return best;
}
