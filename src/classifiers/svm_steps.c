/* svm_steps.c - SMO inside a working set: two betas a step, everything in cache.
 *
 * The first row of a step is the one with the highest f that may grow; the second, among those that may
 * shrink, the one that promises the largest decrease of the objective (Fan, Chen and Lin, Working set
 * selection using second order information, JMLR 6, 2005).  Both are arg-max searches, done in LANES lanes
 * side by side: of equal values the lowest lane, then the lowest row, whatever the instruction set.
 * Cost SL_SVM_SET a step. */
#include "classifiers/svm_steps.h"
#include "kernels/dispatch.h"
#include <math.h>
#include <string.h>

enum { SET = SL_SVM_SET, LANES = 16, PATIENCE = 100 };

/* The curvature along a step where the kernel is not positive definite, or two rows are equal. */
#define TAU 1e-12f

typedef float lanes __attribute__((vector_size(LANES * sizeof(float))));
typedef int32_t index_lanes __attribute__((vector_size(LANES * sizeof(int32_t))));

#define BLEND(type, mask, a, b) ((type)(((mask) & (index_lanes)(a)) | (~(mask) & (index_lanes)(b))))

SL_CLONES void sl_svm_steps_gather(struct sl_svm_steps *s, size_t t, const float *row, const uint32_t *index)
{
    for (size_t c = 0; c < s->n; c++)
        s->K[t][c] = row[index[c]];
}

void sl_svm_steps_mirror(struct sl_svm_steps *s, const uint32_t *t, size_t m)
{
    for (size_t r = 0; r < s->n; r++)
        for (size_t c = 0; c < m; c++)
            s->K[r][t[c]] = s->K[t[c]][r];
}

/* Rows beyond n never move. */
static void pad(struct sl_svm_steps *s, size_t n)
{
    for (size_t t = s->n; t < n; t++) {
        s->f[t] = 0;
        s->diagonal[t] = 1;
        s->may_grow[t] = -INFINITY;
        s->may_shrink[t] = INFINITY;
    }
    /* Row by row, by memset: gcc 14 turns the loop over columns around, and then takes K[r][n] for the
     * beginning of an aligned vector. */
    for (size_t r = 0; r < s->n; r++)
        memset(&s->K[r][s->n], 0, (n - s->n) * sizeof s->K[r][0]);
}

static void set_bounds(struct sl_svm_steps *s, size_t t)
{
    s->may_grow[t] = s->beta[t] < s->hi[t] ? 0 : -INFINITY;
    s->may_shrink[t] = s->beta[t] > s->lo[t] ? 0 : INFINITY;
}

/* The best of LANES (value, index) pairs: -1 if all values are -infinity. */
static inline int best_lane(const float *value, const int32_t *index)
{
    int best = 0;
    for (int l = 1; l < LANES; l++)
        if (value[l] > value[best] || (value[l] == value[best] && index[l] < index[best]))
            best = l;
    return value[best] > -INFINITY ? index[best] : -1;
}

/* f -= step * (Ki - Kj); returns the row with the highest f that may grow, *low = min f that may shrink. */
SL_CLONES static int advance(struct sl_svm_steps *s, size_t n, float step, const float *Ki, const float *Kj,
                             float *low)
{
    union {
        lanes v;
        float a[LANES];
    } best, least;
    union {
        index_lanes v;
        int32_t a[LANES];
    } at;
    index_lanes here;
    for (int l = 0; l < LANES; l++) {
        best.a[l] = -INFINITY;
        least.a[l] = INFINITY;
        at.a[l] = here[l] = l;
    }
    lanes top = best.v, bottom = least.v;
    index_lanes where = at.v;
    for (size_t t = 0; t < n; t += LANES) {
        lanes *f = (lanes *)(s->f + t);
        *f -= step * (*(const lanes *)(Ki + t) - *(const lanes *)(Kj + t));
        const lanes grow = *f + *(const lanes *)(s->may_grow + t);
        const lanes shrink = *f + *(const lanes *)(s->may_shrink + t);
        const index_lanes higher = grow > top, lower = shrink < bottom;
        top = BLEND(lanes, higher, grow, top);
        where = BLEND(index_lanes, higher, here, where);
        bottom = BLEND(lanes, lower, shrink, bottom);
        here += LANES;
    }
    best.v = top;
    least.v = bottom;
    at.v = where;
    *low = least.a[0];
    for (int l = 1; l < LANES; l++)
        *low = least.a[l] < *low ? least.a[l] : *low;
    return best_lane(best.a, at.a);
}

/* The row that may shrink and with i promises the largest decrease, (f_i - f_j)^2 / curvature; -1: none. */
SL_CLONES static int partner(const struct sl_svm_steps *s, size_t n, int i)
{
    union {
        lanes v;
        float a[LANES];
    } best;
    union {
        index_lanes v;
        int32_t a[LANES];
    } at;
    lanes fi, Kii, none, tau;
    index_lanes here;
    for (int l = 0; l < LANES; l++) {
        fi[l] = s->f[i];
        Kii[l] = s->diagonal[i];
        none[l] = -INFINITY;
        tau[l] = TAU;
        at.a[l] = here[l] = l;
    }
    lanes top = none;
    index_lanes where = at.v;
    for (size_t t = 0; t < n; t += LANES) {
        const lanes gap = fi - (*(const lanes *)(s->f + t) + *(const lanes *)(s->may_shrink + t));
        lanes curvature = Kii + *(const lanes *)(s->diagonal + t) - 2 * *(const lanes *)(s->K[i] + t);
        curvature = BLEND(lanes, curvature > 0, curvature, tau);
        const lanes gain = BLEND(lanes, gap > 0, gap * gap / curvature, none);
        const index_lanes higher = gain > top;
        top = BLEND(lanes, higher, gain, top);
        where = BLEND(index_lanes, higher, here, where);
        here += LANES;
    }
    best.v = top;
    at.v = where;
    return best_lane(best.a, at.a);
}

/* Moves beta_i up and beta_j down by the best amount within bounds. */
static double move(struct sl_svm_steps *s, int i, int j)
{
    double curvature = (double)s->diagonal[i] + (double)s->diagonal[j] - 2 * (double)s->K[i][j];
    if (curvature <= 0)
        curvature = (double)TAU;
    double step = ((double)s->f[i] - (double)s->f[j]) / curvature;
    const double room_i = s->hi[i] - s->beta[i], room_j = s->beta[j] - s->lo[j];
    step = fmin(step, fmin(room_i, room_j));
    /* Land on a bound exactly, not next to it. */
    s->beta[i] = step == room_i ? s->hi[i] : s->beta[i] + step;
    s->beta[j] = step == room_j ? s->lo[j] : s->beta[j] - step;
    return step;
}

long sl_svm_steps_run(struct sl_svm_steps *s, double gap, long limit)
{
    const size_t n = (s->n + LANES - 1) / LANES * LANES;
    long steps = 0;
    float low;
    if (limit > PATIENCE * (long)SET)
        limit = PATIENCE * (long)SET;
    for (size_t t = 0; t < s->n; t++)
        set_bounds(s, t);
    pad(s, n);
    int i = advance(s, n, 0, s->K[0], s->K[0], &low);
    while (steps < limit && i >= 0 && (double)s->f[i] - (double)low > gap) {
        const int j = partner(s, n, i);
        if (j < 0)
            break;
        const double step = move(s, i, j);
        set_bounds(s, (size_t)i);
        set_bounds(s, (size_t)j);
        i = advance(s, n, (float)step, s->K[i], s->K[j], &low);
        steps++;
    }
    return steps;
}
