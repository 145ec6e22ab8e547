/* test_rank.c - tables judged by a metric: order, best row, intervals and ties. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "unit/study_fixture.h"

enum { N = 600 };

/* Three classes of 400, 150 and 50 rows. */
static int32_t *make_truth(void)
{
    int32_t *truth = malloc(N * sizeof *truth);
    for (int i = 0; i < N; i++)
        truth[i] = i < 400 ? 0 : i < 550 ? 1 : 2;
    return truth;
}

static struct sl_table *make(const struct sl_study *study, int metric)
{
    struct sl_table *table;
    struct sl_error err = {0};
    if (sl_table_make(study, &table, &err) || sl_table_rank(table, metric, ".", &err))
        fail_msg("%s", err.text);
    return table;
}

static void assert_order(const struct sl_table *table, const size_t *order)
{
    for (size_t i = 0; i < table->n; i++)
        if (table->order[i] != order[i])
            fail_msg("place %zu is row %zu's, not %zu's", i, table->order[i], order[i]);
}

/* Row 0 gives up the rare classes, 1 finds them with more mistakes in all, 2 is as 1 but for one row, 3
 * failed. */
static struct sl_study *make_study(const int32_t *truth)
{
    struct sl_study *study = fixture_study("metrics", 4, 3);
    for (int r = 0; r < 4; r++)
        study->rows[r] = fixture_row((const char *[]){"common", "rare", "near", "failed"}[r], "knn", 1);
    for (int r = 0; r < 3; r++)
        fixture_score(&study->rows[r].outcomes[0], truth, N, 3, 0, r ? 120 : 0, 1.0 + r);
    for (int i = 500; i < N; i++)
        study->rows[0].outcomes[0].predicted[i] = 0;
    study->rows[2].outcomes[0].predicted[300] = 1;
    study->rows[3].outcomes[0].status = SL_TRIAL_CRASHED;
    return study;
}

static void test_metrics_disagree(void **state)
{
    (void)state;
    int32_t *truth = make_truth();
    struct sl_study *study = make_study(truth);
    struct sl_table *table = make(study, -1);
    assert_int_equal(table->best, 0); /* 500 of 600 */
    assert_int_equal(table->sorted, 0);
    assert_order(table, (const size_t[]){0, 1, 2, 3});
    assert_true(table->rows[0].score == table->rows[0].accuracy);
    sl_table_free(table);
    table = make(study, SL_MEASURE_balanced_accuracy);
    assert_int_equal(table->best, 1);
    assert_order(table, (const size_t[]){1, 2, 0, 3});
    const struct sl_table_row *best = &table->rows[1];
    assert_true(fabs(best->score - (280.0 / 400 + 2) / 3) < 1e-12);
    /* Only the recall of class 0 varies: sd of 280/400, a third of it. */
    double deviation = sqrt(0.7 * 0.3 / 400) / 3;
    assert_true(fabs(best->score_low - (best->score - 1.96 * deviation)) < 0.2 * deviation);
    assert_true(fabs(best->score_high - (best->score + 1.96 * deviation)) < 0.2 * deviation);
    assert_int_equal(table->rows[0].tied_with_best, 0);
    assert_int_equal(table->rows[2].tied_with_best, 1);
    assert_int_equal(table->rows[3].tied_with_best, -1);
    assert_true(isnan(table->rows[3].score));
    /* What belongs to the accuracy stays. */
    double low, high;
    sl_wilson(480, N, 0.95, &low, &high);
    assert_true(fabs(best->ci_low - low) < 1e-12);
    assert_true(sl_table_rank(table, SL_MEASURE_accuracy, ".", NULL) == SL_OK);
    assert_order(table, (const size_t[]){0, 1, 2, 3});
    assert_true(table->rows[1].score_low == table->rows[1].ci_low);
    /* Times are measures, but no metrics, and neither is a number that names none: the table stays as it is.
     */
    struct sl_error err = {0};
    assert_int_equal(sl_table_rank(table, SL_MEASURE_fit_time, ".", &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "fit_time"));
    assert_int_equal(sl_table_rank(table, SL_N_MEASURES, ".", &err), SL_EUSAGE);
    assert_int_equal(table->metric, SL_MEASURE_accuracy);
    sl_table_free(table);
    fixture_free(study);
    free(truth);
}

