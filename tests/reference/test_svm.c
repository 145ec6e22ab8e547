/* test_svm.c - svm against LIBSVM itself, called here on the same rows: the same dual objective, the same
 * predictions; and against itself: threads, bytes and floats, limits. */
#include "core/memory.h"
#include <math.h>
#include <setjmp.h>
#include <shortlist/classifier.h>
#include <shortlist/dataset.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <svm.h>

#include <cmocka.h>

enum { TRAIN = 400, TEST = 300 };

/* Images of ten classes, the first rows to train on, the rest to test. */
struct images {
    struct sl_dataset *data;
    struct sl_view train, test;             /* bytes, scaled to 0..1 */
    struct sl_view float_train, float_test; /* the same values */
    float *floats;
};

static struct images images;

static int make_images(void **state)
{
    struct sl_error err;
    (void)state;
    if (sl_dataset_open("synthetic:700:5", SL_PART_TRAIN, NULL, &images.data, &err))
        fail_msg("%s", err.text);
    struct sl_view all = sl_dataset_view(images.data);
    all.scale = 1.0f / 255;
    images.floats = sl_alloc(all.n * all.d, sizeof *images.floats);
    for (size_t i = 0; i < all.n * all.d; i++)
        images.floats[i] = all.scale * ((const uint8_t *)all.x)[i];
    images.train = images.test = all;
    images.train.n = TRAIN;
    images.test.n = TEST;
    images.test.x = (const uint8_t *)all.x + TRAIN * all.d;
    images.test.y = all.y + TRAIN;
    images.float_train = images.train;
    images.float_test = images.test;
    images.float_train.x = images.floats;
    images.float_test.x = images.floats + TRAIN * all.d;
    images.float_train.dtype = images.float_test.dtype = SL_F32;
    images.float_train.scale = images.float_test.scale = 1;
    return 0;
}

static int free_images(void **state)
{
    (void)state;
    sl_dataset_free(images.data);
    free(images.floats);
    return 0;
}

/* A fitted svm, what it said, and its bytes. */
struct fitted {
    const struct sl_classifier_type *type;
    void *model;
    struct sl_fit_report report;
    struct sl_writer record;
};

static struct fitted fit_svm(const struct sl_view *train, int threads, const char *const *settings)
{
    struct sl_error err;
    struct fitted f = {.type = sl_classifier_find("svm", &err),
                       .report = {.n_iter = -1, .converged = -1, .objective = NAN}};
    void *config = sl_alloc_zero(1, f.type->config_size);
    sl_config_default(f.type->params, config);
    for (; *settings; settings += 2)
        if (sl_config_set(f.type->params, config, settings[0], settings[1], &err))
            fail_msg("%s", err.text);
    const struct sl_fit fit = {.train = train, .config = config, .threads = threads, .report = &f.report};
    if (f.type->check(config, train, &err) || f.type->fit(&fit, &f.model, &err))
        fail_msg("%s", err.text);
    f.type->save(f.model, &f.record);
    assert_false(f.record.failed);
    free(config);
    return f;
}

static void release(struct fitted *f)
{
    f->type->free(f->model);
    sl_writer_release(&f->record);
}

static int32_t *predict(const struct fitted *f, const struct sl_view *x)
{
    struct sl_error err;
    int32_t *labels = sl_alloc(x->n, sizeof *labels);
    if (f->type->predict(f->model, x, 2, labels, &err))
        fail_msg("%s", err.text);
    return labels;
}

static size_t count_different(const int32_t *a, const int32_t *b, size_t n)
{
    size_t different = 0;
    for (size_t i = 0; i < n; i++)
        different += a[i] != b[i];
    return different;
}

/* LIBSVM --------------------------------------------------------------------------------------------*/

static void silent(const char *text)
{
    (void)text;
}

struct reference {
    struct svm_problem problem;
    struct svm_node *nodes;
    struct svm_parameter parameter;
    struct svm_model *model;
    double objective;
};

static struct svm_node *to_nodes(const struct sl_view *x, size_t i, struct svm_node *out)
{
    for (size_t t = 0; t < x->d; t++) {
        const double v = x->dtype == SL_U8
                             ? (double)x->scale * ((const uint8_t *)x->x)[i * x->d + t] + (double)x->offset
                             : (double)((const float *)x->x)[i * x->d + t];
        if (v != 0)
            *out++ = (struct svm_node){.index = (int)t + 1, .value = v};
    }
    *out++ = (struct svm_node){.index = -1};
    return out;
}

