/* svm_solver.c - one pair of classes: the frame around both ways of solving it.
 *
 * A kernel that is positive semidefinite has one optimal value, and working sets reach it fastest
 * (svm_sets.c).  A kernel that is not, such as sigmoid, has many stationary points, and where a solver ends
 * depends on its path: those follow LIBSVM's, one step at a time (svm_single.c). */
#include "classifiers/svm_solver.h"
#include "classifiers/svm_steps.h"
#include "core/memory.h"
#include "kernels/topk.h"
#include <math.h>

int sl_svm_workspace_init(struct sl_svm_workspace *w, const struct sl_svm_rows *rows, const float *diagonal,
                          size_t max_n, size_t cache_bytes)
{
    *w = (struct sl_svm_workspace){.diagonal = diagonal};
    w->f = sl_alloc(max_n, sizeof *w->f);
    w->beta = sl_alloc(max_n, sizeof *w->beta);
    w->steps = sl_alloc(1, sizeof *w->steps);
    w->heap = sl_alloc(SL_SVM_BATCH, sizeof *w->heap);
    const int linear = rows->kernel.kind == SL_SVM_LINEAR;
    if (w->f && w->beta && w->steps && w->heap &&
        sl_svm_cache_init(&w->cache, rows, max_n, cache_bytes) == 0 &&
        !(linear && sl_svm_weights_init(&w->weights, rows, SL_SVM_SET, SL_SVM_ENTERING)))
        return 0;
    sl_svm_workspace_release(w);
    return -1;
}

void sl_svm_workspace_release(struct sl_svm_workspace *w)
{
    free(w->f);
    free(w->beta);
    free(w->steps);
    free(w->heap);
    sl_svm_cache_release(&w->cache);
    sl_svm_weights_release(&w->weights);
    *w = (struct sl_svm_workspace){0};
}

size_t sl_svm_offenders(const struct sl_svm_work *k, size_t m, uint32_t *found)
{
    struct sl_neighbour *heap = k->w->heap;
    struct sl_topk highest = {.heap = heap, .k = m / 2}, lowest = {.heap = heap + m / 2, .k = m / 2};
    double high = k->low, small = k->up; /* only a row beyond these can be half of an offending pair */
    for (size_t i = 0; i < k->n; i++) {
        const double f = k->f[i];
        if (f > high && k->beta[i] < sl_svm_upper(k, i)) {
            sl_topk_offer(&highest, -f, (uint32_t)i);
            high = fmax(high, -sl_topk_limit(&highest));
        }
        if (f < small && k->beta[i] > sl_svm_lower(k, i)) {
            sl_topk_offer(&lowest, f, (uint32_t)i);
            small = fmin(small, sl_topk_limit(&lowest));
        }
    }
    sl_topk_sort(&highest);
    sl_topk_sort(&lowest);
    size_t count = 0;
    for (size_t t = 0; t < highest.n || t < lowest.n; t++) {
        if (t < highest.n)
            found[count++] = highest.heap[t].row;
        if (t < lowest.n)
            found[count++] = lowest.heap[t].row;
    }
    return count;
}

static int is_semidefinite(const struct sl_svm_kernel *kernel)
{
    return kernel->kind == SL_SVM_LINEAR || kernel->kind == SL_SVM_RBF ||
           (kernel->kind == SL_SVM_POLY && kernel->coef0 >= 0);
}

/* rho and the objective, as LIBSVM defines them. */
static void finish(const struct sl_svm_work *k, struct sl_svm_solution *out)
{
    double sum = 0, objective = 0;
    size_t free_rows = 0;
    for (size_t i = 0; i < k->n; i++) {
        const double beta = k->beta[i], y = i < k->pair->n[0] ? 1 : -1;
        objective -= 0.5 * beta * (y + k->f[i]);
        if (beta > sl_svm_lower(k, i) && beta < sl_svm_upper(k, i)) {
            sum += k->f[i];
            free_rows++;
        }
    }
    /* On free rows y_i = (K beta)_i - rho. */
    out->rho = free_rows ? -sum / (double)free_rows : -(k->up + k->low) / 2;
    out->objective = objective;
    out->steps = k->steps;
    out->converged = k->up - k->low <= k->limits->tol;
}

int sl_svm_solve(struct sl_svm_workspace *w, const struct sl_svm_pair *pair,
                 const struct sl_svm_limits *limits, int threads, struct sl_svm_solution *out)
{
    struct sl_svm_work k = {
        .w = w,
        .pair = pair,
        .limits = limits,
        .n = pair->n[0] + pair->n[1],
        .f = w->f,
        .beta = w->beta,
    };
    sl_svm_cache_begin(&w->cache, pair, threads);
    for (size_t i = 0; i < k.n; i++) {
        k.beta[i] = 0;
        k.f[i] = i < pair->n[0] ? 1 : -1;
    }
    if (is_semidefinite(&w->cache.rows->kernel) ? sl_svm_solve_by_sets(&k) : sl_svm_solve_by_steps(&k))
        return -1;
    finish(&k, out);
    return 0;
}
