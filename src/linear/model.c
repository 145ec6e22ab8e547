/* model.c - predicting with, saving and loading linear classifiers.
 *
 * z = W x + b in single precision, or where that overflows in double; the class with the largest z, ties
 * to the lowest label.  O(m d) a row.  Rows are converted and multiplied in blocks that fit the second-level
 * cache; a row's scores do not depend on its block.  Sparse rows are multiplied one by one, in double. */
#include "linear/model.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/skinny.h"
#include "kernels/sparse_row.h"
#include <float.h>
#include <math.h>
#include <string.h>

enum { BLOCK = 64 }; /* rows, a multiple of SL_ROWS_STEP */

/* Lifecycle ----------------------------------------------------------------------------------------*/

void sl_linear_free(void *vmodel)
{
    struct sl_linear *model = vmodel;
    if (!model)
        return;
    free(model->label_of);
    free(model->W);
    free(model->b);
    free(model);
}

static struct sl_linear *linear_new(int k, int m, int vectors, size_t d, enum sl_link link)
{
    struct sl_linear *model = sl_alloc_zero(1, sizeof *model);
    if (!model)
        return NULL;
    model->k = k;
    model->m = m;
    model->vectors = vectors;
    model->link = link;
    model->d = d;
    model->ld = sl_lanes(d);
    model->label_of = sl_alloc_zero((size_t)m, sizeof *model->label_of);
    model->b = sl_alloc_zero((size_t)vectors, sizeof *model->b);
    size_t size;
    if (!__builtin_mul_overflow((size_t)vectors, model->ld, &size))
        model->W = sl_alloc_zero(size, sizeof *model->W);
    if (!model->label_of || !model->b || !model->W) {
        sl_linear_free(model);
        return NULL;
    }
    return model;
}

struct sl_linear *sl_linear_new(const struct sl_classes *classes, const struct sl_view *view,
                                enum sl_link link, int one_vector_each)
{
    int m = classes->m;
    int vectors = m == 1 ? 0 : m == 2 && !one_vector_each ? 1 : m;
    struct sl_linear *model = linear_new(view->k, m, vectors, view->d, link);
    if (model)
        memcpy(model->label_of, classes->label_of, (size_t)m * sizeof *model->label_of);
    return model;
}

int sl_linear_set(struct sl_linear *model, int c, const double *weights, double intercept,
                  struct sl_error *err)
{
    float *w = model->W + (size_t)c * model->ld;
    int finite = isfinite((float)intercept);
    model->b[c] = (float)intercept;
    for (size_t j = 0; j < model->d; j++) {
        w[j] = (float)weights[j];
        finite &= isfinite(w[j]) != 0;
    }
    if (!finite)
        return sl_fail(err, SL_EDIVERGED,
                       "the weights are not finite: scale the features, or take smaller steps");
    return SL_OK;
}

/* Scores of one row --------------------------------------------------------------------------------*/

static int32_t choose(const struct sl_linear *model, const float *z)
{
    int best = 0;
    if (model->vectors == 1)
        best = z[0] > 0;
    else
        for (int c = 1; c < model->vectors; c++)
            if (z[c] > z[best])
                best = c;
    return model->label_of[best];
}

static float sigmoid(float z)
{
    return 1 / (1 + expf(-z));
}

/* One vector speaks for both of two classes. */
static void spread_pair(const struct sl_linear *model, float z, float *scores)
{
    int margin = model->link == SL_LINK_MARGIN;
    scores[model->label_of[0]] = margin ? -z : sigmoid(-z);
    scores[model->label_of[1]] = margin ? z : sigmoid(z);
}

static void normalise(const struct sl_linear *model, const float *z, float *scores)
{
    float largest = z[0], sum = 0;
    for (int c = 1; c < model->m; c++)
        largest = fmaxf(largest, z[c]);
    for (int c = 0; c < model->m; c++) {
        float p = model->link == SL_LINK_SOFTMAX ? expf(z[c] - largest) : sigmoid(z[c]);
        scores[model->label_of[c]] = p;
        sum += p;
    }
    for (int c = 0; c < model->m; c++) /* sigmoids may all be 0 */
        scores[model->label_of[c]] = sum > 0 ? scores[model->label_of[c]] / sum : 1 / (float)model->m;
}

/* scores (k) from z (vectors). */
static void spread(const struct sl_linear *model, const float *z, float *scores)
{
    for (int c = 0; c < model->k; c++)
        scores[c] = model->link == SL_LINK_MARGIN ? -INFINITY : 0;
    if (model->vectors == 0)
        scores[model->label_of[0]] = model->link == SL_LINK_MARGIN ? 0 : 1;
    else if (model->vectors == 1)
        spread_pair(model, z[0], scores);
    else if (model->link == SL_LINK_MARGIN)
        for (int c = 0; c < model->m; c++)
            scores[model->label_of[c]] = z[c];
    else
        normalise(model, z, scores);
}

/* All rows -----------------------------------------------------------------------------------------*/

struct task {
    const struct sl_linear *model;
    const struct sl_view *x;
    int32_t *labels; /* (n), or NULL */
    float *scores;   /* (n, k), or NULL */
};

/* z of a row, x or sparse, whose sums may leave the range of floats.  Where they do, all of it is scaled down
 * alike: the order stays. */
static void score_in_double(const struct sl_linear *model, const float *x, const struct sl_sparse_row *sparse,
                            float *z)
{
    double largest = 0, factor = 1;
    for (int pass = 0; pass < 2; pass++) {
        for (int c = 0; c < model->vectors; c++) {
            const float *w = model->W + (size_t)c * model->ld;
            double score =
                (sparse ? sl_srow_dot(sparse, w) : sl_product_f64(x, w, model->d)) + (double)model->b[c];
            largest = fmax(largest, fabs(score));
            z[c] = (float)(factor * score);
        }
        if (largest <= (double)FLT_MAX)
            return;
        factor = 0.99 * (double)FLT_MAX / largest; /* not rounded up beyond it */
    }
}