/* Rows sorted by class, so that LIBSVM numbers classes as we do. */
static void make_problem(struct reference *ref, const struct sl_view *train)
{
    ref->problem.l = (int)train->n;
    ref->problem.y = sl_alloc(train->n, sizeof(double));
    ref->problem.x = sl_alloc(train->n, sizeof(struct svm_node *));
    ref->nodes = sl_alloc(train->n * (train->d + 1), sizeof *ref->nodes);
    struct svm_node *next = ref->nodes;
    int row = 0;
    for (int c = 0; c < train->k; c++)
        for (size_t i = 0; i < train->n; i++)
            if (train->y[i] == c) {
                ref->problem.y[row] = c;
                ref->problem.x[row++] = next;
                next = to_nodes(train, i, next);
            }
}

static double kernel_value(const struct svm_parameter *p, const struct svm_node *a, const struct svm_node *b)
{
    double dot = 0, square = 0;
    while (a->index != -1 || b->index != -1) {
        if (a->index == b->index) {
            dot += a->value * b->value;
            square += (a->value - b->value) * (a->value - b->value);
            a++, b++;
        } else if (b->index == -1 || (a->index != -1 && a->index < b->index)) {
            square += a->value * a->value;
            a++;
        } else {
            square += b->value * b->value;
            b++;
        }
    }
    return p->kernel_type == RBF       ? exp(-p->gamma * square)
           : p->kernel_type == LINEAR  ? dot
           : p->kernel_type == SIGMOID ? tanh(p->gamma * dot + p->coef0)
                                       : pow(p->gamma * dot + p->coef0, p->degree);
}

/* Sum over pairs of 1/2 beta' K beta - sum |beta|. */
static double objective_of(const struct svm_model *model)
{
    const int k = model->nr_class, l = model->l;
    double *K = sl_alloc((size_t)l * (size_t)l, sizeof *K), total = 0;
    for (int s = 0; s < l; s++)
        for (int t = 0; t <= s; t++)
            K[s * l + t] = K[t * l + s] = kernel_value(&model->param, model->SV[s], model->SV[t]);
    int start[16] = {0};
    for (int c = 0; c < k; c++)
        start[c + 1] = start[c] + model->nSV[c];
    for (int a = 0; a < k; a++)
        for (int b = a + 1; b < k; b++)
            for (int s = start[a]; s < start[b + 1]; s = s + 1 == start[a + 1] ? start[b] : s + 1) {
                const double beta = model->sv_coef[s < start[a + 1] ? b - 1 : a][s];
                total -= fabs(beta);
                for (int t = start[a]; t < start[b + 1]; t = t + 1 == start[a + 1] ? start[b] : t + 1)
                    total += 0.5 * beta * model->sv_coef[t < start[a + 1] ? b - 1 : a][t] * K[s * l + t];
            }
    free(K);
    return total;
}

static struct reference train_reference(const struct sl_view *train, struct svm_parameter parameter)
{
    struct reference ref = {.parameter = parameter};
    ref.parameter.svm_type = C_SVC;
    ref.parameter.cache_size = 100;
    ref.parameter.eps = 1e-3;
    ref.parameter.shrinking = 1;
    make_problem(&ref, train);
    svm_set_print_string_function(silent);
    assert_null(svm_check_parameter(&ref.problem, &ref.parameter));
    ref.model = svm_train(&ref.problem, &ref.parameter);
    ref.objective = objective_of(ref.model);
    return ref;
}

static int32_t *reference_predict(const struct reference *ref, const struct sl_view *x)
{
    int32_t *labels = sl_alloc(x->n, sizeof *labels);
    struct svm_node *nodes = sl_alloc(x->d + 1, sizeof *nodes);
    for (size_t i = 0; i < x->n; i++) {
        to_nodes(x, i, nodes);
        labels[i] = (int32_t)svm_predict(ref->model, nodes);
    }
    free(nodes);
    return labels;
}

static void reference_free(struct reference *ref)
{
    svm_free_and_destroy_model(&ref->model);
    free(ref->problem.x);
    free(ref->problem.y);
    free(ref->nodes);
}

/* 1 / (d var), over all entries, in double. */
static double gamma_scale(const struct sl_view *x)
{
    double sum = 0, square = 0;
    const size_t size = x->n * x->d;
    for (size_t i = 0; i < size; i++) {
        const double v = (double)images.floats[i];
        sum += v;
        square += v * v;
    }
    return 1 / ((double)x->d * (square / (double)size - sum / (double)size * (sum / (double)size)));
}

