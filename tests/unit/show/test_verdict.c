/* test_verdict.c - what is said of studies of every kind, and the ranks that stand beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "unit/study_fixture.h"

enum { N = 1000, K = 4 };

struct made {
    struct sl_study *study;
    struct sl_table *table;
    int32_t *truth;
};

/* Rows called a, b, c, ..., each wrong in so many of the first scored rows, in so many seconds; 0: not run.
 */
static struct made make(const size_t *wrong, const double *seconds, size_t n)
{
    struct made made = {.study = fixture_study("verdict", n, K), .truth = fixture_truth(N, K)};
    made.study->n_validation = N;
    made.study->n_train = 4 * N;
    for (size_t r = 0; r < n; r++) {
        char name[2] = {(char)('a' + r), 0};
        made.study->rows[r] = fixture_row(name, "knn", 1);
        struct sl_outcome *o = made.study->rows[r].outcomes;
        if (seconds[r] > 0) {
            fixture_score(o, made.truth, N, K, 0, wrong[r], seconds[r]);
            o->score_time = 0;
        }
    }
    return made;
}

static void judge(struct made *made, int metric)
{
    struct sl_error err = {0};
    if (sl_table_make(made->study, &made->table, &err) || sl_table_rank(made->table, metric, ".", &err))
        fail_msg("%s", err.text);
}

static void release(struct made *made)
{
    sl_table_free(made->table);
    fixture_free(made->study);
    free(made->truth);
}

static void check_metric(struct made made, int metric, const char *text)
{
    judge(&made, metric);
    assert_string_equal(made.table->verdict.text, text);
    release(&made);
}

static void check(struct made made, const char *text)
{
    check_metric(made, -1, text);
}

/* b and c differ from a in 50 and 100 rows, all to a's favour: d = 5 points, sqrt(50 - 2.5) / 1000 the error.
 */
static void test_winner(void **state)
{
    (void)state;
    struct made made = make((const size_t[]){150, 100, 200}, (const double[]){2, 3, 4}, 3);
    judge(&made, -1);
    assert_string_equal(made.table->verdict.text,
                        "b is the best on these 1,000 validation rows with accuracy 0.9000, 5.0 points [3.6, "
                        "6.4] better than the next, a.");
    assert_int_equal(made.table->best, 1);
    assert_int_equal(made.table->verdict.n_tied, 0);
    assert_int_equal(made.table->verdict.fastest, made.table->n);
    assert_int_equal(made.table->verdict.faster, made.table->n);
    assert_true(made.table->rows[1].p_best == 1 && made.table->rows[1].rank_high == 1);
    assert_true(made.table->rows[0].rank_low == 2 && made.table->rows[0].rank_high == 2);
    assert_true(made.table->rows[2].rank_low == 3 && made.table->rows[2].p_best == 0);
    release(&made);
}

/* A far faster row that is worse, and what it costs; the majority class is none. */
static void test_faster(void **state)
{
    (void)state;
    struct made made = make((const size_t[]){100, 150, 160, 750}, (const double[]){20, 0.5, 0.004, 0.001}, 4);
    made.study->rows[3].classifier = "majority";
    check(made,
          "a is the best on these 1,000 validation rows with accuracy 0.9000, 5.0 points [3.6, 6.4] better "
          "than the next, b. b is 40 times as fast as a (0.500 s against 20.0 s to fit and score) and 5.0 "
          "points [3.6, 6.4] worse than it.");
    /* Of times below 10 ms no more is said than that they are. */
    check(make((const size_t[]){100, 150}, (const double[]){1, 0.001}, 2),
          "a is the best on these 1,000 validation rows with accuracy 0.9000, 5.0 points [3.6, 6.4] better "
          "than "
          "the next, b. b is more than 100 times as fast as a (0.001 s against 1.00 s to fit and score) and "
          "5.0 "
          "points [3.6, 6.4] worse than it.");
}

