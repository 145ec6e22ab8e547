/* test_proximal.c - penalty=l1 of logreg and linear_svm, and logreg's penalty=l2, by the own solver: no worse
 * an objective than LIBLINEAR's and its scores, where both go to a tight tolerance; weights, units, threads,
 * and what is refused. */
#include "core/memory.h"
#include "core/threads.h"
#include "linear_fixture.h"
#include <shortlist/rng.h>

enum { N_MOST = 1200, D_MOST = 90 };

struct problem {
    uint8_t bytes[N_MOST * D_MOST];
    float floats[N_MOST * D_MOST];
    int32_t y[N_MOST];
    size_t n, d;
    int k;
};

static struct problem problem;

/* Clouds that overlap; features that are much alike, a rare one, and one that is always 0. */
static void make(size_t n, size_t d, int k)
{
    struct problem *p = &problem;
    struct sl_rng *rng = sl_rng_new(5, "clouds");
    p->n = n;
    p->d = d;
    p->k = k;
    for (size_t i = 0; i < n; i++) {
        double before = 0;
        p->y[i] = (int32_t)(sl_rng_below(rng, 8) % (uint64_t)k); /* not equally many */
        for (size_t j = 0; j < d; j++) {
            double value = 0.7 * before + sl_rng_normal(rng);
            before = value;
            value = 120 + 25 * value + (j % (size_t)k == (size_t)p->y[i] ? 25 : 0);
            value = j == 3 ? 0 : j == 5 ? (i % 97 == 1 ? 200 : 0) : fmin(fmax(value, 0), 255);
            p->bytes[i * d + j] = (uint8_t)value;
            p->floats[i * d + j] = (float)(value / 64 - (j == 3 || j == 5 ? 0 : 2));
        }
    }
    sl_rng_free(rng);
}

static struct sl_view view_of(enum sl_dtype dtype)
{
    return (struct sl_view){.dtype = dtype,
                            .n = problem.n,
                            .d = problem.d,
                            .x = dtype == SL_U8 ? (const void *)problem.bytes : problem.floats,
                            .y = problem.y,
                            .k = problem.k,
                            .scale = dtype == SL_U8 ? 1.0f / 255 : 1};
}

static struct fitted fit_by(const char *name, const char *penalty, const char *solver, const char *settings,
                            const struct sl_view *view, int threads)
{
    char text[256];
    snprintf(text, sizeof text, "penalty=%s solver=%s %s", penalty, solver, settings);
    return fit(name, text, view, threads);
}

/* No worse than LIBLINEAR; and as it, where it comes to its own end.  Returns whether it did. */
static int compare(const char *name, const char *penalty, const char *settings, const struct sl_view *view)
{
    struct fitted own = fit_by(name, penalty, "own", settings, view, 2),
                  theirs = fit_by(name, penalty, "liblinear", settings, view, 2);
    const size_t size = view->n * (size_t)view->k;
    float *a = sl_alloc(size, sizeof *a), *b = sl_alloc(size, sizeof *b);
    assert_true(a && b);
    if (own.report.converged != 1)
        fail_msg("%s %s: not converged after %d steps", name, settings, own.report.n_iter);
    const double ratio = own.report.objective / theirs.report.objective;
    const int ended = theirs.report.converged == 1;
    if (!(ratio <= 1 + 1e-6 && (ratio > 1 - 1e-3 || !ended)))
        fail_msg("%s %s: objective %.10g, LIBLINEAR's %.10g", name, settings, own.report.objective,
                 theirs.report.objective);
    assert_int_equal(own.type->scores(own.model, view, 2, a, NULL), SL_OK);
    assert_int_equal(own.type->scores(theirs.model, view, 2, b, NULL), SL_OK);
    for (size_t i = 0; i < size; i++)
        if (ended && !(fabs((double)(a[i] - b[i])) <= 0.01 * fmax(1, fabs((double)b[i]))))
            fail_msg("%s %s: score %zu is %g, LIBLINEAR's %g", name, settings, i, (double)a[i], (double)b[i]);
    free(a);
    free(b);
    release(&own);
    release(&theirs);
    return ended;
}

