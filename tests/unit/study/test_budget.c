/* test_budget.c - what a run with a budget of time begins, and what it leaves out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "study/budget.h"
#include <math.h>
#include <string.h>

enum { ROWS = 3, FOLDS = 5, N = ROWS * FOLDS };
static struct sl_plan_row rows[ROWS] = {{.name = "good"}, {.name = "near"}, {.name = "hopeless"}};
static struct sl_trial trials[N];
static struct sl_plan plan = {.n_rows = ROWS, .n_trials = N, .rows = rows, .trials = trials};
static double seconds[N];

static struct sl_budget *make(void)
{
    struct sl_budget *budget;
    struct sl_error err;
    for (int i = 0; i < N; i++) {
        trials[i] = (struct sl_trial){.row = (size_t)(i / FOLDS), .folds = FOLDS, .fold = i % FOLDS};
        seconds[i] = 1 + (i / FOLDS == 0); /* the first row is the slowest */
    }
    assert_int_equal(sl_budget_make(&plan, 60, -1, &budget, &err), SL_OK);
    return budget;
}

/* right of 100 rows */
static void count(struct sl_budget *budget, size_t trial, int right)
{
    static int32_t truth[100], predicted[100];
    struct sl_outcome outcome = {
        .status = SL_TRIAL_OK, .n_validation = 100, .predicted = predicted, .truth = truth};
    for (int i = 0; i < 100; i++)
        predicted[i] = i >= right;
    sl_budget_count(budget, trial, &outcome);
}

static int cuts(struct sl_budget *budget, size_t trial, double left)
{
    return sl_budget_cuts(budget, &(struct sl_unit){1, &trial}, left, seconds);
}

static void the_first_folds_come_first(void **state)
{
    (void)state;
    struct sl_budget *budget = make();
    size_t numbers[N];
    struct sl_unit units[N];
    for (size_t i = 0; i < N; i++) {
        numbers[i] = i;
        units[i] = (struct sl_unit){1, &numbers[i]};
    }
    sl_budget_order(budget, &(struct sl_units){N, units, numbers}, seconds);
    static const size_t expected[] = {5, 10, 0, 6, 11, 1};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(units[i].trials[0], expected[i]);
    sl_budget_free(budget);
}

/* Three folds tell that one row is behind, and that another, which wins one of them, may not be. */
static void rows_clearly_behind_are_cut(void **state)
{
    (void)state;
    struct sl_budget *budget = make();
    static const int scores[ROWS][3] = {{90, 92, 91}, {89, 93, 88}, {50, 53, 51}};
    for (size_t f = 0; f < 3; f++)
        for (size_t r = 0; r < ROWS; r++) {
            assert_false(cuts(budget, r * FOLDS + f, 30));
            count(budget, r * FOLDS + f, scores[r][f]);
        }
    assert_false(cuts(budget, 3, 30));
    assert_false(cuts(budget, FOLDS + 3, 30));
    assert_true(cuts(budget, 2 * FOLDS + 3, 30));
    sl_budget_free(budget);
}

/* A leader whose later folds are worse gives way, and so do the rows that it was ahead of. */
static void another_row_may_come_to_lead(void **state)
{
    (void)state;
    struct sl_budget *budget = make();
    assert_int_equal(budget->leader, ROWS);
    for (size_t f = 0; f < 3; f++) {
        count(budget, f, 90);
        count(budget, FOLDS + f, 80);
    }
    assert_int_equal(budget->leader, 0);
    count(budget, 0, 10); /* again: an outcome counts once */
    assert_int_equal(budget->leader, 0);
    count(budget, 3, 20);
    assert_int_equal(budget->leader, 1);
    count(budget, FOLDS + 3, 10);
    assert_int_equal(budget->leader, 0);
    sl_budget_free(budget);
}

static void what_does_not_fit_is_cut_and_named(void **state)
{
    (void)state;
    struct sl_budget *budget = make();
    unsigned char missing[N] = {0};
    char text[512];
    assert_false(cuts(budget, 0, 2.5));
    assert_true(cuts(budget, 0, 1.5));
    assert_false(cuts(budget, 5, 1.5));
    assert_true(cuts(budget, 6, 0));
    assert_int_equal(sl_budget_tell(budget, missing, text, sizeof text), 0);
    assert_string_equal(text, "");
    missing[0] = missing[6] = 1;
    assert_int_equal(sl_budget_tell(budget, missing, text, sizeof text), 2);
    assert_string_equal(
        text, "the budget of 60 s left out 2 of 15 trials: good (1 of 5, too long by its estimate), "
              "near (1 of 5, not in time)");
    sl_budget_free(budget);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_folds_come_first),
        cmocka_unit_test(rows_clearly_behind_are_cut),
        cmocka_unit_test(another_row_may_come_to_lead),
        cmocka_unit_test(what_does_not_fit_is_cut_and_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