static void test_tied(void **state)
{
    (void)state;
    struct made made = make((const size_t[]){102, 100, 101, 150}, (const double[]){1, 5, 2, 0.1}, 4);
    judge(&made, -1);
    assert_string_equal(made.table->verdict.text, "b is ahead on these 1,000 validation rows with accuracy "
                                                  "0.9000, but c and a cannot be told apart from "
                                                  "it. Of these, a is the fastest, 5.0 times as fast as b "
                                                  "(1.00 s against 5.00 s to fit and score); d is "
                                                  "10 times as fast as a (0.100 s against 1.00 s to fit and "
                                                  "score) and 5.0 points [3.6, 6.4] worse than "
                                                  "b.");
    assert_int_equal(made.table->verdict.n_tied, 2);
    assert_int_equal(made.table->verdict.tied[0], 2);
    assert_int_equal(made.table->verdict.tied[1], 0);
    assert_int_equal(made.table->verdict.fastest, 0);
    assert_int_equal(made.table->verdict.faster, 3);
    release(&made);
    check(
        make((const size_t[]){100, 101, 150}, (const double[]){1, 5, 2}, 3),
        "a is ahead on these 1,000 validation rows with accuracy 0.9000, but b cannot be told apart from it. "
        "It is also the fastest of these, 5.0 times as fast as b (1.00 s against 5.00 s to fit and score).");
}

static void test_equal(void **state)
{
    (void)state;
    check(make((const size_t[]){100, 100}, (const double[]){1, 1}, 2),
          "a is among the best on these 1,000 validation rows with accuracy 0.9000, but b cannot be told "
          "apart from "
          "it. None of these is twice as fast as another.");
}

static void test_all_tied(void **state)
{
    (void)state;
    check(
        make((const size_t[]){100, 101, 102}, (const double[]){2, 3, 3.9}, 3),
        "a is ahead on these 1,000 validation rows with accuracy 0.9000, but none of the other 2 rows can be "
        "told apart from it. None of these is twice as fast as another.");
    check(
        make((const size_t[]){100, 101}, (const double[]){0.001, 0.009}, 2),
        "a is ahead on these 1,000 validation rows with accuracy 0.9000, but b cannot be told apart from it. "
        "None of these is slow enough for its time to be compared.");
}

/* A list names five rows. */
static void test_many_tied(void **state)
{
    (void)state;
    struct made made = make((const size_t[]){100, 100, 100, 100, 100, 100, 100, 100, 400},
                            (const double[]){1, 1, 1, 1, 1, 1, 1, 1, 1}, 9);
    judge(&made, -1);
    assert_non_null(
        strstr(made.table->verdict.text, "but b, c, d, e, f and 2 more cannot be told apart from it."));
    for (int r = 0; r < 8; r++) {
        assert_true(fabs(made.table->rows[r].p_best - 0.125) < 1e-6);
        assert_true(made.table->rows[r].rank_low == 1 && made.table->rows[r].rank_high == 8);
    }
    release(&made);
}

static void test_times_do_not_compare(void **state)
{
    static const char *const why[] = {"they were measured beside other trials",
                                      "they were measured on different numbers of threads",
                                      "some are shares of what several rows had in common"};
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        struct made made = make((const size_t[]){100, 101, 150}, (const double[]){10, 1, 0.5}, 3);
        char text[400];
        for (int r = 1; r < 3; r++) {
            struct sl_outcome *o = made.study->rows[r].outcomes;
            o->shared = kind == 0;
            o->threads = kind == 1 ? 1 : 2;
            o->group = kind == 2 ? 6 : -1; /* b may take 6 s by itself */
        }
        snprintf(
            text, sizeof text,
            "a is ahead on these 1,000 validation rows with accuracy 0.9000, but b cannot be told apart from "
            "it. Their times do not compare: %s.",
            why[kind]);
        check(made, text);
    }
    struct made made = make((const size_t[]){100, 101}, (const double[]){10, 1}, 2);
    made.study->rows[1].outcomes->fit_time = NAN;
    check(made,
          "a is ahead on these 1,000 validation rows with accuracy 0.9000, but b cannot be told apart from "
          "it.");
}