#define SET(...) ((const char *const[]){__VA_ARGS__, NULL})

/* The objective to 1e-3 of LIBSVM's; predictions to 0.2 % and one row. */
static void compare(const struct sl_view *train, const struct sl_view *test, struct svm_parameter parameter,
                    const char *const *settings)
{
    struct reference ref = train_reference(train, parameter);
    struct fitted f = fit_svm(train, 2, settings);
    assert_int_equal(f.report.converged, 1);
    assert_true(f.report.n_iter > 0);
    assert_true(fabs(f.report.objective - ref.objective) <= 1e-3 * fabs(ref.objective));
    int32_t *ours = predict(&f, test), *theirs = reference_predict(&ref, test);
    assert_true(count_different(ours, theirs, test->n) <= 1 + test->n / 500);
    free(ours);
    free(theirs);
    release(&f);
    reference_free(&ref);
}

static void test_linear(void **state)
{
    const struct svm_parameter p = {.kernel_type = LINEAR, .C = 1};
    (void)state;
    compare(&images.train, &images.test, p, SET("kernel", "linear"));
    compare(&images.float_train, &images.float_test, p, SET("kernel", "linear"));
    compare(&images.train, &images.test, p, SET("kernel", "linear", "solver", "libsvm"));
    const struct svm_parameter hard = {.kernel_type = LINEAR, .C = 1000};
    compare(&images.train, &images.test, hard, SET("kernel", "linear", "C", "1000"));
}

static void test_rbf(void **state)
{
    const struct svm_parameter p = {.kernel_type = RBF, .C = 1, .gamma = gamma_scale(&images.train)};
    (void)state;
    compare(&images.train, &images.test, p, SET("kernel", "rbf"));
    compare(&images.float_train, &images.float_test, p, SET("kernel", "rbf"));
    compare(&images.train, &images.test, p, SET("kernel", "rbf", "solver", "libsvm"));
    compare(&images.float_train, &images.float_test, p, SET("kernel", "rbf", "solver", "libsvm"));
}

static void test_poly(void **state)
{
    struct svm_parameter p = {.kernel_type = POLY, .C = 1, .degree = 3, .gamma = gamma_scale(&images.train)};
    (void)state;
    compare(&images.train, &images.test, p, SET("kernel", "poly"));
    compare(&images.float_train, &images.float_test, p, SET("kernel", "poly"));
    p.degree = 2;
    p.coef0 = 1;
    p.C = 0.1;
    compare(&images.train, &images.test, p, SET("kernel", "poly", "degree", "2", "coef0", "1", "C", "0.1"));
}

static void test_sigmoid(void **state)
{
    struct svm_parameter p = {.kernel_type = SIGMOID, .C = 1, .gamma = gamma_scale(&images.train)};
    (void)state;
    compare(&images.train, &images.test, p, SET("kernel", "sigmoid"));
    compare(&images.float_train, &images.float_test, p, SET("kernel", "sigmoid"));
    p.gamma = 0.001;
    p.coef0 = -0.5;
    compare(&images.train, &images.test, p, SET("kernel", "sigmoid", "gamma", "0.001", "coef0", "-0.5"));
}

static void test_penalties(void **state)
{
    const struct svm_parameter hard = {.kernel_type = RBF, .C = 1000, .gamma = 1.0 / 784};
    const struct svm_parameter soft = {.kernel_type = RBF, .C = 1e-3, .gamma = 1.0 / 784};
    (void)state;
    compare(&images.train, &images.test, hard, SET("gamma", "auto", "C", "1000"));
    compare(&images.train, &images.test, soft, SET("gamma", "auto", "C", "0.001"));
}

/* Bytes as they are, 0 ... 255, and moved: kernel values in the millions. */
static void test_unscaled(void **state)
{
    struct sl_view train = images.train, test = images.test;
    const struct svm_parameter p = {.kernel_type = LINEAR, .C = 1};
    (void)state;
    train.scale = test.scale = 1;
    compare(&train, &test, p, SET("kernel", "linear"));
    train.scale = test.scale = 1.0f / 128;
    train.offset = test.offset = -1;
    compare(&train, &test, p, SET("kernel", "linear"));
    const struct svm_parameter q = {.kernel_type = POLY, .C = 1, .degree = 2, .gamma = 1.0 / 784, .coef0 = 1};
    compare(&train, &test, q, SET("kernel", "poly", "degree", "2", "gamma", "auto", "coef0", "1"));
}

