/* single.c - sequential minimal optimisation over all rows, two betas a step.
 *
 * The path of LIBSVM (Fan, Chen and Lin, Working set selection using second order information, JMLR 6,
 * 2005) to the letter: where a kernel is not positive semidefinite, and the problem has many stationary
 * points, the end depends on the path.  Of equal values the last row wins, as there; f is double; shrinking,
 * which only saves time, is left out.  Kernel rows come in batches: the row that is needed, and with it the
 * worst offenders, which will be needed next.  Cost O(n) a step. */
#include "svm/single.h"
#include "core/memory.h"
#include "kernels/dispatch.h"
#include <math.h>

enum { AHEAD = 32 }; /* rows fetched with the one that is needed */

#define TAU 1e-12 /* curvature where it is not positive */

/* The row with the highest f that may grow, and k->up; -1: none may. */
static long highest(struct sl_svm_work *k)
{
    long best = -1;
    k->up = -INFINITY;
    for (size_t i = 0; i < k->n; i++)
        if (k->f[i] >= k->up && k->beta[i] < sl_svm_upper(k, i)) {
            k->up = k->f[i];
            best = (long)i;
        }
    return best;
}

/* What step with i each row promises: (f_i - f_j)^2 / curvature. */
SL_CLONED_VOID(static, promises,
               (const double *restrict f, double fi, const float *restrict Ki, const float *restrict diagonal,
                double Kii, size_t n, double *restrict gain),
               (f, fi, Ki, diagonal, Kii, n, gain))
{
    for (size_t j = 0; j < n; j++) {
        const double gap = fi - f[j], curvature = Kii + (double)diagonal[j] - 2.0 * (double)Ki[j];
        gain[j] = gap * gap / (curvature > 0 ? curvature : TAU);
    }
}

/* The row that may shrink and promises most, and k->low; -1: none offends with i. */
static long partner(struct sl_svm_work *k, size_t i, const float *Ki, double *gain)
{
    const struct sl_svm_pair *pair = k->pair;
    const float *diagonal = k->w->diagonal;
    const double Kii = (double)diagonal[sl_svm_pair_row(pair, i)];
    for (size_t side = 0, at = 0; side < 2; at += pair->n[side++])
        promises(k->f + at, k->f[i], Ki + at, diagonal + pair->first[side], Kii, pair->n[side], gain + at);
    double most = 0;
    long best = -1;
    k->low = INFINITY;
    for (size_t j = 0; j < k->n; j++) {
        if (!(k->beta[j] > sl_svm_lower(k, j)))
            continue;
        k->low = k->f[j] < k->low ? k->f[j] : k->low;
        if (k->f[j] < k->f[i] && gain[j] >= most) {
            most = gain[j];
            best = (long)j;
        }
    }
    return best;
}

SL_CLONED_VOID(static, update,
               (double *restrict f, const float *restrict Ki, const float *restrict Kj, double step_i,
                double step_j, size_t n),
               (f, Ki, Kj, step_i, step_j, n))
{
    for (size_t t = 0; t < n; t++)
        f[t] -= step_i * (double)Ki[t] + step_j * (double)Kj[t];
}

/* The kernel row, fetched if need be, others with it; low must be that of the last step or later. */
static int need_row(struct sl_svm_work *k, size_t i, const float **row)
{
    struct sl_svm_cache *cache = &k->w->cache;
    *row = sl_svm_cache_row(cache, i);
    if (*row)
        return SL_OK;
    uint32_t list[AHEAD + 1], found[AHEAD];
    size_t m = 0;
    list[m++] = (uint32_t)i;
    const size_t n = sl_svm_offenders(k, AHEAD, found);
    for (size_t t = 0; t < n; t++)
        if (found[t] != i && !sl_svm_cache_row(cache, found[t]))
            list[m++] = found[t];
    const int code = sl_svm_cache_fetch(cache, list, m);
    *row = code ? NULL : sl_svm_cache_row(cache, i);
    return code;
}

/* Moves beta_i up and beta_j down by the best amount within bounds, and f with them. */
static void move(struct sl_svm_work *k, size_t i, size_t j, const float *Ki, const float *Kj)
{
    const float *diagonal = k->w->diagonal;
    const double old_i = k->beta[i], old_j = k->beta[j];
    const double room_i = sl_svm_upper(k, i) - old_i, room_j = old_j - sl_svm_lower(k, j);
    double curvature = (double)diagonal[sl_svm_pair_row(k->pair, i)] +
                       (double)diagonal[sl_svm_pair_row(k->pair, j)] - 2.0 * (double)Ki[j];
    curvature = curvature > 0 ? curvature : TAU;
    const double step = fmin((k->f[i] - k->f[j]) / curvature, fmin(room_i, room_j));
    k->beta[i] = step == room_i ? sl_svm_upper(k, i) : old_i + step;
    k->beta[j] = step == room_j ? sl_svm_lower(k, j) : old_j - step;
    update(k->f, Ki, Kj, k->beta[i] - old_i, k->beta[j] - old_j, k->n);
}

static int run(struct sl_svm_work *k, double *gain)
{
    const struct sl_svm_limits *limits = k->limits;
    k->low = -INFINITY;
    for (;; k->steps++) {
        const long i = highest(k);
        if (i < 0)
            return 0;
        const float *Ki, *Kj;
        int code = need_row(k, (size_t)i, &Ki);
        if (code)
            return code;
        const long j = partner(k, (size_t)i, Ki, gain);
        if (j < 0 || k->up - k->low <= limits->tol || k->steps >= limits->max_steps ||
            (limits->cancel && *limits->cancel))
            return 0;
        uint8_t *pinned = k->w->cache.pinned;
        pinned[i] = 1; /* Ki must outlive the fetch of Kj */
        code = need_row(k, (size_t)j, &Kj);
        pinned[i] = 0;
        if (code)
            return code;
        move(k, (size_t)i, (size_t)j, Ki, Kj);
    }
}

int sl_svm_solve_by_steps(struct sl_svm_work *k)
{
    double *gain = sl_alloc(k->n, sizeof *gain);
    const int code = gain ? run(k, gain) : SL_ENOMEM;
    free(gain);
    return code;
}
