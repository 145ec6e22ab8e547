/* solver.c - one pair of classes: the frame around the ways of solving it.
 *
 * A kernel that is positive semidefinite has one optimal value.  Working sets reach it with few kernel rows
 * (sets.c); where these are cheap, steps among all rows are faster (whole.c).  A kernel that is not, such as
 * sigmoid, has many stationary points, and where a solver ends depends on its path: those follow LIBSVM's,
 * one step at a time (single.c). */
#include "svm/solver.h"
#include "svm/sets.h"
#include "svm/single.h"
#include "svm/whole.h"
#include <math.h>

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
                 const struct sl_svm_limits *limits, struct sl_svm_solution *out)
{
    struct sl_svm_work k = {
        .w = w,
        .pair = pair,
        .limits = limits,
        .n = pair->n[0] + pair->n[1],
        .f = w->f,
        .beta = w->beta,
        .bound = w->bound,
    };
    for (size_t i = 0; i < k.n; i++) {
        k.beta[i] = 0;
        k.f[i] = i < pair->n[0] ? 1 : -1;
    }
    for (size_t side = 0, at = 0; w->bound && side < 2; side++)
        for (size_t i = 0; i < pair->n[side]; i++)
            w->bound[at++] = pair->C[side] * pair->weight[side][i];
    const int semidefinite = is_semidefinite(&w->cache.rows->kernel);
    w->steps.clipped = !semidefinite; /* single.c does not say */
    const int code = !semidefinite           ? sl_svm_solve_by_steps(&k)
                     : sl_svm_fits_whole(&k) ? sl_svm_solve_whole(&k)
                                             : sl_svm_solve_by_sets(&k);
    if (!code)
        finish(&k, out);
    out->clipped = w->steps.clipped;
    return code;
}

void sl_svm_report(const struct sl_svm_solution *solutions, size_t n, struct sl_fit_report *report)
{
    double steps = 0;
    report->objective = 0;
    report->converged = 1;
    for (size_t p = 0; p < n; p++) {
        steps += (double)solutions[p].steps;
        report->objective += solutions[p].objective;
        report->converged &= solutions[p].converged;
    }
    report->n_iter = (int)fmin(steps, INT32_MAX);
}

/* Without a limit, LIBSVM's: a problem that rounding keeps from its end must stop somewhere. */
long sl_svm_step_limit(int max_iter, size_t n)
{
    return max_iter >= 0 ? max_iter : n > 100000 ? 100 * (long)n : 10000000;
}
