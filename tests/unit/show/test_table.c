/* test_table.c - the statistics of a table, on studies small enough to work out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "unit/study_fixture.h"

static void assert_near(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance))
        fail_msg("%.17g is not %.17g", a, b);
}

static struct sl_table *make(const struct sl_study *study)
{
    struct sl_table *table;
    struct sl_error err = {0};
    if (sl_table_make(study, &table, &err))
        fail_msg("%s", err.text);
    return table;
}

static void test_single_outcomes(void **state)
{
    (void)state;
    int32_t *truth = fixture_truth(300, 3);
    struct sl_study *study = fixture_study("one", 3, 3);
    study->rows[0] = fixture_row("poor", "majority", 1);
    study->rows[1] = fixture_row("good", "majority", 1);
    study->rows[2] = fixture_row("near", "majority", 1);
    fixture_score(&study->rows[0].outcomes[0], truth, 300, 3, 0, 90, 1.0);
    fixture_score(&study->rows[1].outcomes[0], truth, 300, 3, 0, 30, 2.0);
    fixture_score(&study->rows[2].outcomes[0], truth, 300, 3, 2, 32, 3.0);
    struct sl_table *table = make(study);
    assert_int_equal(table->n, 3);
    assert_int_equal(table->best, 1);
    assert_near(table->rows[1].accuracy, 0.9, 1e-12);
    /* Wilson's interval for 270 of 300, z = 1.959964: (p + z^2/2n +- z sqrt(pq/n + z^2/4n^2)) / (1 + z^2/n).
     */
    assert_near(table->rows[1].ci_low, 0.8608335, 1e-6);
    assert_near(table->rows[1].ci_high, 0.9290521, 1e-6);
    assert_true(isnan(table->rows[1].accuracy_std));
    assert_int_equal(table->rows[1].n_scores, 1);
    assert_int_equal(table->rows[1].n_validation, 300);
    assert_int_equal(table->rows[1].n_train, 1200);
    assert_near(table->rows[1].fit_time, 2.0, 1e-12);
    assert_near(table->rows[1].score_time, 0.2, 1e-12);
    /* poor is wrong in 60 rows more (p = 1e-14); near differs in 2 + 4 rows (p = 0.69). */
    assert_int_equal(table->rows[0].tied_with_best, 0);
    assert_int_equal(table->rows[1].tied_with_best, 1);
    assert_int_equal(table->rows[2].tied_with_best, 1);
    assert_true(isnan(table->rows[0].log_loss));
    assert_true(isnan(table->rows[0].converged));
    sl_table_free(table);
    fixture_free(study);
    free(truth);
}

/* Holm: p = 0.031 (6 rows, all one way) is a difference on its own, and none among three comparisons. */
static void test_holm(void **state)
{
    (void)state;
    int32_t *truth = fixture_truth(100, 2);
    for (size_t others = 1; others <= 3; others++) {
        struct sl_study *study = fixture_study("holm", others + 1, 2);
        study->rows[0] = fixture_row("best", "majority", 1);
        fixture_score(&study->rows[0].outcomes[0], truth, 100, 2, 0, 10, 1.0);
        for (size_t r = 1; r <= others; r++) {
            study->rows[r] = fixture_row("other", "majority", 1);
            fixture_score(&study->rows[r].outcomes[0], truth, 100, 2, 0, 16, 1.0);
        }
        struct sl_table *table = make(study);
        for (size_t r = 1; r <= others; r++)
            assert_int_equal(table->rows[r].tied_with_best, others > 1);
        sl_table_free(table);
        fixture_free(study);
    }
    free(truth);
}

static void test_folds_pool_and_repeats_average(void **state)
{
    (void)state;
    int32_t *truth[2] = {fixture_truth(100, 2), fixture_truth(100, 2)};
    struct sl_study *study = fixture_study("folds", 1, 2);
    study->folds = 2;
    study->repeats = 2;
    study->rows[0] = fixture_row("a", "majority", 4);
    const size_t wrong[4] = {10, 20, 12, 22}; /* repeat 0: folds 0, 1; repeat 1: folds 0, 1 */
    for (int i = 0; i < 4; i++) {
        struct sl_outcome *o = &study->rows[0].outcomes[i];
        o->repeat = i / 2;
        o->fold = i % 2;
        fixture_score(o, truth[i % 2], 100, 2, 0, wrong[i], 1.0 + i);
        o->peak_memory = (i + 1) << 20;
        o->converged = i != 2;
        o->n_iter = 10 + i;
    }
    struct sl_table *table = make(study);
    struct sl_table_row *row = &table->rows[0];
    assert_int_equal(row->n_scores, 4);
    assert_near(row->accuracy, 0.84, 1e-12);
    /* .90 .80 .88 .78: squared deviations .0036 .0016 .0016 .0036 over 3. */
    assert_near(row->accuracy_std, sqrt(0.0104 / 3), 1e-12);
    assert_near(row->accuracies[2], 0.88, 1e-12);
    assert_int_equal(row->n_validation, 200);
    double low, high;
    sl_wilson(168, 200, 0.95, &low, &high); /* not 336 of 400: repeats score the same rows */
    assert_near(row->ci_low, low, 1e-12);
    assert_near(row->ci_high, high, 1e-12);
    assert_near(row->fit_time, 2.5, 1e-12);
    assert_near(row->peak_memory, 4 << 20, 0);
    assert_near(row->n_iter, 11.5, 1e-12);
    assert_true(row->converged == 0);
    sl_table_free(table);
    fixture_free(study);
    free(truth[0]);
    free(truth[1]);
}

