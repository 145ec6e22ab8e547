/* steps.c - SMO among some rows: two betas a step, everything in cache.
 *
 * The first row of a step is the one with the highest f that may grow; the second, among those that may
 * shrink, the one that promises the largest decrease of the objective (Fan, Chen and Lin, Working set
 * selection using second order information, JMLR 6, 2005).  Both are arg-max searches, done in LANES lanes
 * side by side: of equal values the lowest lane, then the lowest row, whatever the instruction set.
 * Cost n a step. */
#include "svm/steps.h"
#include "core/memory.h"
#include "kernels/dispatch.h"
#include "kernels/eight.h"
#include <math.h>

enum { LANES = 16, PATIENCE = 51200 };

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

size_t sl_svm_steps_width(size_t n)
{
    return (n + LANES - 1) / LANES * LANES;
}

void sl_svm_steps_release(struct sl_svm_steps *s)
{
    free(s->f);
    free(s->diagonal);
    free(s->may_grow);
    free(s->may_shrink);
    free(s->beta);
    free(s->lo);
    free(s->hi);
    free(s->row);
    *s = (struct sl_svm_steps){0};
}

int sl_svm_steps_init(struct sl_svm_steps *s, size_t room)
{
    const size_t width = sl_svm_steps_width(room);
    *s = (struct sl_svm_steps){
        .f = sl_alloc(width, sizeof *s->f),
        .diagonal = sl_alloc(width, sizeof *s->diagonal),
        .may_grow = sl_alloc(width, sizeof *s->may_grow),
        .may_shrink = sl_alloc(width, sizeof *s->may_shrink),
        .beta = sl_alloc(width, sizeof *s->beta),
        .lo = sl_alloc(width, sizeof *s->lo),
        .hi = sl_alloc(width, sizeof *s->hi),
        .row = sl_alloc(width, sizeof *s->row),
    };
    if (s->f && s->diagonal && s->may_grow && s->may_shrink && s->beta && s->lo && s->hi && s->row)
        return SL_OK;
    sl_svm_steps_release(s);
    return SL_ENOMEM;
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
SL_CLONED(static, int, partner, (const struct sl_svm_steps *s, size_t n, int i, const float *Ki),
          (s, n, i, Ki))
{
    struct search best;
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
static double move(struct sl_svm_steps *s, int i, int j, const float *Ki)
{
    double curvature = (double)s->diagonal[i] + (double)s->diagonal[j] - 2 * (double)Ki[j];
    if (curvature <= 0)
        curvature = (double)TAU;
    double step = ((double)s->f[i] - (double)s->f[j]) / curvature;
    const double room_i = s->hi[i] - s->beta[i], room_j = s->beta[j] - s->lo[j];
    step = fmin(step, fmin(room_i, room_j));
    /* Land on a bound exactly, not next to it. */
    s->beta[i] = step == room_i ? s->hi[i] : s->beta[i] + step;
    s->beta[j] = step == room_j ? s->lo[j] : s->beta[j] - step;
    s->clipped |= (s->hi[i] > 0 && s->beta[i] >= s->hi[i]) || (s->lo[j] < 0 && s->beta[j] <= s->lo[j]);
    return step;
}

static int at_hand(struct sl_svm_steps *s, const struct sl_svm_source *source, int i)
{
    return s->row[i] ? SL_OK : source->bring(source->arg, s, (size_t)i);
}

int sl_svm_steps_run(struct sl_svm_steps *s, const struct sl_svm_source *source, double gap, long limit,
                     long *steps)
{
    const size_t n = sl_svm_steps_width(s->n);
    float low;
    int code = SL_OK;
    *steps = 0;
    if (limit > PATIENCE)
        limit = PATIENCE;
    for (size_t t = 0; t < s->n; t++)
        set_bounds(s, t);
    pad(s, n);
    int i = advance(s, n, 0, s->f, s->f, &low); /* of any row: the step is 0 */
    while (*steps < limit && i >= 0 && (double)s->f[i] - (double)low > gap) {
        code = at_hand(s, source, i);
        const int j = code ? -1 : partner(s, n, i, s->row[i]);
        if (j >= 0)
            code = at_hand(s, source, j);
        if (j < 0 || code)
            break;
        const double step = move(s, i, j, s->row[i]);
        set_bounds(s, (size_t)i);
        set_bounds(s, (size_t)j);
        i = advance(s, n, (float)step, s->row[i], s->row[j], &low);
        ++*steps;
    }
    return code;
}