static void same_as_liblinear(void **state)
{
    static const size_t shapes[][3] = {{1200, 20, 3}, {1000, 12, 2}, {60, 90, 3}};
    static const char *const settings[] = {"C=0.1 tol=1e-7", "C=1 tol=1e-7",
                                           "C=1 tol=1e-7 class_weight=balanced intercept_scaling=5",
                                           "C=10 tol=1e-7 fit_intercept=false"};
    int ended = 0, squares = 0;
    (void)state;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        make(shapes[s][0], shapes[s][1], (int)shapes[s][2]);
        for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
            for (int dtype = SL_U8; dtype <= SL_F32; dtype++) {
                const struct sl_view view = view_of(dtype);
                ended += compare("logreg", "l1", settings[i], &view) +
                         compare("linear_svm", "l1", settings[i], &view);
                squares += compare("logreg", "l2", settings[i], &view);
            }
    }
    assert_true(ended >= 20);      /* of 48 */
    assert_int_equal(squares, 24); /* all */
}

static void same_on_threads(void **state)
{
    static const size_t shapes[][3] = {{1200, 20, 3}, {1000, 70, 2}};
    static const char *const names[] = {"logreg", "linear_svm"};
    (void)state;
    sl_thread_operations = 1;
    for (size_t s = 0; s < 2; s++) {
        make(shapes[s][0], shapes[s][1], (int)shapes[s][2]);
        const struct sl_view view = view_of(SL_F32);
        for (size_t i = 0; i < 2; i++) {
            struct fitted one = fit_by(names[i], "l1", "own", "C=3", &view, 1);
            for (int threads = 2; threads <= 5; threads += 3) {
                struct fitted more = fit_by(names[i], "l1", "own", "C=3", &view, threads);
                assert_memory_equal(one.model->W, more.model->W,
                                    (size_t)one.model->vectors * one.model->ld * sizeof(float));
                assert_memory_equal(one.model->b, more.model->b, (size_t)one.model->vectors * sizeof(float));
                assert_true(one.report.objective == more.report.objective);
                release(&more);
            }
            release(&one);
        }
    }
}

/* A row of weight 2 is two rows, one of weight 0 none. */
static void weights_of_rows(void **state)
{
    static float twice[N_MOST * D_MOST];
    static int32_t y[N_MOST];
    static double weight[N_MOST];
    static const char *const names[] = {"logreg", "linear_svm"};
    size_t n = 0;
    (void)state;
    make(500, 10, 3);
    for (size_t i = 0; i < problem.n; i++) {
        weight[i] = (double)(i % 3);
        for (size_t copy = 0; copy < i % 3; copy++, n++) {
            memcpy(twice + n * problem.d, problem.floats + i * problem.d, problem.d * sizeof *twice);
            y[n] = problem.y[i];
        }
    }
    struct sl_view weighted = view_of(SL_F32), copied = weighted;
    weighted.weight = weight;
    copied.x = twice;
    copied.y = y;
    copied.n = n;
    for (size_t i = 0; i < 2; i++) {
        struct fitted a = fit_by(names[i], "l1", "own", "tol=1e-7", &weighted, 2),
                      b = fit_by(names[i], "l1", "own", "tol=1e-7", &copied, 2);
        if (!(fabs(a.report.objective / b.report.objective - 1) < 1e-6))
            fail_msg("%s: objective %.10g, of copies %.10g", names[i], a.report.objective,
                     b.report.objective);
        release(&a);
        release(&b);
    }
}

