/* test_knn_folds.c - one search for all folds gives, bit for bit, what knn fitted on each fold's training
 * rows predicts, for every number of neighbours and weighting. */
#include "core/memory.h"
#include "neighbours/folds.h"
#include <math.h>
#include <setjmp.h>
#include <shortlist/classifier.h>
#include <shortlist/rng.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { CLASSES = 4 };

struct problem {
    struct sl_view view;
    void *x;
    int32_t *y, *fold;
    int n_folds;
};

/* Rows of bytes below levels, or floats of them; few levels give many equal rows and equal distances.
 * Folds in no order; with a fixed part some rows have none. */
static struct problem make(size_t n, size_t d, int levels, enum sl_dtype dtype, int n_folds, int fixed)
{
    struct sl_rng *rng = sl_rng_new(9, "folds");
    struct problem p = {.x = sl_alloc(n * d, sizeof(float)),
                        .y = sl_alloc(n, sizeof(int32_t)),
                        .fold = sl_alloc(n, sizeof(int32_t)),
                        .n_folds = n_folds};
    for (size_t i = 0; i < n; i++) {
        p.y[i] = (int32_t)sl_rng_below(rng, CLASSES);
        p.fold[i] = (int32_t)sl_rng_below(rng, (uint64_t)(n_folds + fixed)) - fixed;
        for (size_t t = 0; t < d; t++) {
            const uint8_t v = (uint8_t)sl_rng_below(rng, (uint64_t)levels);
            if (dtype == SL_U8)
                ((uint8_t *)p.x)[i * d + t] = v;
            else
                ((float *)p.x)[i * d + t] = (float)v * 0.37f;
        }
    }
    sl_rng_free(rng);
    p.view = (struct sl_view){.dtype = dtype,
                              .n = n,
                              .d = d,
                              .x = p.x,
                              .y = p.y,
                              .k = CLASSES,
                              .scale = dtype == SL_U8 ? 1.0f / 255 : 1};
    return p;
}

static void release(struct problem *p)
{
    free(p->x);
    free(p->y);
    free(p->fold);
}

/* The rows of a fold, or all others, in the view's order; at: their numbers. */
static struct sl_view gather(const struct problem *p, int32_t fold, int others, uint32_t *at)
{
    const size_t size = p->view.d * (p->view.dtype == SL_U8 ? 1 : sizeof(float));
    struct sl_view part = p->view;
    char *x = sl_alloc(p->view.n, size);
    int32_t *y = sl_alloc(p->view.n, sizeof *y);
    part.n = 0;
    for (uint32_t i = 0; i < p->view.n; i++)
        if ((p->fold[i] != fold) == others) {
            memcpy(x + part.n * size, (char *)p->x + i * size, size);
            y[part.n] = p->y[i];
            at[part.n++] = i;
        }
    part.x = x;
    part.y = y;
    return part;
}

/* labels and scores of the fold's rows, by a fit on the others. */
static void fit_and_score(const struct problem *p, int32_t fold, const char *n_neighbors, const char *weights,
                          const char *power, int32_t *labels, float *scores)
{
    const struct sl_classifier_type *type = sl_classifier_find("knn", NULL);
    const size_t n = p->view.n;
    struct sl_error err = {0};
    struct sl_fit_report report;
    void *config = sl_alloc_zero(1, type->config_size), *model;
    uint32_t *at = sl_alloc(n, sizeof *at);
    int32_t *own_labels = sl_alloc(n, sizeof *own_labels);
    float *own = sl_alloc(n * CLASSES, sizeof *own);
    struct sl_view train = gather(p, fold, 1, at), scored = gather(p, fold, 0, at);
    sl_config_default(type->params, config);
    assert_int_equal(sl_config_set(type->params, config, "n_neighbors", n_neighbors, &err), SL_OK);
    assert_int_equal(sl_config_set(type->params, config, "weights", weights, &err), SL_OK);
    assert_int_equal(sl_config_set(type->params, config, "p", power, &err), SL_OK);
    const struct sl_fit fit = {.train = &train, .config = config, .threads = 1, .report = &report};
    assert_int_equal(type->fit(&fit, &model, &err), SL_OK);
    assert_int_equal(type->predict(model, &scored, 1, own_labels, &err), SL_OK);
    assert_int_equal(type->scores(model, &scored, 1, own, &err), SL_OK);
    for (size_t i = 0; i < scored.n; i++) {
        labels[at[i]] = own_labels[i];
        memcpy(scores + at[i] * CLASSES, own + i * CLASSES, CLASSES * sizeof *own);
    }
    type->free(model);
    free(config);
    free(at);
    free(own_labels);
    free(own);
    free((void *)train.x);
    free((void *)train.y);
    free((void *)scored.x);
    free((void *)scored.y);
}

