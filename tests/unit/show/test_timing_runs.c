/* test_timing_runs.c - what a table makes of times that were measured several times: medians, their spread,
 * and the warning that they do not compare. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "unit/study_fixture.h"
#include <stdio.h>

enum { ROWS = 4, N = 300, K = 3 };

/* Rows that take so long to fit, each time of `runs` runs with that standard deviation. */
static struct sl_study *study_of(const int32_t *truth, double seconds, int runs, double std)
{
    struct sl_study *study = fixture_study("timed", ROWS, K);
    for (size_t r = 0; r < ROWS; r++) {
        char name[16];
        snprintf(name, sizeof name, "row %zu", r);
        study->rows[r] = fixture_row(name, "tree", 1);
        struct sl_outcome *o = &study->rows[r].outcomes[0];
        fixture_score(o, truth, N, K, 0, 30 + r, seconds);
        o->fit_runs = o->score_runs = runs;
        o->score_time = 0.1 * seconds;
        if (runs < 2)
            continue;
        o->fit_time_std = std;
        o->score_time_std = 0;
        o->fit_time_mean = 1.5 * seconds;
        o->fit_time_min = 0.5 * seconds;
        o->fit_time_max = 3 * seconds;
    }
    return study;
}

static int warns(const struct sl_study *study)
{
    struct sl_table *table;
    int found = 0;
    assert_int_equal(sl_table_make(study, &table, NULL), SL_OK);
    for (size_t i = 0; i < table->warnings.n; i++)
        found |= table->warnings.list[i].id == SL_WARNING_times;
    sl_table_free(table);
    return found;
}

/* The standard error of a median of 9 runs is 1.2533 / 3 of their standard deviation; 0.1 of 1.1 s are the
 * bound. */
static void noise_is_warned_of(void **state)
{
    int32_t *truth = fixture_truth(N, K);
    static const struct {
        double seconds, std;
        int runs, warned;
    } cases[] = {
        {1, 0.26, 9, 0},       {1, 0.27, 9, 1},       /* by the spread */
        {1e-5, 0.26e-5, 9, 0}, {1e-5, 0.27e-5, 9, 1}, /* however short */
        {1, 0.27, 36, 0},                             /* more runs are surer */
        {0.01, 0, 1, 0},       {0.009, 0, 1, 1},      /* one run: by its length */
        {0.009, 0, -1, 1},                            /* an older store */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sl_study *study = study_of(truth, cases[i].seconds, cases[i].runs, cases[i].std);
        if (warns(study) != cases[i].warned)
            fail_msg("case %zu: %swarned of", i, cases[i].warned ? "not " : "");
        fixture_free(study);
    }
    free(truth);
}

/* More than half of the rows. */
static void a_few_noisy_rows_are_not(void **state)
{
    int32_t *truth = fixture_truth(N, K);
    struct sl_study *study = study_of(truth, 1, 9, 0.5);
    (void)state;
    for (size_t r = 0; r < ROWS; r++) {
        assert_int_equal(warns(study), r < 2);
        study->rows[r].outcomes[0].fit_time_std = 0.01;
    }
    fixture_free(study);
    free(truth);
}

static char *text_of(const struct sl_study *study, const char *columns)
{
    struct sl_table *table;
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    assert_int_equal(sl_table_make(study, &table, NULL), SL_OK);
    assert_int_equal(sl_table_write(table, SL_FORMAT_TEXT, columns, 200, to, NULL), SL_OK);
    fclose(to);
    sl_table_free(table);
    return text;
}

static void check_text(const struct sl_study *study, const char *columns, const char *words, int has)
{
    char *text = text_of(study, columns);
    if ((strstr(text, words) != NULL) != has)
        fail_msg("'%s' is %sin:\n%s", words, has ? "not " : "", text);
    free(text);
}

static void runs_are_told(void **state)
{
    int32_t *truth = fixture_truth(N, K);
    struct sl_study *study = study_of(truth, 2, 5, 0.125);
    static const char median[] = "Each time is the median of 5 runs, after a warm-up.";
    (void)state;
    check_text(study, NULL, median, 1);
    check_text(study, NULL, "fit sd", 0); /* nobody asked for runs */
    check_text(study, "fit_time,fit_time_std,fit_time_min,fit_time_max", " 2.00   0.125     1.00     6.00",
               1);
    study->timing_runs = 5;
    check_text(study, NULL, "fit sd  score sd", 1);
    check_text(study, NULL, "fit sd, score sd: standard deviation over these runs", 1);
    study->rows[1].outcomes[0].fit_runs = 7;
    check_text(study, NULL, "A time is the median of 5 to 7 runs, after a warm-up; the column", 1);
    study->rows[1].outcomes[0].latency = 2.5e-5;
    check_text(study, "fit_runs,latency", " fit runs  ms a row", 1);
    check_text(study, "fit_runs,latency", "        7     0.025", 1);
    check_text(study, "fit_runs,latency", "n/a", 0); /* rows without are empty */
    fixture_free(study);
    study = study_of(truth, 2, 1, 0);
    check_text(study, NULL, "median", 0);
    check_text(study, "fit_time_std,fit_time_min", "n/a", 0);
    fixture_free(study);
    free(truth);
}

/* As the times' own: over folds the mean of each. */
static void folds_are_means(void **state)
{
    int32_t *truth = fixture_truth(N, K);
    struct sl_study *study = fixture_study("folds", 1, K);
    struct sl_table *table;
    (void)state;
    study->folds = 2;
    study->rows[0] = fixture_row("folded", "tree", 2);
    for (int f = 0; f < 2; f++) {
        struct sl_outcome *o = &study->rows[0].outcomes[f];
        fixture_score(o, truth, N, K, 0, 3, f ? 4 : 2);
        o->fold = f;
        o->fit_time_min = f ? 3 : 1;
        o->fit_time_max = f ? 8 : 6;
        o->fit_runs = f ? 9 : 4;
    }
    assert_int_equal(sl_table_make(study, &table, NULL), SL_OK);
    assert_true(table->rows[0].fit_time == 3 && table->rows[0].fit_time_min == 2 &&
                table->rows[0].fit_time_max == 7);
    assert_true(table->rows[0].fit_runs == 4); /* the least */
    sl_table_free(table);
    fixture_free(study);
    free(truth);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_is_warned_of),
        cmocka_unit_test(a_few_noisy_rows_are_not),
        cmocka_unit_test(runs_are_told),
        cmocka_unit_test(folds_are_means),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
