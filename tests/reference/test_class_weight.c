/* test_class_weight.c - class_weight=balanced of networks: rows weigh n / (k count) of their class.
 *
 * The reference is the definition: with that, a step on all rows is the step on rows of which the rare
 * class's stand there more often.  A net of one layer has its minimum where logistic regression has it, whose
 * weights are tested against scikit-learn's in test_linear.c.  (scikit-learn's MLPClassifier has no
 * class_weight.) */
#include "core/memory.h"
#include <math.h>
#include <setjmp.h>
#include <shortlist/classifier.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { COMMON = 300, RARE = 100, N = COMMON + RARE, TIMES = COMMON / RARE, MOST = TIMES * COMMON };

struct rows {
    float x[MOST * 2];
    int32_t y[MOST];
    struct sl_view view;
};

/* Overlapping clouds, class 0 of COMMON rows and the others of RARE, which stand there `times` times. */
static void make_rows(struct rows *r, int k, int times)
{
    struct sl_rng *rng = sl_rng_new(1, "clouds");
    size_t n = 0;
    for (int32_t c = 0; c < k; c++)
        for (int i = 0; i < (c ? RARE : COMMON); i++) {
            float x[2] = {(float)(0.8 * c + sl_rng_normal(rng)), (float)(c % 2 + sl_rng_normal(rng))};
            for (int t = 0; t < (c ? times : 1); t++, n++) {
                memcpy(r->x + 2 * n, x, sizeof x);
                r->y[n] = c;
            }
        }
    sl_rng_free(rng);
    r->view = (struct sl_view){.dtype = SL_F32, .n = n, .d = 2, .x = r->x, .y = r->y, .k = k, .scale = 1};
}

/* Probabilities (n, k) of rows by a fit on train. */
static float *fit(const char *name, const char *const *settings, const struct sl_view *train,
                  const struct sl_view *rows, double *loss)
{
    const struct sl_classifier_type *type = sl_classifier_find(name, NULL);
    void *config = sl_alloc_zero(1, type->config_size), *model;
    struct sl_fit_report report = {.objective = NAN};
    struct sl_rng *rng = sl_rng_new(5, "fit");
    struct sl_error err = {0};
    sl_config_default(type->params, config);
    for (; *settings; settings += 2)
        if (sl_config_set(type->params, config, settings[0], settings[1], &err))
            fail_msg("%s", err.text);
    const struct sl_fit request = {
        .train = train, .config = config, .rng = rng, .threads = 2, .report = &report};
    if (type->fit(&request, &model, &err))
        fail_msg("%s", err.text);
    float *p = sl_alloc(rows->n * (size_t)rows->k, sizeof *p);
    assert_int_equal(type->scores(model, rows, 2, p, &err), SL_OK);
    *loss = report.objective;
    type->free(model);
    free(config);
    sl_rng_free(rng);
    return p;
}

static double most_apart(const float *p, const float *q, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs((double)p[i] - q[i]));
    return most;
}

#define SETTINGS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define MLP                                                                                                  \
    "hidden_layer_sizes", "8", "activation", "tanh", "solver", "sgd", "learning_rate_init", "0.2", "alpha",  \
        "0", "max_iter", "60", "n_iter_no_change", "100", "batch_size", "1000"
#define CNN                                                                                                  \
    "net", "dense 8, tanh, dense classes", "optimizer", "sgd", "learning_rate_init", "0.2", "epochs", "60",  \
        "batch_size", "1000"

static struct rows once, often;

static void rare_rows_count_as_often_as_they_lack(void **state)
{
    const struct {
        const char *name;
        int k;
        const char *const *plain, *const *balanced;
    } cases[] = {
        {"mlp", 3, SETTINGS(MLP), SETTINGS(MLP, "class_weight", "balanced")},
        {"mlp", 2, SETTINGS(MLP), SETTINGS(MLP, "class_weight", "balanced")}, /* one logistic output */
        {"cnn", 3, SETTINGS(CNN), SETTINGS(CNN, "class_weight", "balanced")},
        {"cnn", 2, SETTINGS(CNN, "label_smoothing", "0.1"),
         SETTINGS(CNN, "label_smoothing", "0.1", "class_weight", "balanced")},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double losses[3];
        make_rows(&once, cases[i].k, 1);
        make_rows(&often, cases[i].k, TIMES);
        size_t n = once.view.n * (size_t)once.view.k;
        float *weighed = fit(cases[i].name, cases[i].balanced, &once.view, &once.view, &losses[0]);
        float *repeated = fit(cases[i].name, cases[i].plain, &often.view, &once.view, &losses[1]);
        float *plain = fit(cases[i].name, cases[i].plain, &once.view, &once.view, &losses[2]);
        if (most_apart(weighed, repeated, n) > 1e-4 || fabs(losses[0] - losses[1]) > 1e-5)
            fail_msg("case %zu: %g apart, losses %g and %g", i, most_apart(weighed, repeated, n), losses[0],
                     losses[1]);
        assert_true(most_apart(weighed, plain, n) > 0.1);
        free(weighed);
        free(repeated);
        free(plain);
    }
}

/* The loss is sum w l / n + alpha / (2 n) |w|^2, that of logistic regression with C = 1 / alpha over n. */
static void one_layer_is_logistic_regression(void **state)
{
    double loss;
    (void)state;
    make_rows(&once, 3, 1);
    float *net =
        fit("cnn",
            SETTINGS("net", "dense classes", "optimizer", "sgd", "learning_rate_init", "0.5", "epochs",
                     "1500", "batch_size", "1000", "alpha", "2", "class_weight", "balanced"),
            &once.view, &once.view, &loss);
    float *reference =
        fit("logreg", SETTINGS("C", "0.5", "class_weight", "balanced", "tol", "1e-7", "max_iter", "1000"),
            &once.view, &once.view, &loss);
    double apart = most_apart(net, reference, 3 * once.view.n);
    if (apart > 1e-4)
        fail_msg("%g apart", apart);
    free(net);
    free(reference);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rare_rows_count_as_often_as_they_lack),
        cmocka_unit_test(one_layer_is_logistic_regression),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