static size_t scored_rows(const struct problem *p, uint32_t *rows)
{
    size_t m = 0;
    for (size_t i = 0; i < p->view.n; i++)
        if (p->fold[i] >= 0)
            rows[m++] = (uint32_t)i;
    return m;
}

static void check_values(const struct problem *p, struct sl_knn_folds *folds, int n_neighbors, int weights,
                         double power)
{
    const size_t n = p->view.n;
    int32_t *labels[2];
    float *scores[2];
    char number[16], power_text[16];
    struct sl_error err = {0};
    const struct sl_knn_voting voting = {
        .labels = p->y, .k = CLASSES, .weights = weights, .p = power, .unit = sl_knn_unit(&p->view)};
    snprintf(number, sizeof number, "%d", n_neighbors);
    snprintf(power_text, sizeof power_text, "%g", power);
    uint32_t *rows = sl_alloc(n, sizeof *rows);
    for (int i = 0; i < 2; i++) {
        labels[i] = sl_alloc(n, sizeof(int32_t));
        scores[i] = sl_alloc(n * CLASSES, sizeof(float));
    }
    for (int32_t fold = 0; fold < p->n_folds; fold++)
        fit_and_score(p, fold, number, weights == SL_KNN_UNIFORM ? "uniform" : "distance", power_text,
                      labels[0], scores[0]);
    size_t m = scored_rows(p, rows);
    if (weights == SL_KNN_DISTANCE && !folds->weight &&
        n_neighbors > 1) /* computed at once or one by one: the same */
        assert_int_equal(sl_knn_folds_weigh(folds, &voting, 2, &err), SL_OK);
    assert_int_equal(
        sl_knn_folds_predict(folds, &voting, rows, m, (size_t)n_neighbors, labels[1], NULL, &err), SL_OK);
    assert_int_equal(
        sl_knn_folds_predict(folds, &voting, rows, m, (size_t)n_neighbors, NULL, scores[1], &err), SL_OK);
    for (size_t i = 0; i < m; i++) {
        assert_int_equal(labels[0][rows[i]], labels[1][i]);
        assert_memory_equal(scores[0] + rows[i] * CLASSES, scores[1] + i * CLASSES, CLASSES * sizeof(float));
    }
    free(rows);
    for (int i = 0; i < 2; i++) {
        free(labels[i]);
        free(scores[i]);
    }
}

static void check(const struct problem *p, double power, size_t k_max)
{
    static const int numbers[] = {1, 2, 5, 9, 25};
    struct sl_knn_folds folds;
    struct sl_error err = {0};
    const struct sl_knn_options options = {.p = power, .threads = 3};
    assert_int_equal(sl_knn_folds_search(&p->view, p->fold, p->n_folds, k_max, &options, &folds, &err),
                     SL_OK);
    for (size_t i = 0; i < p->view.n; i++)
        for (size_t j = 0; p->fold[i] >= 0 && j < folds.count[p->fold[i]]; j++)
            assert_int_not_equal(p->fold[folds.found[i * folds.k_max + j].row], p->fold[i]);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && (size_t)numbers[i] <= k_max; i++)
        for (int weights = 0; weights < 2; weights++)
            check_values(p, &folds, numbers[i], weights, power);
    sl_knn_folds_release(&folds);
}

static void check_and_release(struct problem p, double power, size_t k_max)
{
    check(&p, power, k_max);
    release(&p);
}

static void test_bytes(void **state)
{
    (void)state;
    check_and_release(make(1400, 33, 256, SL_U8, 5, 0), 2, 25);
    check_and_release(make(500, 20, 256, SL_U8, 3, 0), 1, 9);
    check_and_release(make(300, 9, 256, SL_U8, 2, 0), 3, 5);
}

