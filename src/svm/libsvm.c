/* libsvm.c - the dual solved by LIBSVM (Chang and Lin, 2011), the reference that the own solver is
 * measured against.
 *
 * LIBSVM gets the rows' real values as its sparse vectors, sorted by class, so that its order of classes is
 * ours; what it returns is copied into the dual and freed, and predictions are made by our code.  It reports
 * iterations only in the text that it prints: the print function, which is the process's, takes them from
 * there into a variable of the calling thread, and prints nothing. */
#include "svm/libsvm.h"
#include "core/memory.h"
#include "kernels/gemm.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <svm.h>

static _Thread_local double steps;
static _Thread_local long longest;

static void listen(const char *text)
{
    long n;
    if (sscanf(text, " optimization finished, #iter = %ld", &n) == 1) {
        steps += (double)n;
        longest = n > longest ? n : longest;
    }
}

struct problem {
    struct svm_problem p;
    struct svm_node *nodes;
};

static void problem_release(struct problem *problem)
{
    free(problem->p.y);
    free(problem->p.x);
    free(problem->nodes);
}

static double real_value(const struct sl_svm_rows *rows, size_t i, size_t t)
{
    if (rows->bytes)
        return rows->scale * (rows->bytes[i * rows->d + t] + 128) + rows->offset;
    return (double)rows->floats[i * rows->d + t]; /* centred for rbf: the same distances */
}

/* Copies the rows; zeros are left out. */
static int fill_problem(struct problem *problem, const struct sl_svm_rows *rows,
                        const struct sl_svm_dual *dual)
{
    const size_t n = rows->n, d = rows->d;
    size_t used = 0, at = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t t = 0; t < d; t++)
            used += real_value(rows, i, t) != 0;
    problem->p.l = (int)n;
    problem->p.y = sl_alloc(n, sizeof *problem->p.y);
    problem->p.x = sl_alloc(n, sizeof *problem->p.x);
    problem->nodes = sl_alloc(used + n, sizeof *problem->nodes);
    if (!problem->p.y || !problem->p.x || !problem->nodes)
        return -1;
    for (int c = 0; c < dual->present; c++)
        for (size_t i = dual->first[c]; i < dual->first[c + 1]; i++) {
            problem->p.y[i] = dual->label[c];
            problem->p.x[i] = problem->nodes + at;
            for (size_t t = 0; t < d; t++)
                if (real_value(rows, i, t) != 0)
                    problem->nodes[at++] =
                        (struct svm_node){.index = (int)t + 1, .value = real_value(rows, i, t)};
            problem->nodes[at++] = (struct svm_node){.index = -1};
        }
    return 0;
}

/* Coefficients and thresholds into the dual. */
static void read_model(const struct svm_model *model, struct sl_svm_dual *dual)
{
    const size_t width = (size_t)(dual->present - 1);
    for (int s = 0; s < model->l; s++) {
        const size_t row = (size_t)model->sv_indices[s] - 1;
        for (size_t o = 0; o < width; o++)
            dual->beta[row * width + o] = model->sv_coef[o][s];
    }
    memcpy(dual->rho, model->rho, sl_svm_pairs(dual->present) * sizeof *dual->rho);
}

/* What a pair's objective is summed with. */
struct sums {
    const struct sl_svm_rows *rows;
    const uint32_t *index; /* (m): rows with a beta, class by class */
    const double *beta;    /* (m) */
    size_t m;
    struct sl_svm_left left;
    float *values; /* (BLOCK, TILE) */
};

enum { BLOCK = 128, TILE = 1024 };

/* beta' K beta over the left rows at ... and the columns from ... to from + n of the training rows. */
static int add_tile(struct sums *s, size_t at, size_t from, size_t n, double *total)
{
    const int code = sl_svm_block(s->rows, &s->left, from, n, s->values, TILE);
    for (size_t j = 0; j < s->m && !code; j++)
        if (s->index[j] >= from && s->index[j] < from + n)
            for (size_t i = 0; i < s->left.m; i++)
                *total += s->beta[at + i] * s->beta[j] * (double)s->values[i * TILE + (s->index[j] - from)];
    return code;
}

static int sum_pair(struct sums *s, const struct sl_svm_dual *dual, const int classes[2], double *objective)
{
    double total = 0;
    int code;
    for (size_t at = 0; at < s->m; at += BLOCK) {
        sl_svm_left_take(&s->left, s->rows, s->index + at, s->m - at < BLOCK ? s->m - at : BLOCK);
        for (int side = 0; side < 2; side++) {
            const size_t end = dual->first[classes[side] + 1];
            for (size_t from = dual->first[classes[side]]; from < end; from += TILE)
                if ((code = add_tile(s, at, from, end - from < TILE ? end - from : TILE, &total)))
                    return code;
        }
    }
    *objective += 0.5 * total;
    for (size_t i = 0; i < s->m; i++)
        *objective -= fabs(s->beta[i]);
    return 0;
}