/* What several runs agree on is compared, however short; what they do not agree on is not. */
static void test_timing_runs(void **state)
{
    (void)state;
    for (int noisy = 0; noisy < 2; noisy++) {
        struct made made = make((const size_t[]){100, 101}, (const double[]){noisy ? 0.5 : 0.005, 0.001}, 2);
        for (int r = 0; r < 2; r++) {
            struct sl_outcome *o = made.study->rows[r].outcomes;
            o->fit_runs = 5;
            o->fit_time_std = o->fit_time * (noisy ? 0.5 : 0.01);
        }
        check(made,
              noisy
                  ? "a is ahead on these 1,000 validation rows with accuracy 0.9000, but b cannot be told "
                    "apart "
                    "from it. Their times do not compare: some are too noisy."
                  : "a is ahead on these 1,000 validation rows with accuracy 0.9000, but b cannot be told "
                    "apart "
                    "from it. Of these, b is the fastest, 5.0 times as fast as a (0.001 s against 0.005 s to "
                    "fit and score).");
    }
}

/* Fitted with two others, b takes at most three times its time by itself. */
static void test_shares(void **state)
{
    (void)state;
    struct made made = make((const size_t[]){100, 101, 150}, (const double[]){10, 1, 0.02}, 3);
    made.study->rows[1].outcomes->group = made.study->rows[2].outcomes->group = 3;
    check(
        made,
        "a is ahead on these 1,000 validation rows with accuracy 0.9000, but b cannot be told apart from it. "
        "Of these, b is the fastest, at least 3.3 times as fast as a (1.00 s against 10.0 s to fit and "
        "score); c is at least 17 times as fast as b (0.020 s against 1.00 s to fit and score) and 5.0 "
        "points [3.6, 6.4] worse than a.");
}

static void test_alone(void **state)
{
    (void)state;
    check(make((const size_t[]){100}, (const double[]){1}, 1),
          "a is the best on these 1,000 validation rows with accuracy 0.9000 [0.8798, 0.9171]; there is no "
          "other "
          "row to compare it with.");
    struct made made = make((const size_t[]){100, 0, 0, 0}, (const double[]){1, 0, 0, 0}, 4);
    made.study->rows[1].outcomes->status = SL_TRIAL_CRASHED;
    made.study->rows[2].outcomes->status = SL_TRIAL_TIMEOUT;
    check(made,
          "a is the best on these 1,000 validation rows with accuracy 0.9000 [0.8798, 0.9171]; there is no "
          "other row to compare it with. Not compared: b (crashed), c (timeout), d (not run yet).");
}

static void test_nothing_scored(void **state)
{
    (void)state;
    check(make((const size_t[]){0}, (const double[]){0}, 1),
          "No row has accuracy to compare. Not compared: a (not run yet).");
    struct made made = make((const size_t[]){0}, (const double[]){0}, 1);
    made.study->n_validation = 0;
    judge(&made, -1);
    assert_null(made.table->verdict.text); /* a note says that nothing was to be scored */
    release(&made);
}

/* Nine rows of ten are of one class, and no row finds another. */
static struct made make_unbalanced(size_t n)
{
    struct made made = make((const size_t[]){0, 0, 0}, (const double[]){1, 2, 3}, n);
    for (int i = 0; i < N; i++)
        made.truth[i] = i < 900 ? 0 : 1 + i % 3;
    for (size_t r = 0; r < n; r++)
        for (int i = 0; i < N; i++)
            made.study->rows[r].outcomes->predicted[i] = 0;
    return made;
}

