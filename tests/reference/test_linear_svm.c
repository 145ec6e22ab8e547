/* test_linear_svm.c - linear_svm's own solver against LIBLINEAR: the same objective and decision values where
 * both minimise the same to a tight tolerance; the same bits from any number of threads; what is said of a
 * fit that was cut short, and what is refused. */
#include "linear/svc_search.h"
#include "linear_fixture.h"
#include <float.h>

/* Clouds that overlap: rows of every class lie on either side of every margin. */
struct problem {
    size_t n, d;
    int k;
    uint8_t *bytes;
    float *floats;
    int32_t *y;
};

static struct problem make(size_t n, size_t d, int k)
{
    struct problem p = {
        n, d, k, sl_alloc(n * d, 1), sl_alloc(n * d, sizeof(float)), sl_alloc(n, sizeof(int32_t))};
    struct sl_rng *rng = sl_rng_new(11, "clouds");
    for (size_t i = 0; i < n; i++) {
        p.y[i] = (int32_t)(sl_rng_below(rng, 8) % (uint64_t)k); /* not equally many */
        for (size_t j = 0; j < d; j++) {
            double value = 120 + 30 * sl_rng_normal(rng) + (j % (size_t)k == (size_t)p.y[i] ? 20 : 0);
            p.bytes[i * d + j] = (uint8_t)fmin(fmax(value, 0), 255);
            p.floats[i * d + j] = (float)(value / 256 - 0.5);
        }
    }
    sl_rng_free(rng);
    return p;
}

static void unmake(struct problem *p)
{
    free(p->bytes);
    free(p->floats);
    free(p->y);
}

static struct sl_view view_of(const struct problem *p, enum sl_dtype dtype)
{
    const void *x = dtype == SL_U8 ? (const void *)p->bytes : (const void *)p->floats;
    float scale = dtype == SL_U8 ? 1.0f / 255 : 1;
    return (struct sl_view){
        .dtype = dtype, .n = p->n, .d = p->d, .x = x, .y = p->y, .k = p->k, .scale = scale};
}

static struct fitted fit_svm(const char *solver, const char *settings, const struct sl_view *view,
                             int threads)
{
    char text[256];
    snprintf(text, sizeof text, "solver=%s %s", solver, settings);
    return fit("linear_svm", text, view, threads);
}

/* Both ended by their stopping rule, at one objective and with the same scores, to within a tolerance. */
static void compare(const char *settings, const struct sl_view *view, double tolerance)
{
    char longer[128];
    snprintf(longer, sizeof longer, "%s max_iter=100000", settings); /* LIBLINEAR has no lower limit */
    struct fitted own = fit_svm("own", longer, view, 2), theirs = fit_svm("liblinear", settings, view, 2);
    size_t size = view->n * (size_t)view->k;
    float *a = sl_alloc(size, sizeof *a), *b = sl_alloc(size, sizeof *b);
    if (own.report.converged != 1 || theirs.report.converged != 1)
        fail_msg("%s: converged: %d, LIBLINEAR: %d", settings, own.report.converged, theirs.report.converged);
    double gap = own.report.objective / theirs.report.objective - 1;
    if (!(fabs(gap) <= tolerance * tolerance * 100 + 1e-9))
        fail_msg("%s: objective %.10g, LIBLINEAR's %.10g", settings, own.report.objective,
                 theirs.report.objective);
    assert_int_equal(sl_linear_scores(own.model, view, 2, a, NULL), SL_OK);
    assert_int_equal(sl_linear_scores(theirs.model, view, 2, b, NULL), SL_OK);
    for (size_t i = 0; i < size; i++)
        if (!(fabs((double)(a[i] - b[i])) <= tolerance * fmax(1, fabs((double)b[i]))))
            fail_msg("%s: score %zu is %g, LIBLINEAR's %g", settings, i, (double)a[i], (double)b[i]);
    free(a);
    free(b);
    release(&own);
    release(&theirs);
}