/* Equal rows are tied whatever the samples, and stay in the experiment's order. */
static void test_equal_rows(void **state)
{
    (void)state;
    int32_t *truth = make_truth();
    struct sl_study *study = fixture_study("equal", 3, 3);
    for (int r = 0; r < 3; r++) {
        study->rows[r] = fixture_row("row", "knn", 1);
        fixture_score(&study->rows[r].outcomes[0], truth, N, 3, 0, r == 0 ? 60 : 30, 1.0);
    }
    struct sl_table *table = make(study, SL_MEASURE_f1_macro);
    assert_int_equal(table->best, 1);
    assert_order(table, (const size_t[]){1, 2, 0});
    assert_int_equal(table->rows[2].tied_with_best, 1);
    assert_int_equal(table->rows[0].tied_with_best, 0);
    assert_true(table->rows[1].score_low == table->rows[2].score_low);
    sl_table_free(table);
    fixture_free(study);
    free(truth);
}

/* Twice as many repeats of the same rows tell no more: the interval stays.  Twice the folds do. */
static void test_repeats_add_nothing(void **state)
{
    (void)state;
    double width[3];
    for (int kind = 0; kind < 3; kind++) {
        int32_t *truth[2] = {make_truth(), make_truth()};
        struct sl_study *study = fixture_study("repeats", 1, 3);
        int folds = kind == 2 ? 2 : 1, repeats = kind == 1 ? 2 : 1, n = folds * repeats;
        study->folds = folds > 1 ? folds : 0;
        study->repeats = repeats;
        study->rows[0] = fixture_row("row", "knn", (size_t)n);
        for (int i = 0; i < n; i++) {
            study->rows[0].outcomes[i].fold = i % folds;
            study->rows[0].outcomes[i].repeat = i / folds;
            fixture_score(&study->rows[0].outcomes[i], truth[i % folds], N, 3, 0, 120, 1.0);
        }
        struct sl_table *table = make(study, SL_MEASURE_mcc);
        width[kind] = table->rows[0].score_high - table->rows[0].score_low;
        assert_int_equal(table->rows[0].n_scores, n);
        sl_table_free(table);
        fixture_free(study);
        free(truth[0]);
        free(truth[1]);
    }
    assert_true(fabs(width[1] / width[0] - 1) < 1e-9);
    assert_true(fabs(width[2] / width[0] * sqrt(2) - 1) < 0.1);
}

/* A row scored on other rows has an interval and no comparison. */
static void test_other_rows(void **state)
{
    (void)state;
    int32_t *truth[2] = {make_truth(), make_truth()};
    struct sl_study *study = fixture_study("others", 2, 3);
    for (int r = 0; r < 2; r++) {
        study->rows[r] = fixture_row("row", "knn", 1);
        fixture_score(&study->rows[r].outcomes[0], truth[r], N, 3, 0, r ? 90 : 60, 1.0);
    }
    struct sl_table *table = make(study, SL_MEASURE_kappa);
    assert_int_equal(table->best, 0);
    assert_int_equal(table->rows[1].tied_with_best, -1);
    assert_false(isnan(table->rows[1].score_low));
    sl_table_free(table);
    fixture_free(study);
    free(truth[0]);
    free(truth[1]);
}

/* A low loss is the better one; rows without one come last, whatever their accuracy. */
static void test_order_of_losses(void **state)
{
    (void)state;
    int32_t *truth = make_truth();
    struct sl_study *study = fixture_study("losses", 3, 3);
    const double losses[] = {NAN, 0.5, 0.25};
    struct sl_error err = {0};
    struct sl_table *table;
    for (int r = 0; r < 3; r++) {
        study->rows[r] = fixture_row("row", "knn", 1);
        fixture_score(&study->rows[r].outcomes[0], truth, N, 3, 0, 60, 1.0);
        study->rows[r].outcomes[0].log_loss = losses[r];
    }
    assert_int_equal(sl_table_make(study, &table, &err), SL_OK);
    /* There is no store to read scores from, which is told after the order was made. */
    assert_int_not_equal(sl_table_rank(table, SL_MEASURE_log_loss, "nowhere", &err), SL_OK);
    assert_int_equal(table->best, 2);
    assert_order(table, (const size_t[]){2, 1, 0});
    sl_table_free(table);
    fixture_free(study);
    free(truth);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_metrics_disagree),    cmocka_unit_test(test_equal_rows),
        cmocka_unit_test(test_repeats_add_nothing), cmocka_unit_test(test_other_rows),
        cmocka_unit_test(test_order_of_losses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
