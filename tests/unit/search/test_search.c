/* test_search.c - candidates of a search, and the budgets of its rungs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "search/candidates.h"
#include "search/rungs.h"
#include <shortlist/search.h>
#include <stdlib.h>
#include <string.h>

static struct sl_experiment *make(const char *search, const char *trials, const char *folds,
                                  const char *classifier, const char *const *words)
{
    struct sl_experiment *e;
    struct sl_error err = {0};
    if (sl_experiment_new("toy", &e, &err) || sl_experiment_set(e, "search", search, &err) ||
        sl_experiment_set(e, "trials", trials, &err) || sl_experiment_set(e, "folds", folds, &err) ||
        sl_experiment_add(e, classifier, words, &err))
        fail_msg("%s", err.text);
    return e;
}

static struct sl_experiment *candidates_of(struct sl_experiment *e, char note[256])
{
    struct sl_experiment *out;
    struct sl_error err = {0};
    if (sl_candidates_make(e, &out, note, &err))
        fail_msg("%s", err.text);
    return out;
}

static const char *value(const struct sl_row_spec *row, const char *name)
{
    for (size_t p = 0; row->type->params[p].name; p++)
        if (strcmp(row->type->params[p].name, name) == 0)
            return row->values[p].n ? row->values[p].text[0] : NULL;
    return NULL;
}

/* The product of each alternative, in the order of a plan. */
static void a_grid_is_its_product(void **state)
{
    static const char *const words[] = {"kernel=linear", "C=1,10", "/", "C=1", "gamma=0.1,1", NULL};
    static const char *const C[] = {"1", "10", "1", "1"}, *const gamma[] = {NULL, NULL, "0.1", "1"};
    struct sl_experiment *e = make("grid", "auto", "none", "svm", words);
    char note[256];
    (void)state;
    struct sl_experiment *all = candidates_of(e, note);
    assert_int_equal(all->n_rows, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(value(&all->rows[i], "C"), C[i]);
        assert_true(!gamma[i] == !value(&all->rows[i], "gamma"));
        if (gamma[i])
            assert_string_equal(value(&all->rows[i], "gamma"), gamma[i]);
    }
    assert_string_equal(note, "");
    sl_experiment_free(all);
    sl_experiment_free(e);
}

static void draws_are_distinct_and_repeatable(void **state)
{
    static const char *const words[] = {"C=0.01:1000", "gamma=0.001:1", NULL};
    struct sl_experiment *e = make("random", "40", "none", "svm", words);
    char note[256];
    (void)state;
    struct sl_experiment *a = candidates_of(e, note), *b = candidates_of(e, note);
    size_t small = 0;
    assert_int_equal(a->n_rows, 40);
    for (size_t i = 0; i < 40; i++) {
        double c = strtod(value(&a->rows[i], "C"), NULL);
        assert_string_equal(value(&a->rows[i], "C"), value(&b->rows[i], "C"));
        assert_true(c >= 0.01 && c <= 1000);
        small += c < 3.162; /* half of the range, in the logarithm */
        for (size_t j = 0; j < i; j++)
            assert_true(strcmp(value(&a->rows[i], "C"), value(&a->rows[j], "C")) != 0 ||
                        strcmp(value(&a->rows[i], "gamma"), value(&a->rows[j], "gamma")) != 0);
    }
    assert_true(small >= 10 && small <= 30);
    sl_experiment_free(a);
    sl_experiment_free(b);
    sl_experiment_free(e);
}

/* A space that holds fewer than what is asked for is taken whole, or as far as it is found; either is said.
 */
static void small_spaces_are_said(void **state)
{
    static const char *const list[] = {"n_neighbors=1,3,5", NULL}, *const range[] = {"n_neighbors=1:4", NULL};
    char note[256];
    (void)state;
    struct sl_experiment *e = make("random", "9", "none", "knn", list), *all = candidates_of(e, note);
    assert_int_equal(all->n_rows, 3);
    assert_non_null(strstr(note, "3 combinations, not 9"));
    sl_experiment_free(all);
    sl_experiment_free(e);
    e = make("random", "9", "none", "knn", range);
    all = candidates_of(e, note);
    assert_int_equal(all->n_rows, 4);
    assert_non_null(strstr(note, "only 4 different"));
    sl_experiment_free(all);
    sl_experiment_free(e);
}