static void same_as_liblinear(void **state)
{
    static const struct {
        const char *settings;
        double tolerance;
    } fits[] = {
        {"dual=false tol=1e-7", 1e-4},
        {"dual=true tol=1e-6", 1e-4},
        {"loss=hinge tol=1e-5 C=0.01", 1e-3},
        {"dual=false tol=1e-7 fit_intercept=false C=0.01", 1e-4},
        {"dual=true tol=1e-6 fit_intercept=false C=0.01", 1e-4},
        {"loss=hinge tol=1e-5 fit_intercept=false C=0.01", 1e-3},
        {"dual=false tol=1e-7 class_weight=balanced intercept_scaling=10 C=0.1", 1e-4},
        {"dual=true tol=1e-6 class_weight=balanced intercept_scaling=3 C=0.1", 1e-4},
        {"loss=hinge tol=1e-5 class_weight=balanced C=0.01", 1e-3},
        {"dual=false tol=1e-6 C=100", 1e-3},
        {"multi_class=crammer_singer tol=1e-5", 1e-3},
        {"multi_class=crammer_singer tol=1e-5 fit_intercept=false C=0.01", 1e-3},
        {"multi_class=crammer_singer tol=1e-5 class_weight=balanced intercept_scaling=3 C=0.1", 1e-3},
    };
    static const size_t shapes[][3] = {{300, 16, 2}, {300, 16, 4}, {260, 7, 3}, {150, 33, 2}};
    (void)state;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        struct problem p = make(shapes[s][0], shapes[s][1], (int)shapes[s][2]);
        for (size_t f = 0; f < sizeof fits / sizeof *fits; f++)
            for (int dtype = SL_U8; dtype <= SL_F32; dtype++) {
                struct sl_view view = view_of(&p, dtype);
                compare(fits[f].settings, &view, fits[f].tolerance);
            }
        unmake(&p);
    }
}

/* More features than rows: no factor of the Hessian in the primal. */
static void wide_rows(void **state)
{
    struct problem p = make(60, 400, 3);
    (void)state;
    for (int dtype = SL_U8; dtype <= SL_F32; dtype++) {
        struct sl_view view = view_of(&p, dtype);
        compare("dual=false tol=1e-7 C=0.1", &view, 1e-4);
        compare("dual=true tol=1e-6 C=0.1", &view, 1e-4);
        compare("multi_class=crammer_singer tol=1e-7 C=0.1", &view, 1e-3);
    }
    unmake(&p);
}

/* Floats from one end of their range to the other: the units in which rows are kept change no score. */
static void any_unit(void **state)
{
    struct problem p = make(200, 5, 3);
    struct sl_view view = view_of(&p, SL_F32);
    float *scaled = sl_alloc(p.n * p.d, sizeof *scaled), *a = sl_alloc(3 * p.n, sizeof *a),
          *b = sl_alloc(3 * p.n, sizeof *b);
    static const struct {
        double scale;
        const char *C; /* C scale^2 is 1: without an intercept the same problem */
    } units[] = {{0x1p20, "9.094947017729282e-13"}, {1e-6, "1e12"}, {0x1p24, "3.552713678800501e-15"}};
    static const char *const problems[] = {"dual=false", "dual=true", "multi_class=crammer_singer"};
    (void)state;
    for (size_t u = 0; u < sizeof units / sizeof *units; u++)
        for (size_t q = 0; q < sizeof problems / sizeof *problems; q++) {
            char settings[128];
            for (size_t i = 0; i < p.n * p.d; i++)
                scaled[i] = (float)(units[u].scale * (double)p.floats[i]);
            snprintf(settings, sizeof settings, "fit_intercept=false %s C=1 tol=1e-6 max_iter=100000",
                     problems[q]);
            view.x = p.floats;
            struct fitted f = fit_svm("own", settings, &view, 1);
            assert_int_equal(sl_linear_scores(f.model, &view, 1, a, NULL), SL_OK);
            release(&f);
            snprintf(settings, sizeof settings, "fit_intercept=false %s C=%s tol=1e-5 max_iter=100000",
                     problems[q], units[u].C);
            view.x = scaled;
            f = fit_svm("own", settings, &view, 1);
            assert_int_equal(f.report.converged, 1);
            assert_int_equal(sl_linear_scores(f.model, &view, 1, b, NULL), SL_OK);
            for (size_t i = 0; i < 3 * p.n; i++)
                if (!(fabsf(a[i] - b[i]) < 1e-3f))
                    fail_msg("%s: score %zu is %g, not %g", settings, i, (double)b[i], (double)a[i]);
            release(&f);
        }
    free(scaled);
    free(a);
    free(b);
    unmake(&p);
}

