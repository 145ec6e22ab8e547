/* codes.c - features as whole numbers in the order of their values.
 *
 * A tree asks only which of two values is larger, so a float may be replaced by its rank among the
 * distinct values of its column without changing any split; where no column has more than 256 the ranks
 * are bytes, and floats are split as fast as images.  Else columns of two values are bits: those of a row are
 * near each other, whichever a node draws.  Where thresholds are drawn no order is asked for: there a float
 * is its own code, by its bits.  O(n) a column, once. */
#include "trees/codes.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/distinct.h"
#include <stdlib.h>
#include <string.h>

void sl_tree_codes_release(struct sl_tree_codes *codes)
{
    free(codes->ranks);
    free(codes->row_ranks);
    free(codes->bits);
    free(codes->place);
    free(codes->own_bytes);
    free(codes->columns);
    free(codes->position);
    free(codes->row);
    free(codes->y);
    free(codes->values);
    free(codes->first_value);
    *codes = (struct sl_tree_codes){0};
}

/* While the codes of floats are made: what one column's visit leaves. */
struct making {
    const struct sl_view *view;
    struct sl_tree_codes *codes;
    int random;
    float **value; /* (d): a column's distinct values, ascending, (count) */
    size_t *count; /* (d); 0: they are not told apart */
};

enum { MANY = SL_OK + 1 }; /* a column has more values than bytes tell apart */

static int keep_values(struct making *m, size_t feature, const float *value, size_t n)
{
    m->value[feature] = sl_alloc(n, sizeof *value);
    if (!m->value[feature])
        return SL_ENOMEM;
    memcpy(m->value[feature], value, n * sizeof *value);
    m->count[feature] = n;
    return SL_OK;
}

static int put_bytes(struct making *m, size_t feature, const float *column)
{
    struct sl_few few;
    sl_few_begin(&few);
    if (!sl_few_add(&few, column, m->view->n))
        return MANY;
    sl_few_sort(&few);
    sl_few_ranks(&few, column, m->view->n, m->codes->own_bytes + feature, m->view->d);
    return keep_values(m, feature, few.value, few.n);
}

static int put_ranks(struct making *m, size_t feature, const float *column)
{
    const size_t n = m->view->n;
    uint64_t *scratch = sl_alloc(2 * n, sizeof *scratch);
    float *value = sl_alloc(n, sizeof *value);
    int code = SL_ENOMEM;
    if (scratch && value)
        code = keep_values(m, feature, value,
                           sl_ranks(column, n, scratch, value, m->codes->ranks + feature * n));
    free(scratch);
    free(value);
    return code;
}

/* The floats themselves, but of one or two values their ranks. */
static int put_keys(struct making *m, size_t feature, const float *column)
{
    const size_t n = m->view->n;
    uint32_t *code = m->codes->ranks + feature * n;
    struct sl_few few;
    sl_few_begin(&few);
    const int two = sl_few_add(&few, column, n) && few.n <= 2;
    m->count[feature] = 0;
    if (!two) {
        for (size_t i = 0; i < n; i++)
            code[i] = sl_tree_key_of(column[i]);
        return SL_OK;
    }
    sl_few_sort(&few);
    for (size_t i = 0; i < n; i++)
        code[i] = column[i] != few.value[0];
    return keep_values(m, feature, few.value, few.n);
}

/* Visits the features from `first` to before `end`, whose columns are gathered into room. */
static int visit_tile(struct making *m, int (*visit)(struct making *, size_t, const float *), size_t first,
                      size_t end, float *room)
{
    const struct sl_view *view = m->view;
    const float *x = view->x;
    int code = SL_OK;
    for (size_t i = 0; i < view->n; i++)
        for (size_t f = first; f < end; f++)
            room[(f - first) * view->n + i] = x[i * view->d + f];
    for (size_t f = first; f < end && !code; f++)
        code = visit(m, f, room + (f - first) * view->n);
    return code;
}

/* Visits all columns, as many at a time as share a line of memory (fewer of very many rows); ends early with
 * a visit's code. */
static int visit_columns(struct making *m, int (*visit)(struct making *, size_t, const float *), double cost,
                         int threads)
{
    enum { LINE = 16, ROOM = 1 << 20 };
    const size_t n = m->view->n, d = m->view->d, fits = ROOM / (n + 1) + 1, width = fits < LINE ? fits : LINE;
    int result = SL_OK;
    threads = sl_threads_for(cost * (double)(n * d), threads);
#pragma omp parallel num_threads(threads)
    {
        float *room = sl_alloc(width, n * sizeof *room);
#pragma omp for schedule(dynamic)
        for (size_t first = 0; first < d; first += width) {
            int code;
#pragma omp atomic read
            code = result;
            if (!code)
                code = room ? visit_tile(m, visit, first, first + width < d ? first + width : d, room)
                            : SL_ENOMEM;
            if (code) {
#pragma omp atomic write
                result = code;
            }
        }
        free(room);
    }
    return result;
}