static void check_budgets(const char *folds, const char *classifier, const char *const *words,
                          const struct sl_budget *expected, int n)
{
    struct sl_budget budgets[SL_BUDGETS_MAX];
    char note[256];
    struct sl_experiment *e = make("halving", "27", folds, classifier, words), *all = candidates_of(e, note);
    assert_int_equal(all->n_rows, 27);
    assert_int_equal(sl_budgets_make(all, budgets), n);
    for (int i = 0; i < n; i++) {
        assert_int_equal(budgets[i].n_folds, expected[i].n_folds);
        assert_float_equal(budgets[i].rows, expected[i].rows, 1e-12);
        assert_float_equal(budgets[i].epochs, expected[i].epochs, 1e-12);
    }
    sl_experiment_free(all);
    sl_experiment_free(e);
}

/* Folds first, rows last and never under a fifth; epochs where there are some. */
static void budgets_grow_to_the_whole(void **state)
{
    static const char *const svm[] = {"C=0.01:1000", NULL};
    static const char *const mlp[] = {"alpha=1e-6:1", "max_iter=27", NULL};
    static const struct sl_budget five[] = {{1, 0.2, 1}, {1, 5 / 9.0, 1}, {2, 1, 1}, {5, 1, 1}},
                                  none[] = {{0, 0.2, 1}, {0, 1 / 3.0, 1}, {0, 1, 1}},
                                  epochs[] = {{3, 1, 1 / 27.0}, {3, 1, 1 / 9.0}, {3, 1, 1 / 3.0}, {3, 1, 1}};
    (void)state;
    check_budgets("5", "svm", svm, five, 4);
    check_budgets("none", "svm", svm, none, 3);
    check_budgets("3", "mlp", mlp, epochs, 4);
}

static void quotas_and_brackets(void **state)
{
    size_t sizes[4], sum = 0;
    (void)state;
    assert_int_equal(sl_rung_quota(81, 1), 27);
    assert_int_equal(sl_rung_quota(82, 1), 28);
    assert_int_equal(sl_rung_quota(81, 4), 2); /* something to compare with */
    assert_int_equal(sl_rung_quota(1, 3), 1);
    sl_bracket_sizes(49, 4, sizes);
    for (int b = 0; b < 4; b++)
        sum += sizes[b];
    assert_int_equal(sum, 49);
    assert_true(sizes[0] > sizes[1] && sizes[1] > sizes[2] && sizes[2] > sizes[3] && sizes[3] >= 3);
}

static void refused(const char *search, const char *trials, const char *const *words, const char *text)
{
    struct sl_run_options options = {.out = "nowhere"};
    struct sl_run_summary summary;
    struct sl_search_report report;
    struct sl_experiment *e = make(search, trials, "none", "svm", words), *ran;
    struct sl_error err = {0};
    assert_int_equal(sl_search(e, &options, &ran, &summary, &report, &err), SL_EUSAGE);
    if (!strstr(err.text, text))
        fail_msg("%s lacks '%s'", err.text, text);
    assert_null(ran);
    sl_experiment_free(e);
}

static void refusals(void **state)
{
    static const char *const range[] = {"C=0.1:10", NULL}, *const list[] = {"C=1,10", NULL};
    (void)state;
    refused("grid", "auto", range, "no steps");
    refused("grid", "5", list, "trials: a grid is fitted whole");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_grid_is_its_product), cmocka_unit_test(draws_are_distinct_and_repeatable),
        cmocka_unit_test(small_spaces_are_said), cmocka_unit_test(budgets_grow_to_the_whole),
        cmocka_unit_test(quotas_and_brackets),   cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
