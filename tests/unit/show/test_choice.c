/* test_choice.c - the choice among the rows of a cross-validated sweep, and its table as scikit-learn's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "unit/study_fixture.h"

enum { N = 1000, FOLDS = 5 };

/* Rows of an SVM: mistakes of each fold, of 1,000. */
static struct sl_study *make_study(const int32_t *truth, size_t n, const char *const *params,
                                   const size_t (*wrong)[FOLDS])
{
    struct sl_study *study = fixture_study("sweep", n, 3);
    study->folds = FOLDS;
    study->repeats = 1;
    for (size_t r = 0; r < n; r++) {
        study->rows[r] = fixture_row(params[r], "svm", FOLDS);
        fixture_text(&study->rows[r].params_json, params[r]);
        for (int f = 0; f < FOLDS; f++) {
            fixture_score(&study->rows[r].outcomes[f], truth, N, 3, 0, wrong[r][f], 0.1);
            study->rows[r].outcomes[f].fold = f;
        }
    }
    return study;
}

static const char *const params[] = {
    "{\"C\": 100, \"gamma\": 0.1, \"kernel\": \"rbf\"}",  /* the best */
    "{\"C\": 10, \"gamma\": 0.1, \"kernel\": \"rbf\"}",   /* simpler, within */
    "{\"C\": 1, \"gamma\": 0.1, \"kernel\": \"rbf\"}",    /* simpler still, within */
    "{\"C\": 0.1, \"gamma\": 0.1, \"kernel\": \"rbf\"}",  /* too bad */
    "{\"C\": 0.01, \"gamma\": 1, \"kernel\": \"rbf\"}",   /* within, but its gamma is not simpler */
    "{\"C\": 0.01, \"gamma\": 0.1, \"kernel\": \"poly\"}" /* within, but of another kernel */
};
static const size_t wrong[][FOLDS] = {{100, 110, 120, 130, 140}, {101, 111, 121, 131, 141},
                                      {104, 112, 126, 133, 140}, {150, 161, 170, 182, 190},
                                      {101, 110, 121, 130, 141}, {101, 110, 121, 130, 141}};

static struct sl_table *make_table(const struct sl_study *study)
{
    struct sl_table *table;
    struct sl_error err = {0};
    if (sl_table_make(study, &table, &err))
        fail_msg("%s", err.text);
    return table;
}

static void finds_the_simplest(void **state)
{
    int32_t *truth = fixture_truth(N, 3);
    struct sl_study *study = make_study(truth, 6, params, wrong);
    struct sl_table *table = make_table(study);
    struct sl_choice choice;
    struct sl_error err = {0};
    (void)state;
    assert_int_equal(sl_choice_make(table, &choice, &err), SL_OK);
    assert_int_equal(choice.best, 0);
    assert_int_equal(choice.simplest, 2);
    /* 100 ... 140 of 1,000: a deviation of 0.01581, over the root of 5 folds. */
    assert_float_equal(choice.standard_error, 0.0070711, 1e-6);
    assert_true(isnan(choice.p[0]) && choice.p[3] < 0.05 && choice.p[2] > 0.05);
    sl_choice_release(&choice);
    sl_table_free(table);
    fixture_free(study);
    free(truth);
}

/* Where nothing is cross-validated there is no standard error, and the best is its own simplest. */
static void needs_folds(void **state)
{
    int32_t *truth = fixture_truth(N, 3);
    struct sl_study *study = make_study(truth, 2, params, wrong);
    struct sl_choice choice;
    struct sl_error err = {0};
    (void)state;
    study->folds = 0;
    for (int r = 0; r < 2; r++)
        study->rows[r].n_outcomes = 1;
    struct sl_table *table = make_table(study);
    assert_int_equal(sl_choice_make(table, &choice, &err), SL_OK);
    assert_int_equal(choice.simplest, choice.best);
    assert_true(isnan(choice.standard_error) && isnan(choice.p[1]));
    sl_choice_release(&choice);
    sl_table_free(table);
    for (int r = 0; r < 2; r++)
        study->rows[r].n_outcomes = FOLDS;
    fixture_free(study);
    free(truth);
}

/* One header, one line a row; deviations as numpy's std has them. */
static void writes_cv_results(void **state)
{
    int32_t *truth = fixture_truth(N, 3);
    struct sl_study *study = make_study(truth, 4, params, wrong);
    struct sl_table *table = make_table(study);
    struct sl_error err = {0};
    char *text = NULL;
    size_t size;
    (void)state;
    FILE *to = open_memstream(&text, &size);
    assert_int_equal(sl_table_write(table, SL_FORMAT_CV_RESULTS, NULL, 0, to, &err), SL_OK);
    fclose(to);
    static const char expected[] =
        "mean_fit_time,std_fit_time,mean_score_time,std_score_time,param_C,params,split0_test_score,"
        "split1_test_score,split2_test_score,split3_test_score,split4_test_score,mean_test_score,std_test_"
        "score,"
        "rank_test_score\r\n"
        "0.1,0,0.01,0,100,\"{\"\"C\"\": 100}\",0.9,0.89,0.88,0.87,0.86,0.88,0.0141421356237,1\r\n";
    if (strncmp(text, expected, sizeof expected - 1) != 0)
        fail_msg("%s", text);
    assert_non_null(strstr(text, ",4\r\n"));
    assert_int_equal(sl_row_write(table, params[0], SL_FORMAT_CV_RESULTS, 0, stdout, &err), SL_EUSAGE);
    free(text);
    sl_table_free(table);
    fixture_free(study);
    free(truth);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_simplest),
        cmocka_unit_test(needs_folds),
        cmocka_unit_test(writes_cv_results),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
