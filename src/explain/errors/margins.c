/* margins.c - how far right and wrong predictions lie from the boundary: the gap of the two largest scores.
 * Cost: O(n log n). */
#include "core/memory.h"
#include "explain/errors/errors.h"
#include <math.h>

struct one {
    double margin;
    int wrong;
};

static int rising(const void *a, const void *b)
{
    const double x = ((const struct one *)a)->margin, y = ((const struct one *)b)->margin;
    return (x > y) - (x < y);
}

/* Of the rows that are (not) wrong: margins in the middle of their order. */
static double median(const struct one *rows, size_t n, int wrong, size_t of)
{
    size_t at = 0;
    double lower = NAN;
    for (size_t i = 0; i < n; i++) {
        if (rows[i].wrong != wrong)
            continue;
        if (at == (of - 1) / 2)
            lower = rows[i].margin;
        if (at == of / 2)
            return (lower + rows[i].margin) / 2;
        at++;
    }
    return NAN;
}

/* The chance that a wrong row's margin is below a right one's; equal ones count half (Mann and Whitney). */
static double chance_below(const struct one *rows, size_t n, size_t wrong, size_t right)
{
    double sum = 0, wrong_below = 0;
    for (size_t i = 0, end; i < n; i = end) {
        double here[2] = {0, 0};
        for (end = i; end < n && !(rows[end].margin > rows[i].margin); end++)
            here[rows[end].wrong]++;
        sum += here[0] * (wrong_below + here[1] / 2);
        wrong_below += here[1];
    }
    return wrong && right ? sum / ((double)wrong * (double)right) : NAN;
}

static double largest(const struct one *rows, size_t n)
{
    while (n && isinf(rows[n - 1].margin))
        n--;
    return n && rows[n - 1].margin > 0 ? rows[n - 1].margin : 1;
}

static void fill(struct sl_margins *m, const struct one *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double place = rows[i].margin / m->most * SL_MARGIN_BINS;
        const size_t bin = place < SL_MARGIN_BINS ? (size_t)place : SL_MARGIN_BINS - 1;
        (rows[i].wrong ? m->wrong : m->right)[bin]++;
        if (rows[i].margin <= m->near)
            (*(rows[i].wrong ? &m->near_wrong : &m->near_right))++;
    }
}

int sl_errors_margins(struct sl_errors *e, double near, struct sl_error *err)
{
    const struct sl_scored_rows *s = e->scored;
    if (!s->margin || !s->n)
        return SL_OK;
    struct sl_margins *m = e->margins = sl_alloc_zero(1, sizeof *m);
    struct one *rows = sl_alloc(s->n, sizeof *rows);
    if (!m || !rows) {
        free(rows);
        return sl_fail_memory(err);
    }
    for (size_t i = 0; i < s->n; i++)
        rows[i] = (struct one){s->margin[i], sl_is_wrong(s, i)};
    qsort(rows, s->n, sizeof *rows, rising);
    m->most = s->probabilities ? 1 : largest(rows, s->n);
    m->near = near > 0 ? near : rows[(s->n + 9) / 10 - 1].margin;
    m->median_right = median(rows, s->n, 0, s->n - e->wrong);
    m->median_wrong = median(rows, s->n, 1, e->wrong);
    m->below = chance_below(rows, s->n, e->wrong, s->n - e->wrong);
    fill(m, rows, s->n);
    free(rows);
    return SL_OK;
}
