/* scorer.c - Bayes' rule: p(c | x) = p(x, c) / sum p(x, c'), in double, from logarithms.  Rows are
 * independent. */
#include "densities/scorer.h"
#include "core/memory.h"
#include "core/threads.h"
#include "data/csr.h"
#include "kernels/convert.h"
#include <math.h>
#include <string.h>

struct task {
    const struct sl_scorer *scorer;
    const struct sl_view *view;
    int32_t *labels;
    float *scores;
};

static int best_of(const double *joint, int m)
{
    int best = 0;
    for (int c = 1; c < m; c++)
        if (joint[c] > joint[best])
            best = c;
    return best;
}

static void spread(const struct sl_scorer *scorer, const double *joint, double largest, float *scores)
{
    double sum = 0;
    for (int c = 0; c < scorer->k; c++)
        scores[c] = scorer->margins ? -INFINITY : 0;
    for (int c = 0; c < scorer->m; c++)
        sum += exp(joint[c] - largest);
    for (int c = 0; c < scorer->m; c++)
        scores[scorer->label_of[c]] =
            scorer->margins ? sl_cut(joint[c]) : (float)(exp(joint[c] - largest) / sum);
}

/* 0 where no class has a finite score. */
static int give_row(const struct task *task, size_t i, const double *joint)
{
    const struct sl_scorer *scorer = task->scorer;
    const int best = best_of(joint, scorer->m);
    if (!isfinite(joint[best]))
        return 0;
    if (task->labels)
        task->labels[i] = scorer->label_of[best];
    else
        spread(scorer, joint, joint[best], task->scores + i * (size_t)scorer->k);
    return 1;
}

/* Rows first ... first + n - 1; the number of the first that is refused, or SIZE_MAX. */
static size_t run_block(const struct task *task, size_t first, size_t n, float *X, double *scratch,
                        double *joint)
{
    const struct sl_scorer *scorer = task->scorer;
    if (task->view->dtype == SL_SPARSE) {
        memset(X, 0, n * task->view->d * sizeof *X);
        sl_csr_to_dense(task->view, first, n, SL_F32, X);
    } else
        sl_view_block(task->view, first, n, X);
    scorer->joint(scorer->model, X, n, scratch, joint);
    for (size_t i = 0; i < n; i++)
        if (!give_row(task, first + i, joint + i * (size_t)scorer->m))
            return first + i;
    return SIZE_MAX;
}

/* Rows at a time: 64, fewer of very wide ones. */
static size_t block_of(size_t d)
{
    enum { FEATURES = 1 << 22 };
    const size_t rows = FEATURES / d;
    return rows > SL_SCORER_ROWS ? SL_SCORER_ROWS : rows ? rows : 1;
}

int sl_scorer_run(const struct sl_scorer *scorer, const struct sl_view *x, int threads, int32_t *labels,
                  float *scores, struct sl_error *err)
{
    const struct task task = {.scorer = scorer, .view = x, .labels = labels, .scores = scores};
    const size_t m = (size_t)scorer->m, block = block_of(x->d);
    size_t refused = SIZE_MAX;
    int failed = 0;
    threads = sl_threads_for(scorer->operations * (double)x->n, threads);
#pragma omp parallel num_threads(threads) reduction(| : failed) reduction(min : refused)
    {
        float *X = sl_alloc(block * x->d, sizeof *X);
        double *scratch = sl_alloc(scorer->scratch, sizeof *scratch),
               *joint = sl_alloc(block * m, sizeof *joint);
        failed = !X || !scratch || !joint;
#pragma omp for schedule(static)
        for (size_t first = 0; first < x->n; first += block) {
            const size_t n = x->n - first < block ? x->n - first : block;
            const size_t bad = failed ? SIZE_MAX : run_block(&task, first, n, X, scratch, joint);
            refused = bad < refused ? bad : refused;
        }
        free(X);
        free(scratch);
        free(joint);
    }
    if (failed)
        return sl_fail_memory(err);
    if (refused < SIZE_MAX)
        return sl_fail(err, SL_EDATA, "row %zu is too far from every class for a finite score", refused);
    return SL_OK;
}
