/* faithful.c - how faithful values are to the model: what becomes of the score where columns are taken away,
 * or put in, in the order of their values.
 *
 * Petsiuk, Das, Saenko, BMVC 2018 (deletion and insertion).  A column that is away is the background's.
 * Beside the values' order stands a random one, drawn for each row.  Cost: four times the steps in
 * predictions for each row and class. */
#include "core/memory.h"
#include "core/order.h"
#include "explain/masked.h"
#include <math.h>
#include <string.h>

enum { STEPS = 20, CURVES = 4, BLOCK = 64 };

/* Columns of one pair in some order. */
struct order {
    size_t d;
    const float *values; /* (d) */
    uint32_t *at;        /* (d) */
    uint8_t *kept;       /* (STEPS + 1, d) */
    int32_t *of;         /* (d): each by itself */
    float *scores;       /* (STEPS + 1, k) */
};

static void order_release(struct order *o)
{
    free(o->at);
    free(o->kept);
    free(o->of);
    free(o->scores);
}

static int order_new(size_t d, size_t k, struct order *o, struct sl_error *err)
{
    *o = (struct order){.d = d,
                        .at = sl_alloc(d, sizeof *o->at),
                        .kept = sl_alloc(STEPS + 1, d),
                        .of = sl_alloc(d, sizeof *o->of),
                        .scores = sl_alloc(STEPS + 1, k * sizeof *o->scores)};
    for (size_t j = 0; o->of && j < d; j++)
        o->of[j] = (int32_t)j;
    return o->at && o->kept && o->of && o->scores ? SL_OK : sl_fail_memory(err);
}

struct valued {
    float value;
    uint32_t column;
};

/* The largest value first, equal ones as the columns come. */
static int by_value(const void *a, const void *b)
{
    const struct valued *x = a, *y = b;
    const int order = sl_compare_reals((double)y->value, (double)x->value);
    if (order)
        return order;
    return (x->column > y->column) - (x->column < y->column);
}

static int sort_columns(struct order *o, struct sl_error *err)
{
    struct valued *sorted = sl_alloc(o->d, sizeof *sorted);
    if (!sorted)
        return sl_fail_memory(err);
    for (size_t j = 0; j < o->d; j++)
        sorted[j] = (struct valued){o->values[j], (uint32_t)j};
    qsort(sorted, o->d, sizeof *sorted, by_value);
    for (size_t j = 0; j < o->d; j++)
        o->at[j] = sorted[j].column;
    free(sorted);
    return SL_OK;
}

static int shuffle_columns(const struct sl_explainer *e, uint64_t id, struct order *o, struct sl_error *err)
{
    struct sl_rng *row = sl_explain_rng(e, id), *rng = row ? sl_rng_split(row, 0xfa17) : NULL;
    for (size_t j = 0; j < o->d; j++)
        o->at[j] = (uint32_t)j;
    if (rng)
        sl_rng_shuffle(rng, o->at, o->d);
    sl_rng_free(row);
    sl_rng_free(rng);
    return rng ? SL_OK : sl_fail_memory(err);
}

/* Adds the scores, as the first columns of the order go (or come), to a curve. */
static int add_curve(const struct sl_masker *masker, size_t row, size_t class, struct order *o, int insert,
                     double *curve, struct sl_error *err)
{
    const size_t k = masker->explainer->scorer.k;
    for (size_t step = 0; step <= STEPS; step++) {
        uint8_t *kept = o->kept + step * o->d;
        memset(kept, !insert, o->d);
        for (size_t j = 0; j < o->d * step / STEPS; j++)
            kept[o->at[j]] = (uint8_t)insert;
    }
    int code = sl_masked_scores(masker, row, o->of, o->d, o->kept, STEPS + 1, NULL, o->scores, err);
    for (size_t step = 0; step <= STEPS && !code; step++)
        curve[step] += (double)o->scores[step * k + class];
    return code;
}

static int add_pair(const struct sl_masker *masker, size_t row, uint64_t id, size_t class, struct order *o,
                    double (*curves)[STEPS + 1], struct sl_error *err)
{
    int code = sort_columns(o, err);
    for (int curve = 0; curve < CURVES && !code; curve++) {
        if (curve == 2)
            code = shuffle_columns(masker->explainer, id, o, err);
        if (!code)
            code = add_curve(masker, row, class, o, curve % 2, curves[curve], err);
    }
    return code;
}

/* By the trapezium rule, on 0 ... 1. */
static double area(const double *curve)
{
    double sum = 0;
    for (size_t step = 0; step < STEPS; step++)
        sum += (curve[step] + curve[step + 1]) / (2 * STEPS);
    return sum;
}

int sl_faithfulness(struct sl_explainer *e, const struct sl_view *rows, const uint64_t *ids,
                    const int32_t *classes, size_t m, const float *values, struct sl_faithfulness *out,
                    struct sl_error *err)
{
    double curves[CURVES][STEPS + 1] = {{0}};
    struct sl_masker masker;
    struct order o = {0};
    int before = sl_model_use_threads(e->options.threads);
    int code = sl_masker_init(&masker, e, rows, err);
    if (!code)
        code = order_new(e->d, e->scorer.k, &o, err);
    for (size_t p = 0; p < rows->n * m && !code; p++) {
        o.values = values + p * e->d;
        code = add_pair(&masker, p / m, ids ? ids[p / m] : p / m, (size_t)classes[p], &o, curves, err);
    }
    for (int c = 0; c < CURVES; c++) {
        for (size_t step = 0; step <= STEPS; step++)
            out->curve[c][step] = curves[c][step] / (double)(rows->n * m);
        out->area[c] = area(out->curve[c]);
    }
    order_release(&o);
    sl_masker_release(&masker);
    sl_model_use_threads(before);
    return code;
}