/* Features times a and C divided by a: the objective is divided by a.  Such floats are stored in a unit. */
static void units(void **state)
{
    static const char *const names[] = {"logreg", "linear_svm"};
    static const double factors[] = {0x1p24, 0x1p-30};
    (void)state;
    for (size_t i = 0; i < 2; i++)
        for (size_t f = 0; f < 2; f++) {
            char settings[128];
            make(800, 14, 3);
            const struct sl_view view = view_of(SL_F32);
            struct fitted plain =
                fit_by(names[i], "l1", "own", "C=0.5 tol=1e-7 fit_intercept=false", &view, 2);
            for (size_t e = 0; e < problem.n * problem.d; e++)
                problem.floats[e] *= (float)factors[f];
            snprintf(settings, sizeof settings, "C=%.17g tol=1e-7 fit_intercept=false", 0.5 / factors[f]);
            struct fitted scaled = fit_by(names[i], "l1", "own", settings, &view, 2);
            const double ratio = scaled.report.objective * factors[f] / plain.report.objective;
            if (!(fabs(ratio - 1) < 1e-6) || scaled.report.converged != 1)
                fail_msg("%s times %g: objective times %.9g", names[i], factors[f], ratio);
            release(&plain);
            release(&scaled);
        }
}

static void cut_short(void **state)
{
    static const char *const names[] = {"logreg", "linear_svm"};
    volatile sig_atomic_t cancel = 1;
    (void)state;
    make(400, 16, 3);
    const struct sl_view view = view_of(SL_U8);
    for (size_t i = 0; i < 2; i++) {
        struct fitted f = fit_by(names[i], "l1", "own", "C=100 max_iter=2", &view, 2);
        assert_int_equal(f.report.n_iter, 2);
        assert_int_equal(f.report.converged, 0);
        struct sl_fit_report report = {0};
        struct sl_error err = {0};
        struct sl_rng *rng = sl_rng_new(1, "test");
        void *config = config_of(f.type, "penalty=l1 solver=own"), *model;
        const struct sl_fit request = {
            .train = &view, .config = config, .rng = rng, .threads = 2, .report = &report, .cancel = &cancel};
        assert_int_equal(f.type->fit(&request, &model, &err), SL_ECANCELLED);
        assert_null(model);
        sl_rng_free(rng);
        free(config);
        release(&f);
    }
}

static void refusals(void **state)
{
    const struct sl_view dense = {.dtype = SL_F32, .n = 10, .d = 3, .k = 2, .scale = 1},
                         wide = {.dtype = SL_F32, .n = 10, .d = 4096, .k = 2, .scale = 1},
                         sparse = {.dtype = SL_SPARSE, .n = 10, .d = 3, .k = 2, .scale = 1};
    const struct {
        const char *name, *settings, *words;
        const struct sl_view *view;
    } rows[] = {
        {"logreg", "penalty=l1", "penalty=l1 needs solver=own or liblinear", &dense},
        {"logreg", "penalty=none solver=own", "penalty=none needs solver=lbfgs", &dense},
        {"logreg", "penalty=l1 solver=own multi_class=multinomial", "solver=own fits ovr", &dense},
        {"logreg", "penalty=l1 solver=own", "solver=liblinear does", &sparse},
        {"logreg", "penalty=l1 solver=own", "at most 4095 features, and these are 4096", &wide},
        {"linear_svm", "penalty=l1", "solver=liblinear does", &sparse},
        {"linear_svm", "penalty=l1", "solver=liblinear takes more", &wide},
        {"linear_svm", "penalty=l1 loss=hinge", "penalty=l1 needs loss=squared_hinge", &dense},
    };
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        struct sl_error err = {0};
        const struct sl_classifier_type *type = sl_classifier_find(rows[r].name, NULL);
        void *config = config_of(type, rows[r].settings);
        assert_int_equal(type->check(config, rows[r].view, &err), SL_EUSAGE);
        if (!strstr(err.text, rows[r].words))
            fail_msg("%s %s: '%s'", rows[r].name, rows[r].settings, err.text);
        free(config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_liblinear), cmocka_unit_test(same_on_threads),
        cmocka_unit_test(weights_of_rows),   cmocka_unit_test(units),
        cmocka_unit_test(cut_short),         cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
