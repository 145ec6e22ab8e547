/* predict.c - decisions, votes and scores.
 *
 * A block of rows at a time.  Linear kernel: one product with a weight vector for each pair of classes.
 * Other kernels: the block's kernel values with a tile of one class's support vectors, then their product
 * with the coefficients of these in the class's pairs; pair (a, b) adds the terms of a's and b's vectors.  A
 * pair votes for its first class where its decision is above 0; equal votes go to the lower label, as in
 * LIBSVM. Rows so large that a weight vector's product with them is beyond the range of floats are computed
 * in double, and cut to it; with other kernels they are an error. Cost O(d s + s k) a row for s support
 * vectors, or O(d k^2). */
#include "svm/predict.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/convert.h"
#include "kernels/gemm.h"
#include "kernels/skinny.h"
#include <float.h>
#include <math.h>
#include <string.h>

enum {
    ROWS = SL_SVM_ROWS,
    FEW_ROWS = 64, /* of a block that is converted to floats, to stay in cache */
    TILE = SL_SVM_TILE,
};

static float cut(double value)
{
    return (float)fmax(-(double)FLT_MAX, fmin((double)FLT_MAX, value));
}

int sl_svm_all_finite(const float *decisions, size_t i, size_t pairs)
{
    for (size_t p = 0; p < pairs; p++)
        if (!isfinite(decisions[p * ROWS + i]))
            return 0;
    return 1;
}

/* decisions (pairs, ROWS) of m rows, less rho, by weights. */
static int decide_by_weights(const struct sl_svm_model *model, const struct sl_view *x, size_t first,
                             size_t m, float *decisions, struct sl_error *err)
{
    const size_t ld = sl_lanes(model->d), pairs = sl_svm_pairs(model->present);
    float *rows = sl_alloc(FEW_ROWS * ld, sizeof *rows);
    if (!rows)
        return sl_fail_memory(err);
    sl_skinny_rows(x, first, m, ld, rows);
    sl_skinny_dot(rows, m, model->weights, pairs, ld, decisions, ROWS);
    for (size_t i = 0; i < m; i++)
        if (!sl_svm_all_finite(decisions, i, pairs))
            for (size_t p = 0; p < pairs; p++)
                decisions[p * ROWS + i] =
                    cut(sl_product_f64(rows + i * ld, model->weights + p * ld, model->d));
    free(rows);
    return SL_OK;
}

/* What a block is asked with. */
struct block {
    size_t m;
    struct sl_svm_rows queries;
    struct sl_svm_left left;
    float *values; /* (ROWS, TILE): kernel values */
    float *says;   /* (present - 1, ROWS): of one tile */
};

static void block_release(struct block *block)
{
    sl_svm_left_release(&block->left);
    sl_svm_rows_release(&block->queries);
    free(block->values);
    free(block->says);
}

/* Kernel values of all rows must be floats; the error names the row. */
static int check_rows(const struct block *block, const struct sl_svm_model *model, size_t first,
                      struct sl_error *err)
{
    const struct sl_svm_rows *rows = &block->queries;
    double norm = sl_svm_largest_norm(rows), unread;
    struct sl_error why;
    if (sl_svm_check_range(&model->kernel, norm, &unread, &why) == SL_OK)
        return SL_OK;
    size_t i = 0;
    while (i + 1 < rows->n && sl_svm_norm(rows, i) < norm)
        i++;
    return sl_fail(err, SL_EDATA, "row %zu: %s", first + i, why.text);
}

static int block_init(struct block *block, const struct sl_svm_model *model, const struct sl_view *x,
                      size_t first, size_t m)
{
    *block = (struct block){
        .m = m,
        .values = sl_alloc_zero(ROWS * TILE, sizeof *block->values),
        .says = sl_alloc((size_t)(model->present - 1) * ROWS, sizeof *block->says),
    };
    if (!block->values || !block->says ||
        sl_svm_rows_init(&block->queries, &model->kernel, x, NULL, first, m, model->sv.mean) ||
        sl_svm_left_init(&block->left, &block->queries, m))
        return SL_ENOMEM;
    sl_svm_left_take(&block->left, &block->queries, NULL, m);
    return 0;
}

void sl_svm_add_terms(int present, int c, size_t n, const float *coef, float *values, size_t m, float *says,
                      float *decisions)
{
    const size_t ld = sl_lanes(n);
    for (size_t i = 0; i < m; i++)
        memset(values + i * ld + n, 0, (ld - n) * sizeof(float));
    sl_skinny_dot(values, m, coef, (size_t)(present - 1), ld, says, ROWS);
    for (int o = 0; o < present; o++) {
        if (o == c)
            continue;
        const float *said = says + (size_t)(o < c ? o : o - 1) * ROWS;
        float *out = decisions + sl_svm_pair_number(present, o < c ? o : c, o < c ? c : o) * ROWS;
        for (size_t i = 0; i < m; i++)
            out[i] += said[i];
    }
}

/* Adds the terms of n support vectors of class c, from at on, to the decisions of c's pairs. */
static int ask_tile(const struct sl_svm_model *model, struct block *block, int c, size_t at, size_t n,
                    const float *coef, float *decisions)
{
    const int code = sl_svm_block(&model->sv, &block->left, at, n, block->values, sl_lanes(n));
    if (!code)
        sl_svm_add_terms(model->present, c, n, coef, block->values, block->m, block->says, decisions);
    return code;
}