static void test_balanced(void **state)
{
    struct sl_view train = images.train;
    int32_t y[TRAIN];
    int label[10] = {0};
    double weight[10] = {0};
    (void)state;
    size_t count[10] = {0}, present = 0;
    for (size_t i = 0; i < TRAIN; i++) {
        y[i] = train.y[i] == 7 ? 6 : train.y[i]; /* class 6 twice as large, class 7 without rows */
        count[y[i]]++;
    }
    train.y = y;
    for (int c = 0; c < 10; c++)
        if (count[c])
            label[present++] = c;
    for (size_t c = 0; c < present; c++)
        weight[c] = (double)TRAIN / ((double)present * (double)count[label[c]]);
    const struct svm_parameter p = {
        .kernel_type = LINEAR, .C = 0.01, .nr_weight = (int)present, .weight_label = label, .weight = weight};
    compare(&train, &images.test, p, SET("kernel", "linear", "C", "0.01", "class_weight", "balanced"));
}

/* Itself -------------------------------------------------------------------------------------------*/

static void check_threads(const struct sl_view *train, const char *const *settings)
{
    struct fitted one = fit_svm(train, 1, settings);
    for (int threads = 2; threads <= 5; threads += 3) {
        struct fitted more = fit_svm(train, threads, settings);
        assert_int_equal(one.record.size, more.record.size);
        assert_memory_equal(one.record.bytes, more.record.bytes, one.record.size);
        assert_true(one.report.objective == more.report.objective);
        release(&more);
    }
    release(&one);
}

static void test_threads(void **state)
{
    struct sl_view two = images.train, two_floats = images.float_train;
    int32_t y[TRAIN];
    (void)state;
    check_threads(&images.train, SET("kernel", "linear"));
    check_threads(&images.float_train, SET("kernel", "linear"));
    check_threads(&images.train, SET("kernel", "rbf"));
    check_threads(&images.float_train, SET("kernel", "rbf"));
    check_threads(&images.float_train, SET("kernel", "sigmoid"));
    for (size_t i = 0; i < TRAIN; i++)
        y[i] = images.train.y[i] % 2;
    two.y = two_floats.y = y; /* one pair: all threads work on it */
    two.k = two_floats.k = 2;
    check_threads(&two, SET("kernel", "linear"));
    check_threads(&two_floats, SET("kernel", "linear"));
    check_threads(&two, SET("kernel", "rbf"));
    check_threads(&two_floats, SET("kernel", "rbf"));
}

static void test_paths(void **state)
{
    static const char *const kernels[] = {"linear", "poly", "rbf", "sigmoid"};
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct fitted a = fit_svm(&images.train, 2, SET("kernel", kernels[i]));
        struct fitted b = fit_svm(&images.float_train, 2, SET("kernel", kernels[i]));
        assert_true(fabs(a.report.objective - b.report.objective) <= 1e-3 * fabs(a.report.objective));
        int32_t *x = predict(&a, &images.test), *y = predict(&b, &images.float_test);
        assert_true(count_different(x, y, TEST) <= 2);
        free(x);
        free(y);
        release(&a);
        release(&b);
    }
}

/* Kernel rows are computed again when the cache is too small for them (512 rows): the same bits on bytes. */
static void test_small_cache(void **state)
{
    enum { N = 900, D = 20 };
    static uint8_t x[N * D];
    static int32_t y[N];
    struct sl_rng *rng = sl_rng_new(11, "cache");
    (void)state;
    for (size_t i = 0; i < N; i++) {
        y[i] = (int32_t)sl_rng_below(rng, 2); /* noise: most rows become support vectors */
        for (size_t t = 0; t < D; t++)
            x[i * D + t] = (uint8_t)sl_rng_below(rng, 256);
    }
    sl_rng_free(rng);
    const struct sl_view view = {.dtype = SL_U8, .n = N, .d = D, .x = x, .y = y, .k = 2, .scale = 1.0f / 255};
    for (int sigmoid = 0; sigmoid < 2; sigmoid++) {
        const char *kernel = sigmoid ? "sigmoid" : "rbf";
        struct fitted large = fit_svm(&view, 1, SET("C", "10", "kernel", kernel));
        struct fitted small = fit_svm(&view, 1, SET("C", "10", "kernel", kernel, "cache_size", "1"));
        assert_int_equal(large.record.size, small.record.size);
        assert_memory_equal(large.record.bytes, small.record.bytes, large.record.size);
        release(&large);
        release(&small);
    }
}

