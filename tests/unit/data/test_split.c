/* Splits and folds: sizes, stratification to within one row, nesting, determinism. */
#include <math.h>
#include <setjmp.h>
#include <shortlist/rng.h>
#include <shortlist/split.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Needs the headers above. */
#include <cmocka.h>

enum { MAX_N = 5000, MAX_K = 100 };

struct labels {
    struct sl_view view;
    int32_t y[MAX_N];
    double share[MAX_K]; /* of each class */
};

/* n rows of k classes: equal ones (skew 0), or the larger skew the rarer the later classes; some may lack
 * rows altogether. */
static struct labels *make_labels(size_t n, int k, double skew, uint64_t seed)
{
    struct labels *labels = calloc(1, sizeof *labels);
    struct sl_rng *rng = sl_rng_new(seed, "test");
    assert_non_null(labels);
    assert_non_null(rng);
    for (size_t i = 0; i < n; i++) {
        int32_t label =
            skew > 0 ? (int32_t)(k * pow(sl_rng_uniform(rng), 1 + skew)) : (int32_t)(i % (size_t)k);
        labels->y[i] = label;
        labels->share[label] += 1.0 / (double)n;
    }
    labels->view = (struct sl_view){.dtype = SL_U8, .n = n, .d = 1, .y = labels->y, .k = k, .scale = 1};
    sl_rng_free(rng);
    return labels;
}

static void check_stratified(const struct labels *labels, const uint32_t *rows, size_t n)
{
    double counts[MAX_K] = {0};
    for (size_t i = 0; i < n; i++)
        counts[labels->y[rows[i]]]++;
    for (int c = 0; c < labels->view.k; c++)
        assert_true(fabs(counts[c] - (double)n * labels->share[c]) < 1 + 1e-9);
}

/* Marks the rows; each may come once. */
static void mark(unsigned char *seen, const uint32_t *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_true(rows[i] < MAX_N);
        assert_int_equal(seen[rows[i]], 0);
        seen[rows[i]] = 1;
    }
}

static void check_split(const struct labels *labels, size_t n_train, size_t n_validation)
{
    uint32_t *train, *validation;
    size_t got;
    struct sl_error err;
    unsigned char seen[MAX_N] = {0};
    if (sl_split(&labels->view, n_train, n_validation, 42, &train, &got, &validation, &err) != SL_OK)
        fail_msg("%s", err.text);
    assert_int_equal(got, n_train ? n_train : labels->view.n - n_validation);
    mark(seen, train, got);
    mark(seen, validation, n_validation);
    check_stratified(labels, train, got);
    check_stratified(labels, validation, n_validation);
    free(train);
    free(validation);
}