static void test_majority(void **state)
{
    (void)state;
    struct made made = make_unbalanced(2);
    for (int i = 0; i < 7; i++) /* the first finds some */
        made.study->rows[0].outcomes->predicted[900 + i] = made.truth[900 + i];
    check(made,
          "No row is shown to be better than predicting the most frequent class, which is right in 0.9000 of "
          "the rows: the best, a, has accuracy 0.9070 [0.8874, 0.9235] on these 1,000 validation rows.");
    made = make_unbalanced(2);
    made.study->rows[0].classifier = "majority";
    check(made,
          "No row is better than predicting the most frequent class, which is right in 0.9000 of the rows.");
    made = make_unbalanced(1);
    made.study->rows[0].classifier = "majority";
    check(made,
          "a is the best on these 1,000 validation rows with accuracy 0.9000 [0.8798, 0.9171]; there is no "
          "other row to compare it with.");
    made = make_unbalanced(2);
    check_metric(made, SL_MEASURE_balanced_accuracy,
                 "No row is shown to be better than chance, balanced_accuracy 0.25: the best, a, has "
                 "balanced_accuracy 0.2500 [0.2500, 0.2500] on these 1,000 validation rows.");
    made = make_unbalanced(2);
    made.study->rows[0].classifier = "majority";
    check_metric(made, SL_MEASURE_kappa, "No row is better than chance, kappa 0.");
    made = make_unbalanced(2);
    made.study->rows[1].classifier = "majority";
    check_metric(made, SL_MEASURE_f1_weighted,
                 "No row is shown to be better than predicting the most frequent class: the best, a, has "
                 "f1_weighted 0.8526 [0.8276, 0.8784] on these 1,000 validation rows.");
}

/* Where a class is frequent, accuracy stands beside that of always predicting it. */
static void test_unbalanced(void **state)
{
    (void)state;
    struct made made = make_unbalanced(2);
    for (int r = 0; r < 2; r++)
        for (int i = 0; i < (r ? 60 : 90); i++)
            made.study->rows[r].outcomes->predicted[900 + i] = made.truth[900 + i];
    check(made,
          "a is the best on these 1,000 validation rows with accuracy 0.9900, 3.0 points [1.9, 4.1] better "
          "than the next, b; predicting the most frequent class alone has 0.9000.");
}

static void test_metric(void **state)
{
    (void)state;
    struct made made = make((const size_t[]){100, 200, 202}, (const double[]){1, 2, 3}, 3);
    judge(&made, SL_MEASURE_mcc);
    const char *text = made.table->verdict.text;
    assert_int_equal(made.table->n_samples, 1000);
    assert_int_equal(strncmp(text, "a is the best on these 1,000 validation rows with mcc 0.86", 58), 0);
    assert_non_null(strstr(text, " better than the next, b."));
    assert_null(strstr(text, "points")); /* a correlation is no share */
    assert_true(made.table->rows[0].p_best == 1 && made.table->rows[0].rank_high == 1);
    assert_true(made.table->rows[1].rank_low == 2 && made.table->rows[2].rank_high == 3);
    assert_true(made.table->rows[1].rank_high == 2 || made.table->rows[2].rank_low == 2);
    release(&made);
}

