/* test_knn.c - knn predicts exactly what a brute-force search in 64-bit integers (bytes) or in double
 * (floats) predicts, ties included, and again on a processor without integer GEMM. */
#include "core/memory.h"
#include "kernels/bytegram.h"
#include "neighbours/folds.h"
#include "neighbours/search.h"
#include <math.h>
#include <setjmp.h>
#include <shortlist/classifier.h>
#include <shortlist/rng.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const char *self;

enum { CLASSES = 4 };

struct problem {
    struct sl_view train, test;
    void *x[2];
    int32_t *y[2];
};

/* Bytes below levels: few levels give many equal distances. */
static void make_bytes(struct problem *p, size_t n, size_t m, size_t d, int levels)
{
    struct sl_rng *rng = sl_rng_new(7, "knn");
    const size_t rows[2] = {n, m};
    struct sl_view *views[2] = {&p->train, &p->test};
    for (int part = 0; part < 2; part++) {
        uint8_t *x = sl_alloc(rows[part] * d, 1);
        p->x[part] = x;
        p->y[part] = sl_alloc(rows[part], sizeof(int32_t));
        for (size_t i = 0; i < rows[part]; i++) {
            p->y[part][i] = (int32_t)sl_rng_below(rng, CLASSES);
            for (size_t t = 0; t < d; t++)
                x[i * d + t] = (uint8_t)(255 - sl_rng_below(rng, (uint64_t)levels));
        }
        *views[part] = (struct sl_view){.dtype = SL_U8,
                                        .n = rows[part],
                                        .d = d,
                                        .x = x,
                                        .y = p->y[part],
                                        .k = CLASSES,
                                        .scale = 1.0f / 255,
                                        .offset = 0};
    }
    sl_rng_free(rng);
}

/* The same values, times scale, plus shift. */
static void to_floats(struct problem *p, float scale, float shift)
{
    struct sl_view *views[2] = {&p->train, &p->test};
    for (int part = 0; part < 2; part++) {
        const size_t size = views[part]->n * views[part]->d;
        float *x = sl_alloc(size, sizeof *x);
        for (size_t i = 0; i < size; i++)
            x[i] = scale * ((uint8_t *)p->x[part])[i] + shift;
        free(p->x[part]);
        p->x[part] = x;
        views[part]->x = x;
        views[part]->dtype = SL_F32;
        views[part]->scale = 1;
    }
}

static void make_floats(struct problem *p, size_t n, size_t m, size_t d, int levels, float scale, float shift)
{
    make_bytes(p, n, m, d, levels);
    to_floats(p, scale, shift);
}

static void problem_free(struct problem *p)
{
    for (int part = 0; part < 2; part++) {
        free(p->x[part]);
        free(p->y[part]);
    }
}

/* The distance to the power p by the definition. */
static double measure(const struct problem *pr, size_t i, size_t j, double p)
{
    const size_t d = pr->train.d;
    if (pr->train.dtype == SL_F32) {
        const float *a = (const float *)pr->x[1] + i * d, *b = (const float *)pr->x[0] + j * d;
        double s = 0;
        for (size_t t = 0; t < d; t++)
            s += p == 2 ? ((double)a[t] - b[t]) * ((double)a[t] - b[t]) : pow(fabs((double)a[t] - b[t]), p);
        return s;
    }
    const uint8_t *a = (const uint8_t *)pr->x[1] + i * d, *b = (const uint8_t *)pr->x[0] + j * d;
    int64_t whole = 0;
    double s = 0;
    for (size_t t = 0; t < d; t++) {
        const int v = abs(a[t] - b[t]);
        whole += p == 1 ? v : v * v;
        if (p != 1 && p != 2)
            s += pow(v, p);
    }
    return p == 1 || p == 2 ? (double)whole : s;
}

static void expected_votes(const struct problem *pr, size_t i, size_t wanted, double p, int by_distance,
                           double votes[CLASSES])
{
    const size_t n = pr->train.n;
    double *key = sl_alloc(n, sizeof *key), total = 0;
    int zero = 0;
    for (size_t j = 0; j < n; j++)
        key[j] = measure(pr, i, j, p);
    memset(votes, 0, CLASSES * sizeof *votes);
    for (size_t r = 0; r < wanted; r++) {
        size_t best = 0;
        for (size_t j = 0; j < n; j++)
            if (key[j] < key[best])
                best = j;
        zero = zero || key[best] == 0;
        double weight = !by_distance ? 1
                        : zero       ? key[best] == 0
                                     : 1 / (pr->train.scale * pow(key[best], 1 / p));
        votes[pr->y[0][best]] += weight;
        total += weight;
        key[best] = INFINITY;
    }
    for (int c = 0; c < CLASSES; c++)
        votes[c] /= total;
    free(key);
}