/* Two classes share the threads in loops over rows, more are dealt to them: the bits stay. */
static void any_number_of_threads(void **state)
{
    static const char *const settings[] = {"", "dual=true max_iter=20", "loss=hinge max_iter=20",
                                           "multi_class=crammer_singer max_iter=20",
                                           "class_weight=balanced C=10"};
    static const size_t shapes[][3] = {{5000, 20, 2}, {3000, 112, 7}, {100, 150, 3}};
    (void)state;
    for (size_t s = 0; s < 3; s++) {
        struct problem p = make(shapes[s][0], shapes[s][1], (int)shapes[s][2]);
        for (size_t f = 0; f < 2 * sizeof settings / sizeof *settings; f++) {
            struct sl_view view = view_of(&p, f % 2 ? SL_U8 : SL_F32);
            struct fitted one = fit_svm("own", settings[f / 2], &view, 1);
            for (int threads = 2; threads <= 5; threads++) {
                struct fitted more = fit_svm("own", settings[f / 2], &view, threads);
                assert_memory_equal(one.model->W, more.model->W,
                                    (size_t)one.model->vectors * one.model->ld * sizeof *one.model->W);
                assert_memory_equal(one.model->b, more.model->b,
                                    (size_t)one.model->vectors * sizeof *one.model->b);
                assert_true(one.report.objective == more.report.objective);
                assert_int_equal(one.report.n_iter, more.report.n_iter);
                release(&more);
            }
            release(&one);
        }
        unmake(&p);
    }
}

/* The first passes come near to the optimum: they do not stay with the rows that are hardest. */
static void early_passes(void **state)
{
    static const char *const settings[] = {"multi_class=crammer_singer C=30 max_iter=20",
                                           "multi_class=crammer_singer C=30 max_iter=500"};
    struct problem p = make(3000, 60, 7);
    struct sl_view view = view_of(&p, SL_F32);
    (void)state;
    struct fitted few = fit_svm("own", settings[0], &view, 1), many = fit_svm("own", settings[1], &view, 1);
    assert_true(few.report.objective < 1.5 * many.report.objective);
    release(&few);
    release(&many);
    unmake(&p);
}

static void same_weights(const char *settings, const char *as, const struct sl_view *view)
{
    struct fitted a = fit("linear_svm", settings, view, 1), b = fit("linear_svm", as, view, 1);
    assert_memory_equal(a.model->W, b.model->W, (size_t)a.model->vectors * a.model->ld * sizeof *a.model->W);
    assert_int_equal(a.report.n_iter, b.report.n_iter);
    release(&a);
    release(&b);
}

/* scikit-learn's rule (1.3): the dual where features outnumber rows, but what there is a solver for. */
static void automatic_dual(void **state)
{
    struct problem tall = make(100, 9, 3), wide = make(20, 40, 3);
    struct sl_view many = view_of(&tall, SL_F32), few = view_of(&wide, SL_F32);
    (void)state;
    same_weights("", "dual=false", &many);
    same_weights("", "dual=true", &few);
    same_weights("loss=hinge", "loss=hinge dual=true", &many);
    same_weights("loss=hinge", "loss=hinge dual=true", &few);
    same_weights("solver=liblinear", "solver=liblinear dual=false", &many);
    same_weights("solver=liblinear", "solver=liblinear dual=true", &few);
    same_weights("solver=liblinear penalty=l1", "solver=liblinear penalty=l1 dual=false", &few);
    unmake(&tall);
    unmake(&wide);
}

static void cut_short(void **state)
{
    struct problem p = make(300, 16, 3);
    struct sl_view view = view_of(&p, SL_U8);
    static const char *const settings[] = {"dual=false C=100", "dual=true C=100", "loss=hinge C=100",
                                           "multi_class=crammer_singer C=100"};
    (void)state;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        char text[128];
        snprintf(text, sizeof text, "%s max_iter=2", settings[i]);
        struct fitted f = fit("linear_svm", text, &view, 2);
        assert_int_equal(f.report.n_iter, 2);
        assert_int_equal(f.report.converged, 0);
        release(&f);
    }
    unmake(&p);
}

static void refusals(void **state)
{
    static const struct {
        const char *settings, *words;
    } rows[] = {
        {"penalty=l1 dual=true", "penalty=l1 needs loss=squared_hinge and dual=false or auto"},
        {"loss=hinge dual=false", "loss=hinge needs dual=true or auto"},
        {"penalty=l1 solver=liblinear dual=true",
         "penalty=l1 needs loss=squared_hinge and dual=false or auto"},
        {"solver=liblinear max_iter=5", "max_iter: LIBLINEAR has limits of its own"},
    };
    const struct sl_classifier_type *type = sl_classifier_find("linear_svm", NULL);
    const struct sl_view view = {.dtype = SL_F32, .n = 10, .d = 3, .k = 2, .scale = 1};
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        struct sl_error err = {0};
        void *config = config_of(type, rows[r].settings);
        assert_int_equal(type->check(config, &view, &err), SL_EUSAGE);
        if (!strstr(err.text, rows[r].words))
            fail_msg("%s: '%s'", rows[r].settings, err.text);
        free(config);
    }
}