static void give_row(const struct task *task, size_t i, const float *z)
{
    if (task->labels)
        task->labels[i] = choose(task->model, z);
    else
        spread(task->model, z, task->scores + i * (size_t)task->model->k);
}

/* Rows first ... first + n - 1, n <= BLOCK; X, Z and z are scratch. */
static void run_block(const struct task *task, size_t first, size_t n, float *X, float *Z, float *z)
{
    const struct sl_linear *model = task->model;
    size_t vectors = (size_t)model->vectors;
    sl_skinny_rows(task->x, first, n, model->ld, X);
    sl_skinny_dot(X, n, model->W, vectors, model->ld, Z, BLOCK);
    for (size_t i = 0; i < n; i++) {
        int finite = 1;
        for (size_t c = 0; c < vectors; c++) {
            z[c] = Z[c * BLOCK + i] + model->b[c];
            finite &= isfinite(z[c]) != 0;
        }
        if (!finite)
            score_in_double(model, X + i * model->ld, NULL, z);
        give_row(task, first + i, z);
    }
}

/* The same of sparse rows. */
static void run_sparse_block(const struct task *task, size_t first, size_t n, float *z)
{
    for (size_t i = first; i < first + n; i++) {
        const struct sl_sparse_row row = sl_view_row(task->x, i);
        score_in_double(task->model, NULL, &row, z);
        give_row(task, i, z);
    }
}

static double count_operations(const struct task *task)
{
    enum { SCORE = 8 };
    const struct sl_linear *model = task->model;
    double vectors = model->vectors;
    if (task->x->dtype == SL_SPARSE)
        return SCORE * vectors * (double)(sl_view_entries(task->x) + task->x->n);
    return (double)task->x->n * ((vectors + 1) * (double)model->ld + SCORE * vectors);
}

static int run(const struct task *task, int threads, struct sl_error *err)
{
    const struct sl_linear *model = task->model;
    size_t n = task->x->n, vectors = (size_t)model->vectors;
    threads = sl_threads_for(count_operations(task), threads);
    int failed = 0, sparse = task->x->dtype == SL_SPARSE;
#pragma omp parallel num_threads(threads) reduction(| : failed)
    {
        float *X = sl_alloc(sparse ? 0 : BLOCK * model->ld, sizeof *X);
        float *Z = sl_alloc(BLOCK * vectors, sizeof *Z), *z = sl_alloc(vectors, sizeof *z);
        failed = !X || !Z || !z;
#pragma omp for schedule(static)
        for (size_t first = 0; first < n; first += BLOCK) {
            size_t rows = n - first < BLOCK ? n - first : BLOCK;
            if (!failed && sparse)
                run_sparse_block(task, first, rows, z);
            else if (!failed)
                run_block(task, first, rows, X, Z, z);
        }
        free(X);
        free(Z);
        free(z);
    }
    return failed ? sl_fail_memory(err) : SL_OK;
}

int sl_linear_predict(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                      struct sl_error *err)
{
    const struct task task = {.model = model, .x = x, .labels = labels};
    return run(&task, threads, err);
}

int sl_linear_scores(const void *model, const struct sl_view *x, int threads, float *scores,
                     struct sl_error *err)
{
    const struct task task = {.model = model, .x = x, .scores = scores};
    return run(&task, threads, err);
}

/* Records ------------------------------------------------------------------------------------------*/

void sl_linear_save(const void *vmodel, struct sl_writer *w)
{
    const struct sl_linear *model = vmodel;
    sl_put_i32(w, model->m);
    sl_put_i32(w, model->vectors);
    sl_put_u8(w, (uint8_t)model->link);
    sl_put_i32s(w, model->label_of, (size_t)model->m);
    for (int c = 0; c < model->vectors; c++)
        sl_put_f32s(w, model->W + (size_t)c * model->ld, model->d);
    sl_put_f32s(w, model->b, (size_t)model->vectors);
}

static int labels_ascend(const struct sl_linear *model)
{
    for (int c = 0; c < model->m; c++)
        if (model->label_of[c] >= model->k || model->label_of[c] < (c ? model->label_of[c - 1] + 1 : 0))
            return 0;
    return 1;
}

int sl_linear_load(struct sl_reader *r, const struct sl_view *like, const void *config, void **out,
                   struct sl_error *err)
{
    static const char text[] = "the record does not hold a linear model";
    int m = sl_get_i32(r), vectors = sl_get_i32(r);
    uint8_t link = sl_get_u8(r);
    (void)config;
    *out = NULL;
    int shaped = m >= 1 && m <= like->k && link <= SL_LINK_OVR &&
                 (m == 1 ? vectors == 0 : vectors == m || (m == 2 && vectors == 1));
    if (r->failed || !shaped || (size_t)vectors > (r->size - r->at) / sizeof(float) / like->d)
        return sl_fail(err, SL_EDATA, "%s", text);
    struct sl_linear *model = linear_new(like->k, m, vectors, like->d, link);
    if (!model)
        return sl_fail_memory(err);
    sl_get_i32s(r, model->label_of, (size_t)m);
    for (int c = 0; c < vectors; c++)
        sl_get_f32s(r, model->W + (size_t)c * model->ld, model->d);
    sl_get_f32s(r, model->b, (size_t)vectors);
    if (r->failed || !labels_ascend(model)) {
        sl_linear_free(model);
        return sl_fail(err, SL_EDATA, "%s", text);
    }
    *out = model;
    return SL_OK;
}