static void check(const struct problem *pr, const char *const *settings, size_t wanted, double p,
                  int by_distance)
{
    const struct sl_classifier_type *type = sl_classifier_find("knn", NULL);
    struct sl_error err;
    struct sl_fit_report report;
    void *config = sl_alloc_zero(1, type->config_size), *model;
    sl_config_default(type->params, config);
    for (; *settings; settings += 2)
        if (sl_config_set(type->params, config, settings[0], settings[1], &err))
            fail_msg("%s", err.text);
    const struct sl_fit fit = {.train = &pr->train, .config = config, .threads = 1, .report = &report};
    assert_int_equal(type->check(config, &pr->train, &err), SL_OK);
    assert_int_equal(type->fit(&fit, &model, &err), SL_OK);
    const size_t m = pr->test.n;
    int32_t *labels[2] = {sl_alloc(m, sizeof(int32_t)), sl_alloc(m, sizeof(int32_t))};
    float *scores = sl_alloc(m * CLASSES, sizeof *scores);
    assert_int_equal(type->predict(model, &pr->test, 1, labels[0], &err), SL_OK);
    assert_int_equal(type->predict(model, &pr->test, 3, labels[1], &err), SL_OK);
    assert_int_equal(type->scores(model, &pr->test, 2, scores, &err), SL_OK);
    assert_memory_equal(labels[0], labels[1], m * sizeof(int32_t));
    for (size_t i = 0; i < m; i++) {
        double votes[CLASSES];
        int best = 0;
        expected_votes(pr, i, wanted, p, by_distance, votes);
        for (int c = 0; c < CLASSES; c++) {
            best = votes[c] > votes[best] ? c : best;
            assert_true(fabs(votes[c] - (double)scores[i * CLASSES + (size_t)c]) < 1e-6);
        }
        assert_int_equal(labels[0][i], best);
    }
    type->free(model);
    free(config);
    free(labels[0]);
    free(labels[1]);
    free(scores);
}

#define SET(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_bytes(void **state)
{
    struct problem p;
    (void)state;
    make_bytes(&p, 2300, 300, 97, 256); /* several blocks of rows and of queries, none full */
    check(&p, SET("n_neighbors", "5"), 5, 2, 0);
    check(&p, SET("n_neighbors", "1"), 1, 2, 0);
    check(&p, SET("n_neighbors", "40", "weights", "distance"), 40, 2, 1);
    problem_free(&p);
}

static void test_ties(void **state)
{
    struct problem p;
    (void)state;
    make_bytes(&p, 1500, 270, 6, 3); /* 729 possible rows: equal rows, zero and equal distances */
    check(&p, SET("n_neighbors", "5"), 5, 2, 0);
    check(&p, SET("n_neighbors", "7", "weights", "distance"), 7, 2, 1);
    check(&p, SET("n_neighbors", "4", "metric", "manhattan"), 4, 1, 0);
    check(&p, SET("n_neighbors", "5000"), 1500, 2, 0);
    problem_free(&p);
}

static void test_metrics(void **state)
{
    struct problem p;
    (void)state;
    make_bytes(&p, 1100, 60, 65, 256);
    check(&p, SET("p", "1"), 5, 1, 0);
    check(&p, SET("metric", "manhattan", "weights", "distance"), 5, 1, 1);
    check(&p, SET("p", "3"), 5, 3, 0);
    check(&p, SET("p", "1.5", "weights", "distance"), 5, 1.5, 1);
    problem_free(&p);
}

static void test_wide(void **state)
{
    struct problem p;
    (void)state;
    make_bytes(&p, 70, 20, 16000, 256); /* the widest rows on the integer path, and bright */
    check(&p, SET("n_neighbors", "3"), 3, 2, 0);
    problem_free(&p);
    make_bytes(&p, 70, 20, 16001, 256);
    check(&p, SET("n_neighbors", "3"), 3, 2, 0);
    problem_free(&p);
}

static void test_floats(void **state)
{
    struct problem p;
    (void)state;
    make_floats(&p, 1501, 300, 30, 256, 1.0f / 255, 0);
    check(&p, SET("n_neighbors", "5"), 5, 2, 0);
    check(&p, SET("n_neighbors", "5", "weights", "distance"), 5, 2, 1);
    check(&p, SET("p", "1"), 5, 1, 0);
    check(&p, SET("p", "2.5"), 5, 2.5, 0);
    problem_free(&p);
}

/* Exact in fp32, so ties are ties; and far from the origin, where fp32 products would lose everything. */
static void test_hard_floats(void **state)
{
    struct problem p;
    (void)state;
    make_floats(&p, 1500, 270, 5, 3, 1, 0);
    check(&p, SET("n_neighbors", "5"), 5, 2, 0);
    problem_free(&p);
    make_floats(&p, 1300, 100, 12, 9, 1, 1e6f);
    check(&p, SET("n_neighbors", "5", "weights", "distance"), 5, 2, 1);
    problem_free(&p);
    make_floats(&p, 1200, 50, 12, 200, 1e36f, 0); /* products overflow */
    check(&p, SET("n_neighbors", "5"), 5, 2, 0);
    problem_free(&p);
}

