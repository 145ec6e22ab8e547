/* test_baselines.c - a benchmark's file: what becomes of its configurations, and what is wrong with bad ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "study/experiment.h"
#include "study/spelling.h"
#include <shortlist/experiment.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "baselines-XXXXXX";
static char path[64];

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/x.json", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static int read_text(const char *text, struct sl_experiment **e, struct sl_error *err)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
    assert_int_equal(sl_experiment_new("x", e, err), SL_OK);
    return sl_experiment_baselines(*e, path, err);
}

static struct sl_experiment *read_good(const char *text)
{
    struct sl_experiment *e;
    struct sl_error err = {0};
    if (read_text(text, &e, &err))
        fail_msg("%s", err.text);
    return e;
}

#define GRIDS(classifier, grids) "{\"common\": {}, \"classifiers\": {\"" classifier "\": [" grids "]}}"

/* The row is called so, of that type, and has these values and no others. */
static void expect_row(const struct sl_row_spec *row, const char *type, const char *name, const char *values)
{
    char got[512] = "";
    assert_string_equal(row->type->name, type);
    assert_string_equal(row->name, name);
    for (const struct sl_param *p = row->type->params; p->name; p++) {
        const struct sl_values *v = &row->values[p - row->type->params];
        assert_true(v->n <= 1);
        if (v->n)
            snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s=%s", *got ? " " : "", p->name,
                     v->text[0]);
    }
    assert_string_equal(got, values);
}

static void makes_the_product(void **state)
{
    (void)state;
    struct sl_experiment *e =
        read_good(GRIDS("SVC", "{\"C\": [1.0, 10.0]}, {\"kernel\": [\"linear\", \"rbf\"]}"));
    assert_int_equal(e->n_rows, 4);
    expect_row(&e->rows[0], "svm", "SVC C=1 kernel=linear", "C=1 kernel=linear gamma=auto");
    expect_row(&e->rows[1], "svm", "SVC C=1 kernel=rbf", "C=1 kernel=rbf gamma=auto");
    expect_row(&e->rows[3], "svm", "SVC C=10 kernel=rbf", "C=10 kernel=rbf gamma=auto");
    sl_experiment_free(e);
    e = read_good(
        "{\"classifiers\": {\"SVC\": [{\"C\": [2]}], \"GaussianNB\": []}, \"common\": {\"n_jobs\": 4}}");
    assert_int_equal(e->n_rows, 2);
    expect_row(&e->rows[0], "svm", "SVC C=2 n_jobs=4", "C=2 gamma=auto");
    expect_row(&e->rows[1], "naive_bayes", "GaussianNB n_jobs=4", "distribution=gaussian");
    sl_experiment_free(e);
}

