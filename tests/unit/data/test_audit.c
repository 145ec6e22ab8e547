/* The audit, against counts by hand and against a comparison of all pairs. */
#include <setjmp.h>
#include <shortlist/audit.h>
#include <shortlist/rng.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Needs the headers above. */
#include <cmocka.h>

static struct sl_dataset *make(enum sl_dtype dtype, const void *x, const int32_t *y, size_t n, size_t d,
                               int k)
{
    struct sl_view view = {.dtype = dtype, .n = n, .d = d, .x = x, .y = y, .k = k, .scale = 1};
    struct sl_dataset *data;
    assert_int_equal(sl_dataset_new(&view, NULL, NULL, &data, NULL), SL_OK);
    return data;
}

static void test_by_hand(void **state)
{
    static const uint8_t train[] = {1, 2, 0, 3, 4, 0, 1, 2, 0, 5, 6, 0, 1, 2, 0}; // (5, 3)
    static const int32_t train_y[] = {0, 1, 0, 1, 1};
    static const uint8_t test[] = {3, 4, 0, 9, 9, 9, 3, 4, 0, 7, 8, 0}; // (4, 3)
    static const int32_t test_y[] = {1, 2, 0, 0};
    struct sl_dataset *a = make(SL_U8, train, train_y, 5, 3, 2), *b = make(SL_U8, test, test_y, 4, 3, 3);
    struct sl_audit audit;
    (void)state;
    assert_int_equal(sl_audit(a, b, &audit, NULL), SL_OK);
    assert_int_equal(audit.n, 5);
    assert_int_equal(audit.n_test, 4);
    assert_int_equal(audit.d, 3);
    assert_int_equal(audit.k, 3);
    assert_int_equal(audit.duplicates, 2);      /* rows 2 and 4 */
    assert_int_equal(audit.duplicates_test, 1); /* row 2 */
    assert_int_equal(audit.overlap, 2);         /* test rows 0 and 2 */
    assert_int_equal(audit.conflicts, 3);       /* rows 0, 2 and 4: labels 0, 0 and 1 */
    assert_int_equal(audit.constant, 1);
    static const size_t counts[] = {2, 3, 0}, counts_test[] = {2, 1, 1};
    assert_memory_equal(audit.class_counts, counts, sizeof counts);
    assert_memory_equal(audit.class_counts_test, counts_test, sizeof counts_test);
    sl_audit_release(&audit);
    assert_int_equal(sl_audit(a, NULL, &audit, NULL), SL_OK);
    assert_int_equal(audit.n_test, 0);
    assert_int_equal(audit.overlap, 0);
    assert_int_equal(audit.class_counts_test[0], 0);
    sl_audit_release(&audit);
    sl_dataset_free(a);
    sl_dataset_free(b);
}

/* -0 equals 0; a byte equals the float of the same value. */
static void test_floats(void **state)
{
    static const float train[] = {0.0f, 1.5f, -0.0f, 1.5f, 2, 3}; // (3, 2)
    static const uint8_t test[] = {2, 3, 0, 1};                   // (2, 2)
    struct sl_dataset *a = make(SL_F32, train, NULL, 3, 2, 1), *b = make(SL_U8, test, NULL, 2, 2, 1);
    struct sl_audit audit;
    (void)state;
    assert_int_equal(sl_audit(a, b, &audit, NULL), SL_OK);
    assert_int_equal(audit.duplicates, 1);
    assert_int_equal(audit.overlap, 1);
    assert_int_equal(audit.conflicts, 0);
    sl_audit_release(&audit);
    assert_int_equal(sl_audit(b, a, &audit, NULL), SL_OK);
    assert_int_equal(audit.overlap, 1);
    assert_int_equal(audit.duplicates_test, 1);
    sl_audit_release(&audit);
    sl_dataset_free(a);
    sl_dataset_free(b);
}

enum { N = 600, D = 3 };

static int equal(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, D) == 0;
}

static void test_all_pairs(void **state)
{
    uint8_t train[N * D], test[N * D];
    int32_t y[N];
    struct sl_rng *rng = sl_rng_new(1, "audit");
    size_t duplicates = 0, overlap = 0, conflicts = 0;
    (void)state;
    for (int i = 0; i < N * D; i++) {
        train[i] = (uint8_t)sl_rng_below(rng, 9);
        test[i] = (uint8_t)sl_rng_below(rng, 11);
    }
    for (int i = 0; i < N; i++)
        y[i] = (int32_t)sl_rng_below(rng, 2);
    for (int i = 0; i < N; i++) {
        int earlier = 0, in_train = 0, conflict = 0;
        for (int j = 0; j < N; j++) {
            earlier |= j < i && equal(train + i * D, train + j * D);
            in_train |= equal(test + i * D, train + j * D);
            conflict |= equal(train + i * D, train + j * D) && y[i] != y[j];
        }
        duplicates += (size_t)earlier;
        overlap += (size_t)in_train;
        conflicts += (size_t)conflict;
    }
    struct sl_dataset *a = make(SL_U8, train, y, N, D, 2), *b = make(SL_U8, test, y, N, D, 2);
    struct sl_audit audit;
    assert_int_equal(sl_audit(a, b, &audit, NULL), SL_OK);
    assert_int_equal(audit.duplicates, duplicates);
    assert_int_equal(audit.overlap, overlap);
    assert_int_equal(audit.conflicts, conflicts);
    assert_true(duplicates > 50 && overlap > 50 && conflicts > 50);
    sl_audit_release(&audit);
    sl_dataset_free(a);
    sl_dataset_free(b);
    sl_rng_free(rng);
}

static void test_widths(void **state)
{
    static const uint8_t x[] = {1, 2, 3, 4, 5, 6};
    struct sl_dataset *a = make(SL_U8, x, NULL, 2, 3, 1), *b = make(SL_U8, x, NULL, 3, 2, 1);
    struct sl_audit audit;
    struct sl_error err;
    (void)state;
    assert_int_equal(sl_audit(a, b, &audit, &err), SL_EDATA);
    assert_string_equal(err.text, "the training part has 3 features and the test part 2");
    sl_dataset_free(a);
    sl_dataset_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_floats),
        cmocka_unit_test(test_all_pairs),
        cmocka_unit_test(test_widths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
