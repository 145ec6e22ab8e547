/* steps.c - SMO inside a working set: two betas a step, everything in cache.
 *
 * The first row of a step is the one with the highest f that may grow; the second, among those that may
 * shrink, the one that promises the largest decrease of the objective (Fan, Chen and Lin, Working set
 * selection using second order information, JMLR 6, 2005).  Both are arg-max searches, done in LANES lanes
 * side by side: of equal values the lowest lane, then the lowest row, whatever the instruction set.
 * Cost SL_SVM_SET a step. */
#include "svm/steps.h"
#include "kernels/dispatch.h"
#include "kernels/eight.h"
#include <math.h>
#include <string.h>

enum { SET = SL_SVM_SET, LANES = 16, PATIENCE = 100 };

/* The curvature along a step where the kernel is not positive definite, or two rows are equal. */
#define TAU 1e-12f

/* Vectors of eight, not of LANES: where they are wider than a register, gcc compares one number at a time. */
typedef int32_t index_eight __attribute__((vector_size(32)));

#define ALL(type, x) ((x) - (type){0})
#define BLEND(type, mask, a, b) ((type)(((mask) & (index_eight)(a)) | (~(mask) & (index_eight)(b))))

enum { HALVES = LANES / 8 };

/* The best of each lane so far, and where it stands; here: the rows that are offered next. */
struct search {
    sl_eight value[HALVES];
    index_eight index[HALVES], here[HALVES];
};

SL_CLONED_VOID(extern, sl_svm_steps_gather,
               (struct sl_svm_steps * s, size_t t, const float *row, const uint32_t *index),
               (s, t, row, index))
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

SL_INLINE void search_begin(struct search *s)
{
    for (int h = 0; h < HALVES; h++) {
        s->value[h] = ALL(sl_eight, -INFINITY);
        s->index[h] = s->here[h] = (index_eight){0, 1, 2, 3, 4, 5, 6, 7} + 8 * h;
    }
}

SL_INLINE void search_offer(struct search *s, int h, const sl_eight *value)
{
    const index_eight higher = *value > s->value[h];
    s->value[h] = BLEND(sl_eight, higher, *value, s->value[h]);
    s->index[h] = BLEND(index_eight, higher, s->here[h], s->index[h]);
    s->here[h] += LANES;
}

SL_INLINE float greatest(const sl_eight *v)
{
    sl_eight top = v[0];
    for (int h = 1; h < HALVES; h++)
        top = BLEND(sl_eight, v[h] > top, v[h], top);
    float best = top[0];
    for (int l = 1; l < 8; l++)
        best = top[l] > best ? top[l] : best;
    return best;
}

/* -1 if all values are -infinity. */
SL_INLINE int search_end(const struct search *s)
{
    const float top = greatest(s->value);
    const index_eight none = ALL(index_eight, INT32_MAX);
    index_eight first = none;
    for (int h = 0; h < HALVES; h++) {
        const index_eight at = BLEND(index_eight, s->value[h] == top, s->index[h], none);
        first = BLEND(index_eight, at < first, at, first);
    }
    int32_t best = first[0];
    for (int l = 1; l < 8; l++)
        best = first[l] < best ? first[l] : best;
    return top > -INFINITY ? best : -1;
}

/* f -= step * (Ki - Kj); returns the row with the highest f that may grow, *low = min f that may shrink. */
SL_CLONED(static, int, advance,
          (struct sl_svm_steps * s, size_t n, float step, const float *Ki, const float *Kj, float *low),
          (s, n, step, Ki, Kj, low))
{
    struct search highest;
    sl_eight lowest[HALVES]; /* of its lane, negative */
    search_begin(&highest);
    for (int h = 0; h < HALVES; h++)
        lowest[h] = ALL(sl_eight, -INFINITY);
    for (size_t t = 0; t < n; t += LANES)
        for (int h = 0; h < HALVES; h++) {
            const size_t at = t + 8 * (size_t)h;
            const sl_eight f = SL_EIGHT(s->f + at) - step * (SL_EIGHT(Ki + at) - SL_EIGHT(Kj + at));
            const sl_eight grow = f + SL_EIGHT(s->may_grow + at);
            const sl_eight shrink = -(f + SL_EIGHT(s->may_shrink + at));
            SL_EIGHT_AT(s->f + at) = f;
            search_offer(&highest, h, &grow);
            lowest[h] = BLEND(sl_eight, shrink > lowest[h], shrink, lowest[h]);
        }
    *low = -greatest(lowest);
    return search_end(&highest);
}

/* The row that may shrink and with i promises the largest decrease, (f_i - f_j)^2 / curvature; -1: none. */
SL_CLONED(static, int, partner, (const struct sl_svm_steps *s, size_t n, int i), (s, n, i))
{
    struct search best;
    const float *Ki = s->K[i];
    const float fi = s->f[i], Kii = s->diagonal[i];
    const sl_eight none = ALL(sl_eight, -INFINITY), tau = ALL(sl_eight, TAU);
    search_begin(&best);
    for (size_t t = 0; t < n; t += LANES)
        for (int h = 0; h < HALVES; h++) {
            const size_t at = t + 8 * (size_t)h;
            const sl_eight gap = fi - (SL_EIGHT(s->f + at) + SL_EIGHT(s->may_shrink + at));
            sl_eight curvature = Kii + SL_EIGHT(s->diagonal + at) - 2 * SL_EIGHT(Ki + at);
            curvature = BLEND(sl_eight, curvature > 0, curvature, tau);
            const sl_eight gain = BLEND(sl_eight, gap > 0, gap * gap / curvature, none);
            search_offer(&best, h, &gain);
        }
    return search_end(&best);
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