static void knows_old_spellings(void **state)
{
    static const struct {
        const char *text, *type, *name, *values;
    } rows[] = {
        {GRIDS("SGDClassifier", "{\"loss\": [\"log\"], \"penalty\": [\"elasticnet\"]}"), "sgd",
         "SGDClassifier loss=log penalty=elasticnet", "loss=log_loss penalty=elasticnet max_iter=5 tol=none"},
        {GRIDS("Perceptron", "{\"penalty\": [null], \"n_iter\": [7]}"), "perceptron",
         "Perceptron penalty=none n_iter=7", "penalty=none max_iter=7 tol=none"},
        {GRIDS("PassiveAggressiveClassifier", "{\"C\": [100.0], \"fit_intercept\": [false]}"),
         "passive_aggressive", "PassiveAggressiveClassifier C=100 fit_intercept=false",
         "C=100 fit_intercept=false max_iter=5 tol=none"},
        {GRIDS("MLPClassifier", "{\"hidden_layer_sizes\": [\"(100, 10,)\"]}"), "mlp",
         "MLPClassifier hidden_layer_sizes=[100,10]", "hidden_layer_sizes=100,10"},
        {GRIDS("MLPClassifier", "{\"hidden_layer_sizes\": [[30]]}"), "mlp",
         "MLPClassifier hidden_layer_sizes=[30]", "hidden_layer_sizes=30"},
        {GRIDS("ExtraTreeClassifier", "{\"splitter\": [\"best\"], \"max_features\": [\"auto\"]}"), "tree",
         "ExtraTreeClassifier splitter=best max_features=auto", "splitter=best max_features=sqrt"},
        {GRIDS("RandomForestClassifier", "{\"criterion\": [\"entropy\"]}"), "forest",
         "RandomForestClassifier criterion=entropy", "n_estimators=10 criterion=entropy"},
        {GRIDS("GaussianNB", "{\"priors\": [[0.5, 0.5]]}"), "naive_bayes", "GaussianNB priors=[0.5,0.5]",
         "distribution=gaussian fit_prior=false"},
        {GRIDS("GradientBoostingClassifier", "{\"loss\": [\"deviance\"], \"n_estimators\": [50]}"),
         "boosting", "GradientBoostingClassifier loss=deviance n_estimators=50 (assumed: histograms)",
         "max_iter=50 max_leaf_nodes=none max_depth=3 min_samples_leaf=1 early_stopping=false"},
        {GRIDS("LogisticRegression", "{\"multi_class\": [\"multinomial\"]}"), "logreg",
         "LogisticRegression multi_class=multinomial (assumed: solver=lbfgs)",
         "solver=lbfgs multi_class=multinomial"},
        {GRIDS("LogisticRegression", "{\"penalty\": [\"l1\"], \"multi_class\": [\"ovr\"]}"), "logreg",
         "LogisticRegression penalty=l1 multi_class=ovr", "penalty=l1 solver=own multi_class=ovr"},
        {GRIDS("LinearSVC", "{\"penalty\": [\"l1\"]}"), "linear_svm",
         "LinearSVC penalty=l1 (assumed: dual=false)", "penalty=l1 dual=false"},
        {GRIDS("LinearSVC", "{\"loss\": [\"l1\"], \"C\": [10]}"), "linear_svm", "LinearSVC loss=l1 C=10",
         "loss=hinge dual=true C=10"},
        {GRIDS("LinearSVC",
               "{\"loss\": [\"hinge\"], \"penalty\": [\"l1\"], \"multi_class\": [\"crammer_singer\"]}"),
         "linear_svm", "LinearSVC loss=hinge penalty=l1 multi_class=crammer_singer",
         "dual=true multi_class=crammer_singer"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sl_experiment *e = read_good(rows[i].text);
        assert_int_equal(e->n_rows, 1);
        expect_row(&e->rows[0], rows[i].type, rows[i].name, rows[i].values);
        sl_experiment_free(e);
    }
}

static void refuses_in_words(void **state)
{
    char *text;
    (void)state;
    struct sl_experiment *e =
        read_good("{\"classifiers\": {\"GaussianProcessClassifier\": [{\"multi_class\": [\"one_vs_one\", "
                  "\"one_vs_rest\"]}],"
                  " \"LogisticRegression\": [{\"penalty\": [\"l1\"], \"multi_class\": [\"multinomial\"]}],"
                  " \"LinearSVC\": [{\"penalty\": [\"l1\"]}, {\"loss\": [\"hinge\"]}],"
                  " \"GaussianNB\": [{\"priors\": [[0.25, 0.75], [0.5, 0.5], [0.5, 0.5, 0.25]]}]}}");
    assert_int_equal(e->n_rows, 1);
    assert_int_equal(e->n_refused, 6);
    assert_int_equal(sl_refusals_text(e, 60000, 10, &text, NULL), SL_OK);
    /* 45 x 12,000^2 x 8 bytes and 10 x 60,000^2 x 8 bytes */
    assert_non_null(
        strstr(text, "row 'GaussianProcessClassifier multi_class=one_vs_one' is refused: its 45 matrices of "
                     "12,000 x 12,000 doubles take 48.3 GiB\n"));
    assert_non_null(strstr(text, "its 10 matrices of 60,000 x 60,000 doubles take 268 GiB\n"));
    assert_non_null(strstr(text, "'GaussianNB priors=[0.25,0.75]' is refused: naive_bayes has"));
    free(text);
    sl_experiment_free(e);
}

static void says_what_is_wrong(void **state)
{
    static const struct {
        const char *text, *words;
    } bad[] = {
        {"", "x.json"},
        {"[1]", "'classifiers'"},
        {"{\"classifiers\": {\"SVC\": [{\"C\": [1]}]", ":1:"},
        {"{\"klassifiers\": {}}", "x.json:1:2: 'klassifiers' is neither"},
        {GRIDS("SVM", ""), "did you mean SVC?"},
        {GRIDS("SVC", "{\"c\": [1]}"), "hyperparameter 'c'"},
        {GRIDS("SVC", "{\"C\": [-1]}"), "C"},
        {GRIDS("SVC", "{\"C\": 1}"), "C: a grid has a list of values"},
        {GRIDS("SVC", "{\"C\": []}"), "C: a grid has a list of values"},
        {GRIDS("SVC", "{\"C\": [1]}, {\"C\": [2]}"), "C stands here a second time"},
        {GRIDS("SVC", "{\"C\": [{\"a\": 1}]}"), "a value is a number, a text or a list"},
        {GRIDS("SVC", "{\"C\": [[[1]]]}"), "a list in a list"},
        {GRIDS("SVC", "{\"C\": [\"1,2\"]}"), "a value stands for several"},
        {GRIDS("SVC", "{\"C\": [\"0.1:10\"]}"), "no steps"},
        {GRIDS("SVC", "1"), "hyperparameters are a mapping"},
        {"{\"classifiers\": {\"SVC\": {\"C\": [1]}}}", "SVC: takes a list of parameter grids"},
        {"{\"classifiers\": []}", "'classifiers'"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct sl_experiment *e;
        struct sl_error err = {0};
        int code = read_text(bad[i].text, &e, &err);
        if (code != SL_EUSAGE || !strstr(err.text, bad[i].words) || strchr(err.text, 0x0a))
            fail_msg("%s: code %d, '%s' does not say '%s'", bad[i].text, code, err.text, bad[i].words);
        sl_experiment_free(e);
    }
    struct sl_experiment *e;
    struct sl_error err = {0};
    assert_int_equal(sl_experiment_new("x", &e, &err), SL_OK);
    assert_int_equal(sl_experiment_baselines(e, "nowhere/x.json", &err), SL_EIO);
    sl_experiment_free(e);
}

/* 100^3 configurations are told before they are made. */
static void bounds_the_product(void **state)
{
    char *text = malloc(4096);
    (void)state;
    assert_non_null(text);
    strcpy(text, "{\"classifiers\": {\"SVC\": [");
    static const char *const names[] = {"C", "coef0", "tol"};
    for (int p = 0; p < 3; p++) {
        sprintf(text + strlen(text), "%s{\"%s\": [", p ? ", " : "", names[p]);
        for (int i = 0; i < 100; i++)
            sprintf(text + strlen(text), "%s%d", i ? "," : "", i + 1);
        strcat(text, "]}");
    }
    strcat(text, "]}}");
    struct sl_experiment *e;
    struct sl_error err = {0};
    assert_int_equal(read_text(text, &e, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "more than 10000 rows"));
    assert_int_equal(e->n_rows, 0);
    sl_experiment_free(e);
    free(text);
}

/* Every way of cutting a good file short is an error or a shorter product, never a crash. */
static void bears_cut_files(void **state)
{
    const char *whole =
        GRIDS("SVC", "{\"C\": [1.0, \"(1,)\"]}, {\"kernel\": [\"lin\\u0065ar\", null, true]}");
    (void)state;
    for (size_t n = 0; n <= strlen(whole); n++) {
        char text[256];
        struct sl_experiment *e;
        struct sl_error err = {0};
        snprintf(text, sizeof text, "%.*s", (int)n, whole);
        assert_int_not_equal(read_text(text, &e, &err), SL_OK);
        sl_experiment_free(e);
    }
}

/* The benchmark's own file makes the rows of the shipped experiment, with all 126 published numbers. */
static void replays_the_benchmark(void **state)
{
    const char *file = "/usr/share/doc/dataset-fashion-mnist/benchmark/baselines.json";
    struct sl_experiment *e, *shipped;
    struct sl_error err = {0};
    size_t published = 0;
    (void)state;
    assert_int_equal(sl_experiment_open("zalando-benchmark", &shipped, &err), SL_OK);
    assert_int_equal(sl_experiment_open("zalando-benchmark", &e, &err), SL_OK);
    if (access(file, R_OK) == 0 && sl_experiment_baselines(e, file, &err))
        fail_msg("%s", err.text);
    assert_int_equal(e->n_rows, 135);
    assert_int_equal(e->n_refused, access(file, R_OK) == 0 ? 8 : 0);
    for (size_t i = 0; i < e->n_rows; i++) {
        published += e->rows[i].published != NULL;
        assert_true(sl_row_spec_same(&e->rows[i], &shipped->rows[i]));
        assert_string_equal(e->rows[i].name, shipped->rows[i].name);
    }
    assert_int_equal(published, 126);
    sl_experiment_free(e);
    sl_experiment_free(shipped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_the_product),     cmocka_unit_test(knows_old_spellings),
        cmocka_unit_test(refuses_in_words),      cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(bounds_the_product),    cmocka_unit_test(bears_cut_files),
        cmocka_unit_test(replays_the_benchmark),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