/* LIBLINEAR's trials keep the keys that they had when there was no other solver. */
static void trials_of_before(void **state)
{
    const struct sl_classifier_type *type = sl_classifier_find("linear_svm", NULL);
    void *old = config_of(type, "solver=liblinear dual=true"), *own = config_of(type, "max_iter=7");
    static const char *const names[] = {"solver", "max_iter"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct sl_param *p = sl_param_find(type->params, names[i], NULL);
        assert_true(sl_param_is_before(p, type->later, old, 2));
        assert_false(sl_param_is_before(p, type->later, own, 2));
    }
    free(old);
    free(own);
}

static void cancelled(void **state)
{
    struct problem p = make(300, 16, 3);
    struct sl_view view = view_of(&p, SL_U8);
    const struct sl_classifier_type *type = sl_classifier_find("linear_svm", NULL);
    static const char *const settings[] = {"dual=false", "dual=true", "loss=hinge",
                                           "multi_class=crammer_singer"};
    volatile sig_atomic_t cancel = 1;
    (void)state;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        struct sl_fit_report report = {0};
        struct sl_error err = {0};
        struct sl_rng *rng = sl_rng_new(1, "test");
        void *config = config_of(type, settings[i]), *model;
        const struct sl_fit request = {
            .train = &view, .config = config, .rng = rng, .threads = 2, .report = &report, .cancel = &cancel};
        assert_int_equal(type->fit(&request, &model, &err), SL_ECANCELLED);
        assert_null(model);
        sl_rng_free(rng);
        free(config);
    }
    unmake(&p);
}

/* A class of rows alike, a constant feature, and no row that tells anything. */
static void rows_without_information(void **state)
{
    static const float zeros[8 * 3];
    static const int32_t y[8] = {0, 1, 0, 1, 0, 1, 0, 1};
    static const char *const settings[] = {"dual=false",
                                           "dual=true",
                                           "loss=hinge",
                                           "penalty=l1",
                                           "dual=false fit_intercept=false",
                                           "dual=true fit_intercept=false",
                                           "multi_class=crammer_singer",
                                           "multi_class=crammer_singer fit_intercept=false"};
    const struct sl_view view = {.dtype = SL_F32, .n = 8, .d = 3, .x = zeros, .y = y, .k = 2, .scale = 1};
    (void)state;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        struct fitted f = fit("linear_svm", settings[i], &view, 2);
        for (size_t j = 0; j < 3; j++)
            assert_true(f.model->W[j] == 0);
        assert_true(fabsf(f.model->b[0]) < 1e-3f);
        if (!(fabs(f.report.objective - 8) < 1e-6))
            fail_msg("%s: objective %.9g", settings[i], f.report.objective);
        release(&f);
    }
}

/* Derivatives against differences, and the root of the first one where it changes its slope. */
static void line_search(void **state)
{
    enum { N = 21 };
    double m[N], u[N], C[N], none[N] = {0}, first, second;
    (void)state;
    for (int i = 0; i < N; i++) {
        m[i] = sin(3 * i) * 2;
        u[i] = cos(5 * i) + 0.4;
        C[i] = i % 3 ? 2 : 0.5;
    }
    const struct sl_svc_line line = {.n = N, .m = m, .u = u, .C = C, .norm = {1, -0.5, 0.7}};
    for (double s = -2; s < 3; s += 0.37) {
        const double step = 1e-6;
        double ahead, behind, above = sl_svc_line_value(&line, s + step, &ahead, NULL),
                              below = sl_svc_line_value(&line, s - step, &behind, NULL);
        sl_svc_line_value(&line, s, &first, &second);
        assert_true(fabs((above - below) / (2 * step) - first) < 1e-6 * (1 + fabs(first)));
        assert_true(fabs((ahead - behind) / (2 * step) - second) < 1e-6 * (1 + fabs(second)));
    }
    double s = sl_svc_line_search(&line);
    sl_svc_line_value(&line, s, &first, NULL);
    assert_true(s > 0 && fabs(first) < 1e-8);
    const struct sl_svc_line uphill = {.n = N, .m = m, .u = u, .C = none, .norm = {1, 0.5, 0.7}};
    assert_true(sl_svc_line_search(&uphill) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_liblinear), cmocka_unit_test(wide_rows),
        cmocka_unit_test(any_unit),          cmocka_unit_test(any_number_of_threads),
        cmocka_unit_test(automatic_dual),    cmocka_unit_test(cut_short),
        cmocka_unit_test(refusals),          cmocka_unit_test(trials_of_before),
        cmocka_unit_test(cancelled),         cmocka_unit_test(rows_without_information),
        cmocka_unit_test(line_search),       cmocka_unit_test(early_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
