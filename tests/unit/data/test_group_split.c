/* Splits and folds that leave groups whole. */
#include <math.h>
#include <setjmp.h>
#include <shortlist/split.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Needs the headers above. */
#include <cmocka.h>

enum { N = 600, K = 3, G = 60, FOLDS = 5 };

static int32_t labels[N], group_of[N];
static const struct sl_groups groups = {G, group_of};
static const struct sl_view rows = {.dtype = SL_F32, .n = N, .d = 1, .y = labels, .k = K, .scale = 1};

/* Groups of 1 to 19 rows, mostly of one class each. */
static int make_rows(void **state)
{
    (void)state;
    size_t i = 0;
    for (int32_t g = 0; g < G; g++) {
        size_t size = g == G - 1 ? N - i : 1 + (size_t)(g * 7 % 19);
        for (size_t r = 0; r < size && i < N; r++, i++) {
            group_of[i] = g;
            labels[i] = (int32_t)((g + (r % 4 == 0)) % K);
        }
    }
    return i == N ? 0 : -1;
}

static void count(const uint16_t *part_of, int parts, size_t held[][K], size_t *sizes)
{
    memset(sizes, 0, (size_t)parts * sizeof *sizes);
    memset(held, 0, (size_t)parts * sizeof *held);
    for (size_t i = 0; i < N; i++) {
        assert_true(part_of[i] < parts);
        held[part_of[i]][labels[i]]++;
        sizes[part_of[i]]++;
        for (size_t j = 0; j < i; j++)
            assert_true(group_of[i] != group_of[j] || part_of[i] == part_of[j]);
    }
}

static void test_folds(void **state)
{
    (void)state;
    uint16_t fold_of[N], again[N], other[N];
    size_t held[FOLDS][K], sizes[FOLDS], total[K] = {0};
    for (size_t i = 0; i < N; i++)
        total[labels[i]]++;
    assert_int_equal(sl_group_folds(&rows, &groups, FOLDS, 1, fold_of, NULL), SL_OK);
    count(fold_of, FOLDS, held, sizes);
    for (int f = 0; f < FOLDS; f++) {
        assert_in_range(sizes[f], N / FOLDS - 12, N / FOLDS + 12);
        for (int c = 0; c < K; c++)
            assert_true(fabs((double)held[f][c] / (double)total[c] - 1.0 / FOLDS) < .04);
    }
    assert_int_equal(sl_group_folds(&rows, &groups, FOLDS, 1, again, NULL), SL_OK);
    assert_memory_equal(fold_of, again, sizeof again);
    assert_int_equal(sl_group_folds(&rows, &groups, FOLDS, 2, other, NULL), SL_OK);
    assert_memory_not_equal(fold_of, other, sizeof other);
}

/* A fold is never empty, however few groups there are. */
static void test_few_groups(void **state)
{
    (void)state;
    uint16_t fold_of[N];
    size_t sizes[3] = {0};
    int32_t few[N];
    struct sl_error err = {0};
    for (size_t i = 0; i < N; i++)
        few[i] = i < 580 ? 0 : i < 590 ? 4 : 7;
    const struct sl_groups three = {9, few};
    assert_int_equal(sl_group_folds(&rows, &three, 3, 1, fold_of, NULL), SL_OK);
    for (size_t i = 0; i < N; i++)
        sizes[fold_of[i]]++;
    assert_true(sizes[0] && sizes[1] && sizes[2]);
    assert_int_equal(sl_group_folds(&rows, &three, 4, 1, fold_of, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "4 folds of 3 groups"));
}

/* Each row a group: the folds are stratified to within a row, as without groups. */
static void test_single_rows(void **state)
{
    (void)state;
    uint16_t fold_of[N];
    size_t held[FOLDS][K] = {{0}}, total[K] = {0};
    int32_t own[N];
    for (size_t i = 0; i < N; i++)
        own[i] = (int32_t)i;
    const struct sl_groups single = {N, own};
    assert_int_equal(sl_group_folds(&rows, &single, FOLDS, 1, fold_of, NULL), SL_OK);
    for (size_t i = 0; i < N; i++) {
        held[fold_of[i]][labels[i]]++;
        total[labels[i]]++;
    }
    for (int f = 0; f < FOLDS; f++) {
        for (int c = 0; c < K; c++)
            assert_in_range(held[f][c], total[c] / FOLDS, total[c] / FOLDS + 1);
    }
}

static void check_split(size_t n_train, size_t n_validation, size_t near)
{
    uint32_t *train, *validation;
    size_t n, m;
    char seen[G] = {0};
    assert_int_equal(
        sl_group_split(&rows, &groups, n_train, n_validation, 1, &train, &n, &validation, &m, NULL), SL_OK);
    assert_in_range(m + near, n_validation, n_validation + 2 * near);
    if (n_train)
        assert_int_equal(n, n_train);
    else
        assert_int_equal(n + m, N);
    for (size_t i = 0; i < m; i++)
        seen[group_of[validation[i]]] = 1;
    for (size_t i = 0; i < n; i++)
        assert_int_equal(seen[group_of[train[i]]], 0);
    free(train);
    free(validation);
}

static void test_split(void **state)
{
    (void)state;
    uint32_t *train, *validation;
    size_t n, m;
    struct sl_error err = {0};
    const int32_t one[N] = {0};
    check_split(0, 150, 15);
    check_split(200, 150, 15);
    check_split(0, 1, 20);
    check_split(0, 0, 0);
    const struct sl_groups same = {1, one};
    assert_int_equal(sl_group_split(&rows, &same, 0, 100, 1, &train, &n, &validation, &m, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "one group only"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folds),
        cmocka_unit_test(test_few_groups),
        cmocka_unit_test(test_single_rows),
        cmocka_unit_test(test_split),
    };
    return cmocka_run_group_tests(tests, make_rows, NULL);
}