/* decisions (pairs, ROWS) of m rows, less rho, by support vectors. */
static int decide_by_vectors(const struct sl_svm_model *model, const struct sl_view *x, size_t first,
                             size_t m, float *decisions, struct sl_error *err)
{
    const size_t pairs = sl_svm_pairs(model->present);
    struct block block;
    int failed = block_init(&block, model, x, first, m), code = SL_OK;
    if (!failed)
        code = check_rows(&block, model, first, err);
    memset(decisions, 0, pairs * ROWS * sizeof *decisions);
    for (int c = 0; c < model->present && !failed && !code; c++) {
        const float *coef = model->coef + sl_svm_coef_at(model, c);
        for (size_t at = model->first[c]; at < model->first[c + 1] && !failed; at += TILE) {
            const size_t left = model->first[c + 1] - at, n = left < TILE ? left : TILE;
            failed = ask_tile(model, &block, c, at, n, coef, decisions);
            coef += (size_t)(model->present - 1) * sl_lanes(n);
        }
    }
    block_release(&block);
    for (size_t i = 0; i < m && !failed && !code; i++)
        if (!sl_svm_all_finite(decisions, i, pairs))
            code = sl_fail(err, SL_EDATA, "row %zu: its decisions are beyond the range of float numbers",
                           first + i);
    return failed ? sl_product_fail(failed, err) : code;
}

/* Votes (present) and, as scikit-learn's decision_function, their ranks among equals: |rank| < 1/2. */
static void count_votes(const struct sl_svm_model *model, const float *decisions, size_t i, int *votes,
                        double *rank)
{
    const int present = model->present;
    const float *decision = decisions + i, *rho = model->rho;
    for (int c = 0; c < present; c++) {
        votes[c] = 0;
        rank[c] = 0;
    }
    for (int a = 0; a < present; a++)
        for (int b = a + 1; b < present; b++, decision += ROWS, rho++) {
            const float value =
                cut((double)*decision - (double)*rho); /* rounded once: a float's difference */
            votes[value > 0 ? a : b]++;
            rank[a] += (double)value;
            rank[b] -= (double)value;
        }
    for (int c = 0; c < present; c++)
        rank[c] = rank[c] / (3 * (fabs(rank[c]) + 1));
}

static void write_row(const struct sl_svm_model *model, const int *votes, const double *rank, int32_t *label,
                      float *scores)
{
    int best = 0;
    for (int c = 1; c < model->present; c++)
        if (model->break_ties ? votes[c] + rank[c] > votes[best] + rank[best] : votes[c] > votes[best])
            best = c;
    if (label)
        *label = model->label[best];
    if (!scores)
        return;
    for (int c = 0; c < model->k; c++)
        scores[c] = -INFINITY;
    for (int c = 0; c < model->present; c++)
        scores[model->label[c]] = (float)(votes[c] + rank[c]);
}

int sl_svm_vote(const struct sl_svm_model *model, const float *decisions, size_t m, int32_t *labels,
                float *scores)
{
    int *votes = sl_alloc((size_t)model->present, sizeof *votes);
    double *rank = sl_alloc((size_t)model->present, sizeof *rank);
    const int code = votes && rank ? SL_OK : SL_ENOMEM;
    for (size_t i = 0; i < m && !code; i++) {
        count_votes(model, decisions, i, votes, rank);
        write_row(model, votes, rank, labels ? labels + i : NULL,
                  scores ? scores + i * (size_t)model->k : NULL);
    }
    free(votes);
    free(rank);
    return code;
}

static int classify_block(const struct sl_svm_model *model, const struct sl_view *x, size_t first, size_t m,
                          int32_t *labels, float *scores, struct sl_error *err)
{
    const size_t pairs = sl_svm_pairs(model->present), k = (size_t)model->k;
    float *decisions = sl_alloc(pairs * ROWS, sizeof *decisions);
    int code = decisions ? SL_OK : sl_fail_memory(err);
    if (!code && pairs)
        code = model->weights ? decide_by_weights(model, x, first, m, decisions, err)
                              : decide_by_vectors(model, x, first, m, decisions, err);
    if (!code &&
        sl_svm_vote(model, decisions, m, labels ? labels + first : NULL, scores ? scores + first * k : NULL))
        code = sl_fail_memory(err);
    free(decisions);
    return code;
}

/* Of a row: products with weight vectors or support vectors, terms and votes of pairs. */
static double count_operations(const struct sl_svm_model *model)
{
    enum { VOTE = 16 };
    const double pairs = (double)sl_svm_pairs(model->present), vectors = (double)model->sv.n;
    return (VOTE + (model->weights ? (double)model->d : 0)) * pairs +
           vectors * (sl_svm_operations(&model->sv) + model->present);
}

static int classify(const struct sl_svm_model *model, const struct sl_view *x, int threads, int32_t *labels,
                    float *scores, struct sl_error *err)
{
    const size_t rows = model->weights ? FEW_ROWS : ROWS;
    size_t failed = x->n; /* the first row of the first block that did */
    int code = SL_OK;
    if (x->d != model->d)
        return sl_fail(err, SL_EUSAGE, "the rows differ in width from the training rows");
    threads = sl_threads_for((double)x->n * count_operations(model), threads);
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (size_t first = 0; first < x->n; first += rows) {
        struct sl_error failure;
        if (classify_block(model, x, first, x->n - first < rows ? x->n - first : rows, labels, scores,
                           &failure)) {
#pragma omp critical(sl_svm_failure)
            if (first < failed) {
                failed = first;
                code = sl_fail(err, failure.code, "%s", failure.text);
            }
        }
    }
    return code;
}

int sl_svm_predict(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                   struct sl_error *err)
{
    return classify(model, x, threads, labels, NULL, err);
}

int sl_svm_scores(const void *model, const struct sl_view *x, int threads, float *scores,
                  struct sl_error *err)
{
    return classify(model, x, threads, NULL, scores, err);
}