/* Adds the objective of pair (a, b): 1/2 beta' K beta - sum |beta|. */
static int pair_objective(const struct sl_svm_rows *rows, const struct sl_svm_dual *dual, int a, int b,
                          double *objective)
{
    const int classes[2] = {a, b}, columns[2] = {b - 1, a};
    const size_t width = (size_t)(dual->present - 1);
    const size_t n = dual->first[a + 1] - dual->first[a] + dual->first[b + 1] - dual->first[b];
    uint32_t *index = sl_alloc(n, sizeof *index);
    double *beta = sl_alloc(n, sizeof *beta);
    struct sums s = {.rows = rows, .index = index, .beta = beta};
    s.values = sl_alloc(BLOCK * TILE, sizeof *s.values);
    int code = index && beta && s.values ? sl_svm_left_init(&s.left, rows, BLOCK) : SL_ENOMEM;
    for (int side = 0; side < 2 && !code; side++)
        for (size_t i = dual->first[classes[side]]; i < dual->first[classes[side] + 1]; i++)
            if ((beta[s.m] = dual->beta[i * width + (size_t)columns[side]]) != 0)
                index[s.m++] = (uint32_t)i;
    if (!code)
        code = sum_pair(&s, dual, classes, objective);
    sl_svm_left_release(&s.left);
    free(index);
    free(beta);
    free(s.values);
    return code;
}

static int write_report(const struct sl_svm_rows *rows, const struct sl_svm_dual *dual,
                        struct sl_fit_report *report)
{
    const long limit = rows->n > 100000 ? 100 * (long)rows->n : 10000000; /* LIBSVM's own */
    int code;
    report->n_iter = (int)fmin(steps, INT32_MAX);
    report->converged = longest < limit;
    report->objective = 0;
    for (int a = 0; a < dual->present; a++)
        for (int b = a + 1; b < dual->present; b++)
            if ((code = pair_objective(rows, dual, a, b, &report->objective)))
                return code;
    return SL_OK;
}

static int train(const struct problem *problem, const struct sl_svm_options *options,
                 const struct sl_svm_rows *rows, struct sl_svm_dual *dual, struct sl_error *err)
{
    static const int kinds[] = {
        [SL_SVM_LINEAR] = LINEAR, [SL_SVM_POLY] = POLY, [SL_SVM_RBF] = RBF, [SL_SVM_SIGMOID] = SIGMOID};
    double *weight = sl_alloc((size_t)dual->present, sizeof *weight);
    if (!weight)
        return sl_fail_memory(err);
    for (int c = 0; c < dual->present; c++)
        weight[c] = dual->C[c] / options->C;
    struct svm_parameter parameter = {
        .svm_type = C_SVC,
        .kernel_type = kinds[rows->kernel.kind],
        .degree = rows->kernel.degree,
        .gamma = rows->kernel.gamma,
        .coef0 = rows->kernel.coef0,
        .cache_size = options->cache_size,
        .eps = options->tol,
        .C = options->C,
        .nr_weight = dual->present,
        .weight_label = dual->label,
        .weight = weight,
        .shrinking = options->shrinking,
    };
    int code = SL_OK;
    const char *complaint = svm_check_parameter(&problem->p, &parameter);
    if (complaint) {
        code = sl_fail(err, SL_EUSAGE, "svm: LIBSVM says: %s", complaint);
    } else {
        svm_set_print_string_function(listen);
        steps = 0;
        longest = 0;
        struct svm_model *model = svm_train(&problem->p, &parameter);
        if (dual->present > 1)
            read_model(model, dual);
        svm_free_and_destroy_model(&model);
    }
    free(weight);
    return code;
}

int sl_svm_train_libsvm(const struct sl_svm_options *options, const struct sl_svm_rows *rows,
                        struct sl_svm_dual *dual, struct sl_fit_report *report, struct sl_error *err)
{
    struct problem problem = {0};
    int code = rows->n > INT32_MAX ? sl_fail(err, SL_EUSAGE, "svm: LIBSVM takes at most %d rows", INT32_MAX)
               : fill_problem(&problem, rows, dual) ? sl_fail_memory(err)
                                                    : train(&problem, options, rows, dual, err);
    problem_release(&problem);
    if (code)
        return code;
    code = write_report(rows, dual, report);
    return code ? sl_product_fail(code, err) : SL_OK;
}