/* Columns of one or two values become bits, and the others move together. */
static int put_bits(struct making *m, int threads)
{
    struct sl_tree_codes *codes = m->codes;
    const size_t n = codes->n, d = codes->d;
    int32_t n_bits = 0;
    codes->place = sl_alloc(d, sizeof *codes->place);
    if (!codes->place)
        return SL_ENOMEM;
    for (size_t f = 0; f < d; f++)
        codes->place[f] = m->count[f] == 1 || m->count[f] == 2 ? ~n_bits++ : (int32_t)codes->n_ranked++;
    codes->words = ((size_t)n_bits + 63) / 64;
    codes->bits = n_bits ? sl_alloc_zero(n, codes->words * sizeof *codes->bits) : NULL;
    if (n_bits && !codes->bits)
        return SL_ENOMEM;
    threads = sl_threads_for((double)(n * (size_t)n_bits), threads);
#pragma omp parallel for num_threads(threads)
    for (size_t i = 0; i < n; i++)
        for (size_t f = 0; f < d; f++)
            if (codes->place[f] < 0 && codes->ranks[f * n + i])
                codes->bits[i * codes->words + (size_t)(~codes->place[f] / 64)] |= (uint64_t)1
                                                                                   << (~codes->place[f] % 64);
    for (size_t f = 0; f < d; f++)
        if (codes->place[f] >= 0 && (size_t)codes->place[f] != f)
            memcpy(codes->ranks + (size_t)codes->place[f] * n, codes->ranks + f * n,
                   n * sizeof *codes->ranks);
    uint32_t *fewer = realloc(codes->ranks, codes->n_ranked * n * sizeof *codes->ranks);
    codes->ranks = fewer ? fewer : codes->ranks;
    return SL_OK;
}

static void drop_values(struct making *m)
{
    for (size_t f = 0; f < m->view->d; f++) {
        free(m->value[f]);
        m->value[f] = NULL;
    }
}

/* Bytes where they are enough, else ranks. */
static int visit_all(struct making *m, int threads)
{
    struct sl_tree_codes *codes = m->codes;
    codes->own_bytes = sl_alloc(codes->n, codes->d);
    if (!codes->own_bytes)
        return SL_ENOMEM;
    int code = visit_columns(m, put_bytes, 8, threads);
    if (code == MANY) {
        drop_values(m);
        free(codes->own_bytes);
        codes->own_bytes = NULL;
        codes->by_key = m->random;
        codes->ranks = sl_alloc(codes->d, codes->n * sizeof *codes->ranks);
        code = !codes->ranks   ? SL_ENOMEM
               : codes->by_key ? visit_columns(m, put_keys, 8, threads)
                               : visit_columns(m, put_ranks, 64, threads);
        if (!code)
            code = put_bits(m, threads);
    }
    codes->bytes = codes->own_bytes;
    return code;
}

static int pack_values(const struct making *m)
{
    struct sl_tree_codes *codes = m->codes;
    codes->first_value = sl_alloc(codes->d + 1, sizeof *codes->first_value);
    if (!codes->first_value)
        return SL_ENOMEM;
    codes->first_value[0] = 0;
    for (size_t f = 0; f < codes->d; f++)
        codes->first_value[f + 1] = codes->first_value[f] + m->count[f];
    codes->values = sl_alloc(codes->first_value[codes->d] + 1, sizeof *codes->values);
    if (!codes->values)
        return SL_ENOMEM;
    for (size_t f = 0; f < codes->d; f++)
        if (m->count[f])
            memcpy(codes->values + codes->first_value[f], m->value[f], m->count[f] * sizeof *codes->values);
    return SL_OK;
}

static int make_of_floats(const struct sl_view *view, int random, int threads, struct sl_tree_codes *codes)
{
    struct making m = {.view = view,
                       .codes = codes,
                       .random = random,
                       .value = sl_alloc_zero(view->d, sizeof *m.value),
                       .count = sl_alloc(view->d, sizeof *m.count)};
    int code = m.value && m.count ? visit_all(&m, threads) : SL_ENOMEM;
    if (!code)
        code = pack_values(&m);
    if (m.value)
        drop_values(&m);
    free(m.value);
    free(m.count);
    return code;
}

int sl_tree_codes_make(const struct sl_view *view, int random, int threads, struct sl_tree_codes *codes,
                       struct sl_error *err)
{
    *codes = (struct sl_tree_codes){.dtype = view->dtype, .n = view->n, .d = view->d};
    if (view->dtype == SL_U8) {
        codes->bytes = view->x;
        return SL_OK;
    }
    if (make_of_floats(view, random, threads, codes)) {
        sl_tree_codes_release(codes);
        return sl_fail_memory(err);
    }
    return SL_OK;
}

float sl_tree_middle(const struct sl_tree_codes *codes, size_t feature, uint32_t low, uint32_t high)
{
    double a = sl_tree_value(codes, feature, low), b = sl_tree_value(codes, feature, high);
    float middle = (float)(a / 2 + b / 2);
    return middle < b ? middle : (float)a; /* neighbouring floats have nothing between them */
}