static void test_limit(void **state)
{
    (void)state;
    struct fitted f = fit_svm(&images.train, 2, SET("max_iter", "5"));
    assert_int_equal(f.report.converged, 0);
    assert_true(f.report.n_iter <= 5 * 45);
    release(&f);
    f = fit_svm(&images.train, 2, SET("max_iter", "5", "kernel", "sigmoid"));
    assert_int_equal(f.report.converged, 0);
    release(&f);
}

static void test_tol(void **state)
{
    const struct svm_parameter p = {.kernel_type = RBF, .C = 1, .gamma = gamma_scale(&images.train)};
    struct reference ref = train_reference(&images.train, p);
    struct fitted f = fit_svm(&images.train, 2, SET("tol", "1e-6"));
    (void)state;
    assert_int_equal(f.report.converged, 1);
    assert_true(f.report.objective <= ref.objective + 1e-6 * fabs(ref.objective)); /* closer to the minimum */
    release(&f);
    reference_free(&ref);
}

/* Equal rows with different labels: the curvature along their step is 0. */
static void test_conflicts(void **state)
{
    static const uint8_t x[] = {1, 2, 1, 2, 1, 2, 1, 2, 9, 9, 9, 9};
    static const int32_t y[] = {0, 1, 0, 1, 1, 0};
    const struct sl_view view = {.dtype = SL_U8, .n = 6, .d = 2, .x = x, .y = y, .k = 3, .scale = 1};
    static const char *const kernels[] = {"linear", "poly", "rbf", "sigmoid"};
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct fitted f = fit_svm(&view, 1, SET("kernel", kernels[i]));
        int32_t *labels = predict(&f, &view);
        assert_true(isfinite(f.report.objective));
        for (int r = 0; r < 6; r++)
            assert_in_range(labels[r], 0, 1);
        free(labels);
        release(&f);
    }
}

/* gamma=scale on data without variance is 1. */
static void test_constant(void **state)
{
    uint8_t x[8];
    static const int32_t y[] = {0, 1, 0, 1};
    const struct sl_view view = {.dtype = SL_U8, .n = 4, .d = 2, .x = x, .y = y, .k = 2, .scale = 1.0f / 255};
    (void)state;
    memset(x, 77, sizeof x);
    struct fitted f = fit_svm(&view, 1, SET("kernel", "rbf")), g = fit_svm(&view, 1, SET("gamma", "1"));
    assert_int_equal(f.record.size, g.record.size);
    assert_memory_equal(f.record.bytes, g.record.bytes, f.record.size);
    release(&f);
    release(&g);
}

/* Scores are votes and a fraction below one half; classes without rows have none. */
static void test_scores(void **state)
{
    struct sl_view train = images.train;
    struct sl_error err;
    int32_t y[TRAIN];
    (void)state;
    for (size_t i = 0; i < TRAIN; i++)
        y[i] = train.y[i] == 4 ? 2 : train.y[i];
    train.y = y;
    struct fitted f = fit_svm(&train, 2, SET("break_ties", "true"));
    float *scores = sl_alloc(TEST * 10, sizeof *scores);
    assert_int_equal(f.type->scores(f.model, &images.test, 2, scores, &err), SL_OK);
    int32_t *labels = predict(&f, &images.test);
    for (size_t i = 0; i < TEST; i++) {
        const float *s = scores + i * 10;
        double votes = 0;
        int best = 0;
        assert_true(isinf(s[4]) && s[4] < 0);
        for (int c = 0; c < 10; c++) {
            best = s[c] > s[best] ? c : best;
            votes += c == 4 ? 0 : round((double)s[c]);
        }
        assert_true(votes == 36); /* pairs of 9 classes */
        assert_int_equal(labels[i], best);
    }
    free(labels);
    free(scores);
    release(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linear),      cmocka_unit_test(test_rbf),       cmocka_unit_test(test_poly),
        cmocka_unit_test(test_sigmoid),     cmocka_unit_test(test_penalties), cmocka_unit_test(test_unscaled),
        cmocka_unit_test(test_balanced),    cmocka_unit_test(test_threads),   cmocka_unit_test(test_paths),
        cmocka_unit_test(test_small_cache), cmocka_unit_test(test_limit),     cmocka_unit_test(test_tol),
        cmocka_unit_test(test_conflicts),   cmocka_unit_test(test_constant),  cmocka_unit_test(test_scores),
    };
    return cmocka_run_group_tests(tests, make_images, free_images);
}