/* Folds score other rows, which are put together; repeats score them again, and tell no more. */
static void test_folds_and_repeats(void **state)
{
    static int32_t *truth[2];
    double best[2];
    (void)state;
    truth[0] = fixture_truth(N, K);
    truth[1] = fixture_truth(N, K);
    for (int repeats = 1; repeats <= 3; repeats += 2) {
        size_t n = (size_t)(2 * repeats);
        struct made made = {.study = fixture_study("folds", 2, K), .truth = NULL};
        made.study->folds = 2;
        made.study->repeats = repeats;
        for (int r = 0; r < 2; r++) {
            struct sl_study_row *row = &made.study->rows[r];
            *row = fixture_row(r ? "b" : "a", "knn", n);
            for (size_t i = 0; i < n; i++) {
                row->outcomes[i].fold = (int)i % 2;
                row->outcomes[i].repeat = (int)i / 2;
                fixture_score(&row->outcomes[i], truth[i % 2], N, K, r ? 300 : 0, r ? 104 : 100, 1);
            }
        }
        judge(&made, -1);
        char text[300];
        snprintf(
            text, sizeof text,
            "a is ahead over 2 folds%s with mean accuracy 0.9000, but b cannot be told apart from it. None "
            "of these is twice as fast as another.",
            repeats > 1 ? " and 3 repeats" : "");
        assert_string_equal(made.table->verdict.text, text);
        best[repeats / 2] = made.table->rows[0].p_best;
        release(&made);
    }
    /* 200 rows against 208: a difference of 8 of variance 408. */
    assert_true(fabs(best[0] - 0.5 * erfc(-8 / sqrt(2 * 408.0))) < 0.02);
    assert_true(fabs(best[1] - best[0]) < 0.03);
    free(truth[0]);
    free(truth[1]);
}

/* A row without a random part runs once, and stands against each seed of another. */
static void test_seeds(void **state)
{
    (void)state;
    struct made made = make((const size_t[]){100, 100}, (const double[]){1, 3}, 2);
    struct sl_study_row *row = &made.study->rows[1];
    free(row->outcomes->predicted);
    free(row->outcomes);
    free(row->name);
    free(row->params);
    free(row->params_json);
    free(row->scaling);
    made.study->repeats = 3;
    *row = fixture_row("b", "mlp", 3);
    for (int i = 0; i < 3; i++) {
        row->outcomes[i].repeat = i;
        fixture_score(&row->outcomes[i], made.truth, N, K, 300 + 100 * (size_t)i, 100, 3);
        row->outcomes[i].score_time = 0;
    }
    judge(&made, -1);
    assert_string_equal(
        made.table->verdict.text,
        "a is among the best over 3 repeats on these 1,000 validation rows with mean accuracy 0.9000, but b "
        "cannot be told apart from it. It is also the fastest of these, 3.0 times as fast as b "
        "(1.00 s against 3.00 s to fit and score).");
    assert_true(fabs(made.table->rows[0].p_best - 0.5) < 0.02);
    assert_true(fabs(made.table->rows[0].p_best + made.table->rows[1].p_best - 1) < 1e-6);
    release(&made);
}

/* A row scored on other rows has no rank, and says so; test rows are called so. */
static void test_other_rows(void **state)
{
    (void)state;
    struct made made = make((const size_t[]){100, 101, 150}, (const double[]){1, 1, 1}, 3);
    int32_t *other = fixture_truth(N, K);
    made.study->rows[2].outcomes->truth = other;
    made.study->final = 1;
    judge(&made, -1);
    assert_string_equal(
        made.table->verdict.text,
        "a is ahead on these 1,000 test rows with accuracy 0.9000, but b cannot be told apart from "
        "it. None of these is twice as fast as another. Not compared: c (scored on other rows).");
    assert_true(isnan(made.table->rows[2].p_best) && isnan(made.table->rows[2].rank_low));
    assert_int_equal(made.table->n_samples, 10000);
    release(&made);
    free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_winner),
        cmocka_unit_test(test_faster),
        cmocka_unit_test(test_tied),
        cmocka_unit_test(test_all_tied),
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_many_tied),
        cmocka_unit_test(test_times_do_not_compare),
        cmocka_unit_test(test_alone),
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_timing_runs),
        cmocka_unit_test(test_nothing_scored),
        cmocka_unit_test(test_majority),
        cmocka_unit_test(test_unbalanced),
        cmocka_unit_test(test_metric),
        cmocka_unit_test(test_folds_and_repeats),
        cmocka_unit_test(test_seeds),
        cmocka_unit_test(test_other_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