static void test_ties(void **state)
{
    (void)state;
    check_and_release(make(1200, 5, 3, SL_U8, 4, 0), 2, 25);
    check_and_release(make(700, 5, 3, SL_U8, 3, 0), 1, 25);
    check_and_release(make(900, 5, 3, SL_F32, 4, 0), 2, 25);
}

static void test_floats(void **state)
{
    (void)state;
    check_and_release(make(1300, 24, 256, SL_F32, 5, 0), 2, 25);
    check_and_release(make(400, 10, 256, SL_F32, 3, 0), 1, 9);
    check_and_release(make(300, 10, 256, SL_F32, 2, 0), 2.5, 5);
}

/* A plain split, and folds beside rows that train in each of them. */
static void test_rows_without_a_fold(void **state)
{
    (void)state;
    check_and_release(make(600, 12, 256, SL_U8, 1, 1), 2, 25);
    check_and_release(make(600, 5, 3, SL_F32, 3, 1), 2, 9);
}

/* More neighbours than a fold has training rows: all of them. */
static void test_few_rows(void **state)
{
    (void)state;
    check_and_release(make(20, 4, 9, SL_U8, 4, 0), 2, 1000);
    struct problem p = make(3, 4, 9, SL_F32, 2, 0);
    for (int32_t i = 0; i < 3; i++)
        p.fold[i] = i % 2;
    check_and_release(p, 2, 25);
}

static int is_filtered(const struct problem *p, int32_t fold, size_t k)
{
    struct sl_knn_rows rows;
    struct sl_error err = {0};
    const struct sl_knn_options options = {.p = 2, .threads = 1};
    uint32_t *at = sl_alloc(p->view.n, sizeof *at);
    struct sl_view train = gather(p, fold, 1, at);
    assert_int_equal(sl_knn_rows_init(&rows, &train, k, &options, &err), SL_OK);
    const int filtered = rows.filter.shorts != NULL;
    sl_knn_rows_release(&rows);
    free(at);
    free((void *)train.x);
    free((void *)train.y);
    return filtered;
}

/* Rows wide and many enough for a filter, which is tried with k_max neighbours here and with fewer there. */
static void test_filter(void **state)
{
    enum { N = 4200, D = 260 };
    static const int32_t halves[2] = {0, 1};
    (void)state;
    struct problem p = make(N, D, 256, SL_F32, 2, 0);
    float *x = p.x;
    for (size_t i = 0; i < N; i++) { /* close to four directions, and some rows alike */
        p.fold[i] = halves[i / 2 % 2];
        for (size_t t = 4; t < D; t++)
            x[i * D + t] = x[i * D + t % 4] * (float)(1 + t % 3) + x[i * D + t] / 64;
        if (i % 5 == 4)
            memcpy(x + i * D, x + (i - 3) * D, D * sizeof *x);
    }
    assert_true(is_filtered(&p, 0, 9) && is_filtered(&p, 1, 1));
    check(&p, 2, 9);
    release(&p);
}

static void test_refusals(void **state)
{
    (void)state;
    const volatile sig_atomic_t raised = 1;
    struct problem p = make(50, 4, 9, SL_U8, 1, 0);
    struct sl_knn_folds folds;
    struct sl_error err = {0};
    struct sl_knn_options options = {.p = 2, .threads = 1};
    assert_int_equal(sl_knn_folds_search(&p.view, p.fold, 1, 3, &options, &folds, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "fold 0"));
    p.fold[7] = 1;
    options.cancel = &raised;
    assert_int_equal(sl_knn_folds_search(&p.view, p.fold, 2, 3, &options, &folds, &err), SL_ECANCELLED);
    options.cancel = NULL;
    assert_int_equal(sl_knn_folds_search(&p.view, p.fold, 2, 3, &options, &folds, &err), SL_OK);
    sl_knn_folds_release(&folds);
    release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),    cmocka_unit_test(test_ties),
        cmocka_unit_test(test_floats),   cmocka_unit_test(test_rows_without_a_fold),
        cmocka_unit_test(test_few_rows), cmocka_unit_test(test_filter),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