static void test_rows_that_differ_are_not_compared(void **state)
{
    (void)state;
    int32_t *one = fixture_truth(100, 2), *other = fixture_truth(100, 2);
    struct sl_study *study = fixture_study("differ", 2, 2);
    study->rows[0] = fixture_row("a", "majority", 1);
    study->rows[1] = fixture_row("b", "majority", 1);
    fixture_score(&study->rows[0].outcomes[0], one, 100, 2, 0, 1, 1.0);
    fixture_score(&study->rows[1].outcomes[0], other, 100, 2, 0, 50, 1.0);
    struct sl_table *table = make(study);
    assert_int_equal(table->best, 0);
    assert_int_equal(table->rows[1].tied_with_best, -1);
    sl_table_free(table);
    fixture_free(study);
    free(one);
    free(other);
}

/* A classifier without a random part has one repeat: it stands against each repeat of the other. */
static void test_one_repeat_against_several(void **state)
{
    (void)state;
    int32_t *truth = fixture_truth(100, 2);
    struct sl_study *study = fixture_study("repeats", 3, 2);
    study->repeats = 3;
    study->rows[0] = fixture_row("random", "mlp", 3);
    study->rows[1] = fixture_row("fixed", "logreg", 1);
    study->rows[2] = fixture_row("fixed and poor", "logreg", 1);
    for (int i = 0; i < 3; i++) {
        fixture_score(&study->rows[0].outcomes[i], truth, 100, 2, 0, 10 + (size_t)i, 1.0);
        study->rows[0].outcomes[i].repeat = i;
    }
    fixture_score(&study->rows[1].outcomes[0], truth, 100, 2, 0, 12, 1.0);
    fixture_score(&study->rows[2].outcomes[0], truth, 100, 2, 0, 40, 1.0);
    struct sl_table *table = make(study);
    assert_int_equal(table->best, 0);
    assert_int_equal(table->rows[1].tied_with_best, 1);
    assert_int_equal(table->rows[2].tied_with_best, 0);
    sl_table_free(table);
    fixture_free(study);
    free(truth);
}

/* Each repeat has folds of its own: outcomes of two rows pair up by repeat and fold. */
static void test_repeated_folds_pair_up(void **state)
{
    (void)state;
    int32_t *truth[4];
    struct sl_study *study = fixture_study("repeated folds", 3, 2);
    study->folds = study->repeats = 2;
    for (int r = 0; r < 3; r++)
        study->rows[r] = fixture_row("row", "majority", 4);
    for (int i = 0; i < 4; i++) {
        truth[i] = fixture_truth(100, 2);
        for (int r = 0; r < 3; r++) {
            struct sl_outcome *o = &study->rows[r].outcomes[i];
            o->repeat = i / 2;
            o->fold = i % 2;
            /* Wrong in 5, in 5 others, and in 25 rows of each fold. */
            fixture_score(o, truth[i], 100, 2, r == 1 ? 50 : 0, r < 2 ? 5 : 25, 1.0);
        }
    }
    struct sl_table *table = make(study);
    assert_int_equal(table->best, 0);
    assert_int_equal(table->rows[0].n_scores, 4);
    assert_int_equal(table->rows[0].n_validation, 200);
    assert_int_equal(table->rows[1].tied_with_best, 1);
    assert_int_equal(table->rows[2].tied_with_best, 0);
    sl_table_free(table);
    /* Repeats in the other order are other rows. */
    for (int i = 0; i < 4; i++)
        study->rows[1].outcomes[i].truth = truth[(i + 2) % 4];
    table = make(study);
    assert_int_equal(table->rows[1].tied_with_best, -1);
    sl_table_free(table);
    fixture_free(study);
    for (int i = 0; i < 4; i++)
        free(truth[i]);
}

static void test_failures(void **state)
{
    (void)state;
    int32_t *truth = fixture_truth(100, 2);
    struct sl_study *study = fixture_study("failures", 3, 2);
    study->rows[0] = fixture_row("missing then crashed", "majority", 3);
    study->rows[1] = fixture_row("fine", "majority", 1);
    study->rows[2] = fixture_row("never run", "majority", 1);
    /* One fold right in every row: still no candidate for the best. */
    fixture_score(&study->rows[0].outcomes[1], truth, 100, 2, 0, 0, 1.0);
    study->rows[0].outcomes[2].status = SL_TRIAL_CRASHED;
    strcpy(study->rows[0].outcomes[2].reason, "signal 11");
    fixture_score(&study->rows[1].outcomes[0], truth, 100, 2, 0, 40, 1.0);
    struct sl_table *table = make(study);
    assert_int_equal(table->rows[0].status, SL_TRIAL_CRASHED);
    assert_string_equal(table->rows[0].reason, "signal 11");
    assert_int_equal(table->rows[0].n_scores, 1);
    assert_int_equal(table->rows[0].tied_with_best, -1);
    assert_int_equal(table->rows[2].status, SL_TRIAL_MISSING);
    assert_true(isnan(table->rows[2].accuracy));
    assert_int_equal(table->best, 1);
    sl_table_free(table);
    fixture_free(study);
    free(truth);
}

static void test_empty(void **state)
{
    (void)state;
    struct sl_study *study = fixture_study("empty", 0, 2);
    struct sl_table *table = make(study);
    assert_int_equal(table->n, 0);
    assert_int_equal(table->best, 0);
    sl_table_free(table);
    fixture_free(study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_single_outcomes),
        cmocka_unit_test(test_holm),
        cmocka_unit_test(test_folds_pool_and_repeats_average),
        cmocka_unit_test(test_rows_that_differ_are_not_compared),
        cmocka_unit_test(test_one_repeat_against_several),
        cmocka_unit_test(test_repeated_folds_pair_up),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