static void test_stratified(void **state)
{
    static const struct {
        size_t n;
        int k;
        double skew;
    } cases[] = {{1, 1, 0},    {2, 2, 0},       {10, 3, 0},     {97, 10, 0},   {1000, 10, 0},
                 {1000, 7, 1}, {333, 100, 0.5}, {5000, 100, 2}, {5000, 13, 6}, {60, 100, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = cases[i].n;
        struct labels *labels = make_labels(n, cases[i].k, cases[i].skew, i);
        size_t step = n / 37 + 1;
        for (size_t validation = 0; validation < n; validation += step)
            for (size_t train = 0; train <= n - validation; train += step)
                check_split(labels, train, validation);
        free(labels);
    }
}

static int compare_rows(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void test_nested(void **state)
{
    struct labels *labels = make_labels(3000, 10, 1, 5);
    uint32_t *last = NULL, *last_validation = NULL;
    size_t last_n = 0;
    (void)state;
    for (size_t n = 100; n <= 2500; n += 400) {
        uint32_t *train, *validation;
        size_t got;
        unsigned char seen[MAX_N] = {0};
        assert_int_equal(sl_split(&labels->view, n, 500, 7, &train, &got, &validation, NULL), SL_OK);
        mark(seen, train, got);
        for (size_t i = 0; i < last_n; i++)
            assert_int_equal(seen[last[i]], 1);
        if (last_validation)
            assert_memory_equal(validation, last_validation, 500 * sizeof *validation);
        free(last);
        free(last_validation);
        last = train;
        last_validation = validation;
        last_n = got;
    }
    free(last);
    free(last_validation);
    free(labels);
}

static void test_seed(void **state)
{
    struct labels *labels = make_labels(1000, 10, 0, 1);
    uint32_t *train[3], *validation[3];
    size_t n;
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(
            sl_split(&labels->view, 500, 300, i < 2 ? 1 : 2, &train[i], &n, &validation[i], NULL), SL_OK);
    assert_memory_equal(train[0], train[1], 500 * sizeof **train);
    assert_memory_equal(validation[0], validation[1], 300 * sizeof **validation);
    /* Shuffled: not sorted, not the classes in turn; another seed: other rows. */
    size_t ascending = 0, in_turn = 0;
    for (size_t i = 1; i < 500; i++) {
        ascending += train[0][i] > train[0][i - 1];
        in_turn += labels->y[train[0][i]] == (labels->y[train[0][i - 1]] + 1) % 10;
    }
    assert_in_range(ascending, 200, 300);
    assert_in_range(in_turn, 20, 90);
    for (int i = 0; i < 3; i++)
        qsort(validation[i], 300, sizeof **validation, compare_rows);
    assert_memory_not_equal(validation[0], validation[2], 300 * sizeof **validation);
    for (int i = 0; i < 3; i++) {
        free(train[i]);
        free(validation[i]);
    }
    free(labels);
}

/* The rows are part of every result: a change of the method must not go unnoticed. */
static void test_pinned(void **state)
{
    struct labels *labels = make_labels(20, 2, 0, 1);
    uint32_t *train, *validation;
    size_t n;
    (void)state;
    assert_int_equal(sl_split(&labels->view, 6, 4, 42, &train, &n, &validation, NULL), SL_OK);
    static const uint32_t expected_train[] = {9, 15, 16, 8, 13, 14}, expected_validation[] = {6, 11, 5, 10};
    assert_memory_equal(train, expected_train, sizeof expected_train);
    assert_memory_equal(validation, expected_validation, sizeof expected_validation);
    free(train);
    free(validation);
    free(labels);
}

static void expect_refused(const struct sl_view *view, size_t n_train, size_t n_validation, const char *text)
{
    uint32_t *train, *validation;
    size_t n;
    struct sl_error err;
    assert_int_equal(sl_split(view, n_train, n_validation, 1, &train, &n, &validation, &err), SL_EUSAGE);
    assert_null(train);
    assert_null(validation);
    if (!strstr(err.text, text))
        fail_msg("\"%s\" does not hold \"%s\"", err.text, text);
}

static void test_refused(void **state)
{
    struct labels *labels = make_labels(100, 10, 0, 1);
    (void)state;
    expect_refused(&labels->view, 60, 41, "60 training and 41 validation rows are more than the 100 rows");
    expect_refused(&labels->view, 0, 101, "more than the 100 rows");
    expect_refused(&labels->view, SIZE_MAX, 2, "more than the 100 rows");
    expect_refused(&labels->view, 0, 100, "100 validation rows leave none of the 100");
    labels->view.n = 0;
    expect_refused(&labels->view, 0, 0, "0 rows");
    free(labels);
}

static void test_unlabelled(void **state)
{
    struct labels *labels = make_labels(100, 10, 0, 1);
    uint32_t *train, *validation;
    uint16_t fold_of[100];
    size_t n;
    (void)state;
    labels->view.y = NULL;
    assert_int_equal(sl_split(&labels->view, 0, 30, 1, &train, &n, &validation, NULL), SL_OK);
    assert_int_equal(n, 70);
    free(train);
    free(validation);
    assert_int_equal(sl_folds(&labels->view, 3, 1, fold_of, NULL), SL_OK);
    free(labels);
}

static void check_folds(const struct labels *labels, int folds)
{
    uint16_t fold_of[MAX_N];
    size_t sizes[MAX_N] = {0}, n = labels->view.n;
    static size_t counts[MAX_N][MAX_K];
    memset(counts, 0, sizeof counts);
    assert_int_equal(sl_folds(&labels->view, folds, 9, fold_of, NULL), SL_OK);
    for (size_t i = 0; i < n; i++) {
        assert_true(fold_of[i] < folds);
        sizes[fold_of[i]]++;
        counts[fold_of[i]][labels->y[i]]++;
    }
    for (int f = 0; f < folds; f++) {
        assert_in_range(sizes[f], n / (size_t)folds, (n + (size_t)folds - 1) / (size_t)folds);
        for (int c = 0; c < labels->view.k; c++) {
            double exact = labels->share[c] * (double)n / folds;
            assert_true(fabs((double)counts[f][c] - exact) < 1);
        }
    }
}

static void test_folds(void **state)
{
    (void)state;
    for (int k = 1; k <= MAX_K; k = k * 3 + 1) {
        struct labels *labels = make_labels(503, k, k > 4 ? 1.5 : 0, (uint64_t)k);
        for (int folds = 2; folds <= 503; folds = folds * 2 + 1)
            check_folds(labels, folds);
        check_folds(labels, 503);
        free(labels);
    }
}

static void test_folds_seed(void **state)
{
    struct labels *labels = make_labels(100, 4, 0, 1);
    uint16_t a[100], b[100], c[100];
    struct sl_error err;
    (void)state;
    assert_int_equal(sl_folds(&labels->view, 5, 1, a, NULL), SL_OK);
    assert_int_equal(sl_folds(&labels->view, 5, 1, b, NULL), SL_OK);
    assert_int_equal(sl_folds(&labels->view, 5, 2, c, NULL), SL_OK);
    assert_memory_equal(a, b, sizeof a);
    assert_memory_not_equal(a, c, sizeof a);
    assert_int_equal(sl_folds(&labels->view, 1, 1, a, &err), SL_EUSAGE);
    assert_int_equal(sl_folds(&labels->view, 101, 1, a, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "from 2 to 100 are possible"));
    free(labels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stratified), cmocka_unit_test(test_nested),
        cmocka_unit_test(test_seed),       cmocka_unit_test(test_pinned),
        cmocka_unit_test(test_refused),    cmocka_unit_test(test_unlabelled),
        cmocka_unit_test(test_folds),      cmocka_unit_test(test_folds_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