/* Makes a part of the problem lie close to six directions, and every third row equal to an earlier one. */
static void flatten(struct problem *p, int part)
{
    enum { RANK = 6 };
    struct sl_view *view = part ? &p->test : &p->train;
    const size_t d = view->d;
    struct sl_rng *rng = sl_rng_new(11, "flat");
    for (size_t i = 0; i < view->n; i++) {
        uint8_t *x = (uint8_t *)p->x[part] + i * d;
        size_t z[RANK];
        for (size_t l = 0; l < RANK; l++)
            z[l] = sl_rng_below(rng, 30);
        for (size_t t = 0; t < d; t++) {
            size_t v = 60 + sl_rng_below(rng, 3);
            for (size_t l = 0; l < RANK; l++)
                v += t * (l + 3) % 5 == l % 5 ? z[l] : 0;
            x[t] = (uint8_t)v;
        }
        if (i % 3 == 2)
            memcpy(x, x - (i / 2) * d, d);
    }
    sl_rng_free(rng);
}

static int is_filtered(const struct problem *p, size_t k)
{
    struct sl_knn_rows rows;
    struct sl_error err;
    const struct sl_knn_options options = {.p = 2, .brute = k == 0, .threads = 2};
    assert_int_equal(sl_knn_rows_init(&rows, &p->train, k, &options, &err), SL_OK);
    const int filtered = rows.filter.shorts != NULL;
    sl_knn_rows_release(&rows);
    return filtered;
}

static void test_filter(void **state)
{
    enum { N = 2500, M = 40, D = 261 };
    static const float scales[][2] = {{1.0f / 255, 0}, {1, 1e4f}, {1e-30f, 0}};
    struct problem p;
    (void)state;
    for (int like = 0; like < 2; like++) { /* queries unlike the rows: the search must give the filter up */
        make_bytes(&p, N, M, D, 256);
        flatten(&p, 0);
        if (like)
            flatten(&p, 1);
        assert_int_equal(is_filtered(&p, 5), !sl_bytegram_has_vnni());
        assert_int_equal(is_filtered(&p, 0), 0);
        check(&p, SET("n_neighbors", "5"), 5, 2, 0);
        check(&p, SET("n_neighbors", "9", "weights", "distance"), 9, 2, 1);
        check(&p, SET("n_neighbors", "5", "algorithm", "brute"), 5, 2, 0);
        to_floats(&p, scales[0][0], scales[0][1]);
        assert_int_equal(is_filtered(&p, 5), 1);
        check(&p, SET("n_neighbors", "5"), 5, 2, 0);
        problem_free(&p);
    }
    for (size_t s = 1; s < sizeof scales / sizeof *scales; s++) { /* far from 0; products that underflow */
        make_bytes(&p, N, M, D, 256);
        flatten(&p, 0);
        flatten(&p, 1);
        to_floats(&p, scales[s][0], scales[s][1]);
        check(&p, SET("n_neighbors", "5"), 5, 2, 0);
        problem_free(&p);
    }
    make_bytes(&p, N, M, D, 256); /* no direction is better than another */
    assert_int_equal(is_filtered(&p, 5), 0);
    check(&p, SET("n_neighbors", "5"), 5, 2, 0);
    to_floats(&p, 1e35f, 0); /* too long */
    assert_int_equal(is_filtered(&p, 5), 0);
    check(&p, SET("n_neighbors", "5"), 5, 2, 0);
    problem_free(&p);
    make_bytes(&p, N, M, D, 1); /* all alike */
    check(&p, SET("n_neighbors", "5"), 5, 2, 0);
    problem_free(&p);
}

static void test_limit(void **state)
{
    (void)state;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        setenv("ONEDNN_MAX_CPU_ISA", "AVX2", 1);
        setenv("DNNL_MAX_CPU_ISA", "AVX2", 1);
        execl("/proc/self/exe", self, "limited", (char *)NULL);
        _exit(127);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest limited[] = {
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_ties),
        cmocka_unit_test(test_wide),
        cmocka_unit_test(test_filter),
    };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limit), /* first: it forks before any thread starts */
        cmocka_unit_test(test_bytes),  cmocka_unit_test(test_ties),   cmocka_unit_test(test_metrics),
        cmocka_unit_test(test_wide),   cmocka_unit_test(test_floats), cmocka_unit_test(test_hard_floats),
        cmocka_unit_test(test_filter),
    };
    self = argv[0];
    return argc > 1 ? cmocka_run_group_tests_name("limited", limited, NULL, NULL)
                    : cmocka_run_group_tests(tests, NULL, NULL);
}
