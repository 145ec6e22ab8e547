/* test_linear.c - logreg, linear_svm, sgd, perceptron and passive_aggressive against scikit-learn 1.2.1,
 * LIBLINEAR, solutions by hand and finite differences.
 *
 * The small problem: 40 rows of 3 bytes x = byte / 8 - 1, 3 classes (and class 2 against the rest).
 * Numbers called "scikit-learn" were printed by version 1.2.1 fitted on it in double precision with
 * tol=1e-10, coefficients first, then intercepts; the settings stand beside them. */
#include "linear/lbfgs.h"
#include "linear/logistic_loss.h"
#include "linear/sgd_loss.h"
#include "linear_fixture.h"

enum { N = 40, D = 3, K = 3 };

static uint8_t bytes[N * D];
static float floats[N * D];
static int32_t three[N], two[N];

static int make_problem(void **state)
{
    (void)state;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < D; j++) {
            bytes[i * D + j] = (uint8_t)((7 * i + 5 * j * j + 3 * i * j + i * i % 7) % 23);
            floats[i * D + j] = (float)bytes[i * D + j] / 8 - 1;
        }
        int s = bytes[i * D] - bytes[i * D + 1] + i * 5 % 9;
        three[i] = s < 0 ? 0 : s < 8 ? 1 : 2;
        two[i] = three[i] == 2;
    }
    return 0;
}

static struct sl_view byte_view(const int32_t *y, int k)
{
    return (struct sl_view){
        .dtype = SL_U8, .n = N, .d = D, .x = bytes, .y = y, .k = k, .scale = 0.125f, .offset = -1};
}

static struct sl_view float_view(const int32_t *y, int k)
{
    return (struct sl_view){.dtype = SL_F32, .n = N, .d = D, .x = floats, .y = y, .k = k, .scale = 1};
}

/* wanted: weights (vectors, D), then intercepts (vectors). */
static void expect(const struct fitted *f, const char *settings, const double *wanted, double tolerance)
{
    const struct sl_linear *model = f->model;
    for (int c = 0; c < model->vectors; c++)
        for (int j = 0; j <= D; j++) {
            double want = j < D ? wanted[c * D + j] : wanted[model->vectors * D + c];
            double got = (double)(j < D ? model->W[(size_t)c * model->ld + (size_t)j] : model->b[c]);
            if (!(fabs(got - want) <= tolerance * fmax(1, fabs(want))))
                fail_msg("%s %s: vector %d, element %d is %.6f, not %.6f", f->type->name, settings, c, j, got,
                         want);
        }
}

struct published {
    const char *name, *settings;
    int pair; /* the two-class problem */
    double tolerance, wanted[12];
};

static const struct published published[] = {
    {"logreg",
     "C=2 tol=1e-5 max_iter=10000",
     0,
     1e-3,
     {-1.884691, 2.400679, 0.384215, -0.275757, -0.155071, -0.396053, 2.160448, -2.245608, 0.011838,
      -0.883164, 0.882015, 0.001149}},
    {"logreg", "C=0.5 tol=1e-5 max_iter=10000", 1, 1e-3, {1.405071, -1.320286, 0.001376, -0.743534}},
    {"logreg",
     "C=0.5 tol=1e-5 max_iter=10000 multi_class=ovr class_weight=balanced",
     0,
     1e-3,
     {-1.144304, 1.513194, 0.309253, -0.146916, -0.161734, -0.046886, 1.447907, -1.372960, 0.032190,
      -0.854616, 0.114333, -0.300261}},
    {"logreg",
     "C=0.5 tol=1e-5 max_iter=10000 class_weight=balanced",
     0,
     1e-3,
     {-0.995375, 1.266277, 0.226090, -0.184879, -0.093795, -0.183508, 1.180253, -1.172482, -0.042582,
      -0.498265, 0.499085, -0.000821}},
    {"logreg",
     "C=0.5 tol=1e-5 max_iter=10000 fit_intercept=false",
     0,
     1e-3,
     {-0.951536, 1.030752, 0.093900, -0.164006, 0.044693, -0.107742, 1.115541, -1.075445, 0.013842, 0, 0, 0}},
    {"logreg",
     "C=0.5 solver=liblinear tol=1e-9",
     0,
     1e-4,
     {-1.151483, 1.296061, 0.179541, -0.211395, -0.242169, -0.068202, 1.321194, -1.344007, -0.041194,
      -0.806673, -0.642145, -0.518793}},
    {"logreg",
     "C=0.5 solver=liblinear tol=1e-9 class_weight=balanced",
     0,
     1e-4,
     {-1.124791, 1.243470, 0.166748, -0.198315, -0.225373, -0.062440, 1.300101, -1.328343, -0.048655,
      -0.842567, -0.508345, -0.538104}},
    {"logreg",
     "C=0.5 solver=liblinear penalty=l1 intercept_scaling=2 tol=1e-7",
     0,
     1e-3,
     {-1.315145, 1.652993, 0, 0, 0, 0, 1.648249, -1.670443, 0, -1.006458, -0.847298, -0.591913}},
    {"logreg",
     "C=0.5 solver=own penalty=l1 intercept_scaling=2 tol=1e-7",
     0,
     1e-3,
     {-1.315145, 1.652993, 0, 0, 0, 0, 1.648249, -1.670443, 0, -1.006458, -0.847298, -0.591913}},
    {"linear_svm",
     "C=0.1 tol=1e-7 penalty=l1",
     0,
     1e-3,
     {-0.428020, 0.450353, 0, 0, 0, 0, 0.461740, -0.589530, 0, -0.211932, -0.325000, -0.070311}},
    {"linear_svm",
     "C=0.1 tol=1e-7 dual=true",
     0,
     1e-3,
     {-0.562279, 0.645407, 0.076460, -0.091530, -0.104539, -0.026718, 0.671860, -0.688761, 0.035038,
      -0.407461, -0.329303, -0.260204}},
    {"linear_svm",
     "C=0.1 tol=1e-7 dual=true solver=liblinear",
     0,
     1e-3,
     {-0.562279, 0.645407, 0.076460, -0.091530, -0.104539, -0.026718, 0.671860, -0.688761, 0.035038,
      -0.407461, -0.329303, -0.260204}},
    {"linear_svm",
     "C=0.1 tol=1e-8 dual=false solver=liblinear",
     0,
     1e-3,
     {-0.562279, 0.645407, 0.076460, -0.091530, -0.104539, -0.026718, 0.671860, -0.688761, 0.035038,
      -0.407461, -0.329303, -0.260204}},
    {"linear_svm",
     "C=0.1 tol=1e-8 loss=hinge solver=liblinear",
     0,
     5e-3,
     {-0.729859, 0.666320, 0.094743, -0.077461, -0.094163, 0.001344, 0.672970, -0.798124, -0.184152,
      -0.424205, -0.885056, -0.308436}},
    {"linear_svm",
     "C=0.1 tol=1e-7",
     0,
     1e-3,
     {-0.562279, 0.645407, 0.076460, -0.091530, -0.104539, -0.026718, 0.671860, -0.688761, 0.035038,
      -0.407461, -0.329303, -0.260204}},
    {"linear_svm",
     "C=0.1 tol=1e-8 dual=false",
     0,
     1e-3,
     {-0.562279, 0.645407, 0.076460, -0.091530, -0.104539, -0.026718, 0.671860, -0.688761, 0.035038,
      -0.407461, -0.329303, -0.260204}},
    {"linear_svm",
     "C=0.1 tol=1e-8 loss=hinge",
     0,
     5e-3,
     {-0.729859, 0.666320, 0.094743, -0.077461, -0.094163, 0.001344, 0.672970, -0.798124, -0.184152,
      -0.424205, -0.885056, -0.308436}},
    {"linear_svm",
     "C=0.1 tol=1e-7 dual=false penalty=l1 solver=liblinear",
     0,
     1e-3,
     {-0.428020, 0.450353, 0, 0, 0, 0, 0.461740, -0.589530, 0, -0.211932, -0.325000, -0.070311}},
    {"linear_svm",
     "C=0.1 tol=1e-8 multi_class=crammer_singer solver=liblinear",
     0,
     1e-3,
     {-0.413876, 0.504784, 0.048484, -0.016435, -0.033161, -0.020101, 0.430311, -0.471623, -0.028384,
      -0.016545, -0.155633, 0.172178}},
    {"linear_svm",
     "C=0.1 tol=1e-7 class_weight=balanced",
     1,
     1e-3,
     {0.697134, -0.717528, 0.087145, -0.138834}},
    /* Without shuffling, SGD is the same sequence of steps: 7 epochs (tol=none), then stopping rules. */
    {"sgd",
     "shuffle=false max_iter=7 tol=none",
     0,
     1e-4,
     {-42.025020, 54.730258, 9.773260, 0.977326, -8.795934, 16.614543, 41.047694, -42.025020, 12.705238,
      -29.335213, -9.781403, -19.481722}},
    {"sgd",
     "shuffle=false max_iter=7 tol=none loss=log_loss alpha=0.01",
     0,
     1e-4,
     {-2.145269, 3.345585, 0.513657, -0.325930, -0.328833, 0.260772, 2.944865, -2.813951, 0.352074, -2.364149,
      -0.823820, -1.528598}},
    {"sgd",
     "shuffle=false max_iter=7 tol=none loss=modified_huber learning_rate=constant eta0=0.02",
     0,
     1e-4,
     {-0.820260, 1.133687, 0.134640, -0.108444, -0.110617, 0.049165, 1.062649, -1.059841, 0.098873, -0.736638,
      -0.362901, -0.447334}},
    {"sgd",
     "shuffle=false max_iter=7 tol=none loss=perceptron",
     0,
     1e-4,
     {-24.433151, 43.002346, 3.909304, -7.818608, -2.931978, 14.659891, 43.979672, -32.251759, 6.841282,
      -35.731036, -9.628540, -18.795610}},
    {"sgd",
     "shuffle=false max_iter=7 tol=none loss=squared_hinge learning_rate=constant eta0=0.01",
     0,
     1e-4,
     {-0.668589, 0.800376, 0.078719, -0.103389, -0.107144, 0.008784, 0.792245, -0.817072, 0.027005, -0.496674,
      -0.354789, -0.317571}},
    {"sgd",
     "shuffle=false max_iter=7 tol=none penalty=l1 alpha=0.01",
     0,
     1e-4,
     {-4.975853, 7.566910, 1.567878, -0.623091, -0.301670, 0.010955, 5.795575, -5.165972, 0.685634, -4.914954,
      -1.175008, -2.939573}},
    {"sgd",
     "shuffle=false max_iter=7 tol=none penalty=elasticnet alpha=0.01",
     0,
     1e-4,
     {-2.483794, 4.273562, 0.476509, -0.607374, -0.318225, 0.134756, 3.571616, -3.741734, 0.214175, -2.835518,
      -0.832822, -1.930172}},
    {"sgd",
     "shuffle=false max_iter=7 tol=none penalty=none",
     0,
     1e-4,
     {-46.376372, 59.677653, 11.352412, -6.406253, -3.617328, 13.106109, 41.231301, -46.763685, 17.823146,
      -37.675308, -9.667837, -27.906282}},
    {"sgd",
     "shuffle=false max_iter=7 tol=none learning_rate=constant eta0=0.05",
     0,
     1e-4,
     {-1.373492, 1.573570, 0.212304, -0.081107, -0.106102, 0.056301, 1.529757, -1.723302, -0.043524,
      -1.150000, -1.000000, -0.650000}},
    {"sgd",
     "shuffle=false max_iter=7 tol=none learning_rate=invscaling eta0=0.5 power_t=0.3",
     0,
     1e-4,
     {-1.894793, 2.699993, 0.424142, -0.047624, -0.117243, 0.124785, 2.447643, -2.524310, 0.325749, -1.770484,
      -0.999607, -1.167305}},
    {"sgd",
     "shuffle=false max_iter=7 tol=none alpha=0.01 class_weight=balanced",
     0,
     1e-4,
     {-2.231181, 3.983932, 0.339819, -0.573140, -0.635332, 0.180478, 3.524026, -3.374557, 0.022995, -2.244509,
      -0.609272, -1.913151}},
    {"sgd",
     "shuffle=false max_iter=7 tol=none alpha=0.01 fit_intercept=false",
     0,
     1e-4,
     {-1.891362, 2.012087, -0.362176, -1.126769, -0.885318, 0.321934, 2.092570, -3.219339, -0.281692, 0, 0,
      0}},
    {"sgd",
     "shuffle=false alpha=0.01",
     0,
     1e-4,
     {-2.203192, 3.696467, 0.587518, -0.031811, 0.004544, 0.040900, 2.930900, -2.947552, 0.316404, -2.630847,
      -1.025789, -1.427711}},
    {"sgd",
     "shuffle=false alpha=0.01 learning_rate=adaptive eta0=0.1",
     0,
     1e-4,
     {-2.085970, 3.013260, 0.699162, 0, 0, 0, 2.772785, -2.548704, 0.411314, -2.300000, -1.000000,
      -1.284709}},
    {"sgd",
     "shuffle=false alpha=0.01 class_weight=balanced",
     1,
     1e-4,
     {2.642915, -2.776031, 0.357750, -1.111054}},
    {"perceptron",
     "shuffle=false max_iter=7 tol=none",
     0,
     1e-4,
     {-3.750000, 6.750000, 0.750000, -1.000000, -0.375000, 1.875000, 5.250000, -4.250000, 1.000000, -4.000000,
      -1.000000, -2.000000}},
    {"perceptron",
     "shuffle=false max_iter=7 tol=none eta0=0.25 penalty=l1 alpha=0.0078125",
     0,
     1e-4,
     {-0.484375, 0.859375, 0.203125, 0.000000, -0.328125, 0.078125, 0.828125, -0.890625, 0.328125, -0.750000,
      -0.250000, -0.500000}},
    {"perceptron",
     "shuffle=false max_iter=7 tol=none penalty=elasticnet alpha=0.01",
     0,
     1e-4,
     {-1.593253, 4.017901, 0.100999, -1.356129, -0.679487, 1.543624, 2.609326, -2.250381, 0.296928, -1.000000,
      -1.000000, -1.000000}},
    {"perceptron",
     "shuffle=false max_iter=7 tol=none penalty=l2 alpha=0.01 class_weight=balanced",
     1,
     1e-4,
     {2.919415, -3.408037, -0.122439, -0.439560}},
    {"perceptron",
     "shuffle=false",
     0,
     1e-4,
     {-4.750000, 6.500000, 1.250000, 0.250000, -1.000000, 2.250000, 5.375000, -4.875000, 1.250000, -4.000000,
      -1.000000, -3.000000}},
    {"perceptron",
     "shuffle=false n_iter_no_change=2 tol=0.1",
     1,
     1e-4,
     {3.250000, -4.625000, -0.625000, -2.000000}},
    {"passive_aggressive",
     "shuffle=false max_iter=7 tol=none",
     0,
     1e-4,
     {-2.927525, 4.800499, 0.724178, -1.034992, 0.075334, 1.751529, 4.262062, -4.188609, 0.629560, -3.041716,
      -0.906865, -1.830996}},
    {"passive_aggressive",
     "shuffle=false max_iter=7 tol=none C=0.01",
     0,
     1e-4,
     {-0.841462, 0.707358, 0.124538, -0.205881, -0.247928, -0.036896, 0.698011, -0.897557, -0.281592,
      -0.476744, -0.754331, -0.346774}},
    {"passive_aggressive",
     "shuffle=false max_iter=7 tol=none C=0.01 loss=squared_hinge",
     0,
     1e-4,
     {-0.650810, 0.788092, 0.079879, -0.112639, -0.113035, 0.005550, 0.777414, -0.799847, 0.017416, -0.489982,
      -0.349658, -0.309764}},
    {"passive_aggressive",
     "shuffle=false max_iter=7 tol=none C=0.1 loss=squared_hinge class_weight=balanced",
     1,
     1e-4,
     {1.837055, -1.724085, 0.245675, -0.699382}},
    {"passive_aggressive",
     "shuffle=false max_iter=7 tol=none C=0.1 fit_intercept=false",
     0,
     1e-4,
     {-1.700848, 1.658687, -0.379449, -0.670108, -0.884397, 0.048410, 1.696451, -2.286869, -0.096667,
      0.000000, 0.000000, 0.000000}},
    {"passive_aggressive",
     "shuffle=false C=0.01",
     0,
     1e-4,
     {-1.727873, 2.453268, 0.479050, -0.009314, -0.005186, 0.012631, 1.864542, -1.988284, 0.299624, -1.741189,
      -0.990106, -0.776563}},
    {"passive_aggressive",
     "shuffle=false C=10 loss=squared_hinge n_iter_no_change=3",
     1,
     1e-4,
     {7.315690, -6.044013, 1.485847, -3.302475}},
};

static void test_published(void **state)
{
    (void)state;
    for (size_t p = 0; p < sizeof published / sizeof *published; p++)
        for (int bytes_first = 0; bytes_first < 2; bytes_first++) {
            const int32_t *y = published[p].pair ? two : three;
            int k = published[p].pair ? 2 : 3;
            struct sl_view view = bytes_first ? byte_view(y, k) : float_view(y, k);
            struct fitted f = fit(published[p].name, published[p].settings, &view, 2);
            expect(&f, published[p].settings, published[p].wanted, published[p].tolerance);
            release(&f);
        }
}

/* n_iter_ of the fits above that stop by themselves; scikit-learn reports the slowest class. */
static void test_epochs(void **state)
{
    static const struct {
        const char *name, *settings;
        int pair, epochs;
    } rows[] = {{"sgd", "shuffle=false alpha=0.01", 0, 68},
                {"sgd", "shuffle=false alpha=0.01 learning_rate=adaptive eta0=0.1", 0, 83},
                {"sgd", "shuffle=false alpha=0.01 class_weight=balanced", 1, 24},
                {"perceptron", "shuffle=false", 0, 15},
                {"perceptron", "shuffle=false n_iter_no_change=2 tol=0.1", 1, 5},
                {"passive_aggressive", "shuffle=false C=0.01", 0, 82},
                {"passive_aggressive", "shuffle=false C=10 loss=squared_hinge n_iter_no_change=3", 1, 13}};
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        struct sl_view view = rows[r].pair ? float_view(two, 2) : float_view(three, 3);
        struct fitted f = fit(rows[r].name, rows[r].settings, &view, 1);
        assert_int_equal(f.report.n_iter, rows[r].epochs);
        assert_int_equal(f.report.converged, 1);
        release(&f);
    }
}

/* predict_proba of the first two rows, scikit-learn 1.2.1. */
static void test_probabilities(void **state)
{
    static const struct {
        const char *settings;
        int k;
        float wanted[6];
    } rows[] = {
        {"C=2 tol=1e-5 max_iter=10000",
         3,
         {0.47978823f, 0.45377099f, 0.06644078f, 0.73598182f, 0.24914457f, 0.01487362f}},
        {"C=0.5 tol=1e-5 max_iter=10000", 2, {0.83908472f, 0.16091528f, 0.88728507f, 0.11271493f}},
        {"C=0.5 solver=liblinear tol=1e-9",
         3,
         {0.47440768f, 0.34886952f, 0.1767228f, 0.60237773f, 0.27198062f, 0.12564165f}},
    };
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        float got[N * K];
        struct sl_view view = rows[r].k == 2 ? byte_view(two, 2) : byte_view(three, 3);
        struct fitted f = fit("logreg", rows[r].settings, &view, 1);
        assert_int_equal(sl_linear_scores(f.model, &view, 2, got, NULL), SL_OK);
        for (int i = 0; i < 2 * rows[r].k; i++)
            assert_true(fabsf(got[i] - rows[r].wanted[i]) < 2e-4f);
        release(&f);
    }
}

/* Two rows x = +1 and -1 of classes 1 and 0, no intercept: the minimum of 2 C log(1 + e^-w) + w^2 / 2 is
 * where w = 2 C / (1 + e^w). */
static void test_by_hand(void **state)
{
    static const float x[] = {1, -1};
    static const int32_t y[] = {1, 0};
    const struct sl_view view = {.dtype = SL_F32, .n = 2, .d = 1, .x = x, .y = y, .k = 2, .scale = 1};
    (void)state;
    for (double C = 0.1; C < 200; C *= 10) {
        char settings[64];
        snprintf(settings, sizeof settings, "C=%g fit_intercept=false tol=1e-6", C);
        struct fitted f = fit("logreg", settings, &view, 1);
        double w = (double)f.model->W[0];
        assert_true(fabs(w - 2 * C / (1 + exp(w))) < 1e-3 * w);
        assert_true(fabs(f.report.objective / (2 * C * log1p(exp(-w)) + w * w / 2) - 1) < 1e-5);
        assert_int_equal(f.report.converged, 1);
        release(&f);
    }
}

/* The same objective as LIBLINEAR's, where both minimise the same: two classes, no intercept. */
static void test_liblinear_objective(void **state)
{
    (void)state;
    for (double C = 0.01; C < 20; C *= 10) {
        char settings[128];
        struct sl_view view = byte_view(two, 2);
        snprintf(settings, sizeof settings, "C=%g fit_intercept=false tol=1e-5 max_iter=1000", C);
        struct fitted ours = fit("logreg", settings, &view, 2);
        snprintf(settings, sizeof settings, "C=%g fit_intercept=false tol=1e-9 solver=liblinear", C);
        struct fitted theirs = fit("logreg", settings, &view, 2);
        assert_true(fabs(ours.report.objective / theirs.report.objective - 1) < 1e-6);
        release(&ours);
        release(&theirs);
    }
}

/* Gradient of the logistic objective against central differences of its value. */
static void check_gradient(const struct sl_view *view, int vectors, int fit_intercept)
{
    float sign[N], s[N];
    struct sl_error err;
    for (int i = 0; i < N; i++) {
        sign[i] = view->y[i] ? 1 : -1;
        s[i] = 1 + (float)(i % 4) / 2;
    }
    struct sl_team alone = {.threads = 1};
    struct sl_logistic loss = {.view = view,
                               .team = &alone,
                               .vectors = vectors,
                               .y = view->y,
                               .sign = sign,
                               .s = s,
                               .penalty = 0.7,
                               .fit_intercept = fit_intercept,
                               .threads = 2};
    assert_int_equal(sl_logistic_init(&loss, &err), SL_OK);
    double *x = sl_alloc_zero(loss.variables, sizeof *x), *g = sl_alloc(loss.variables, sizeof *g);
    double *unused = sl_alloc(loss.variables, sizeof *g);
    for (int c = 0; c < vectors; c++) {
        for (int j = 0; j < D; j++)
            x[(size_t)c * loss.ld + (size_t)j] = 0.5 * sin(3 * c + j + 1);
        x[(size_t)vectors * loss.ld + (size_t)c] = fit_intercept ? 0.25 * cos(c) : 0;
    }
    sl_logistic_objective(&loss, x, g);
    for (size_t v = 0; v < loss.variables; v++) {
        const double h = 1.0 / 256; /* a power of two: the weights are rounded to floats */
        double at = x[v];
        int padding = v < (size_t)vectors * loss.ld && v % loss.ld >= D,
            fixed = v >= (size_t)vectors * loss.ld && !fit_intercept;
        if (padding || fixed) {
            assert_true(g[v] == 0);
            continue;
        }
        x[v] = at + h;
        double above = sl_logistic_objective(&loss, x, unused);
        x[v] = at - h;
        double below = sl_logistic_objective(&loss, x, unused);
        x[v] = at;
        assert_true(fabs((above - below) / (2 * h) - g[v]) < 2e-3 * (1 + fabs(g[v])));
    }
    free(x);
    free(g);
    free(unused);
    sl_logistic_release(&loss);
}

static void test_gradient(void **state)
{
    struct sl_view views[] = {byte_view(three, 3), float_view(three, 3), byte_view(two, 2)};
    (void)state;
    check_gradient(&views[0], 3, 1);
    check_gradient(&views[1], 3, 1);
    check_gradient(&views[0], 3, 0);
    check_gradient(&views[2], 2, 1);
    check_gradient(&views[2], 1, 1);
}

static void test_sgd_losses(void **state)
{
    (void)state;
    for (int kind = SL_LOSS_HINGE; kind <= SL_LOSS_PERCEPTRON; kind++)
        for (int y = -1; y <= 1; y += 2)
            for (double p = -3.05; p < 3; p += 0.1) { /* no kink within h */
                const double h = 1e-5;
                double slope = (sl_sgd_loss(kind, p + h, y) - sl_sgd_loss(kind, p - h, y)) / (2 * h);
                assert_true(fabs(slope - sl_sgd_dloss(kind, p, y)) < 1e-5);
            }
}

/* Rosenbrock's function in ten variables: minimum 0 at (1, ..., 1). */
static double rosenbrock(void *arg, const double *x, double *g)
{
    enum { VARIABLES = 10 };
    double f = 0;
    (*(int *)arg)++;
    memset(g, 0, VARIABLES * sizeof *g);
    for (int i = 0; i + 1 < VARIABLES; i++) {
        double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
        f += 100 * a * a + b * b;
        g[i] += -400 * a * x[i] - 2 * b;
        g[i + 1] += 200 * a;
    }
    return f;
}

static void test_lbfgs(void **state)
{
    int evaluations = 0;
    double x[10];
    struct sl_lbfgs problem = {
        .n = 10, .function = rosenbrock, .arg = &evaluations, .max_iter = 1000, .gradient_tolerance = 1e-8};
    struct sl_lbfgs_report report;
    (void)state;
    for (int i = 0; i < 10; i++)
        x[i] = i % 2 ? 1 : -1.2;
    assert_int_equal(sl_lbfgs_minimise(&problem, x, &report, NULL), SL_OK);
    assert_int_equal(report.stop, SL_LBFGS_GRADIENT);
    assert_int_equal(report.evaluations, evaluations);
    assert_true(report.iterations < 120 && report.evaluations < 160);
    for (int i = 0; i < 10; i++)
        assert_true(fabs(x[i] - 1) < 1e-7);
}

/* A function that does not have the gradient it claims, and one that is infinite beyond a wall. */
static double uphill(void *arg, const double *x, double *g)
{
    (void)arg;
    g[0] = -2 * x[0];
    return x[0] * x[0];
}

static double wall(void *arg, const double *x, double *g)
{
    (void)arg;
    g[0] = x[0] < 1 ? -1 + 1e-3 / ((1 - x[0]) * (1 - x[0])) : NAN;
    return x[0] < 1 ? -x[0] + 1e-3 / (1 - x[0]) : INFINITY;
}

/* Minimal at 0 as far as rounding shows, which is upward elsewhere, though the slope there says that a step
 * of 1 would gain much. */
static double steep(void *arg, const double *x, double *g)
{
    (void)arg;
    g[0] = 1e12 * x[0] - 1e-3;
    return (x[0] != 0 ? nextafter(200, 201) : 200) + 5e11 * x[0] * x[0] - 1e-3 * x[0];
}

static void test_lbfgs_trouble(void **state)
{
    double x = 1;
    struct sl_lbfgs problem = {.n = 1, .function = uphill, .max_iter = 100, .gradient_tolerance = 1e-8};
    struct sl_lbfgs_report report;
    (void)state;
    assert_int_equal(sl_lbfgs_minimise(&problem, &x, &report, NULL), SL_OK);
    assert_int_equal(report.stop, SL_LBFGS_STUCK);
    assert_true(x == 1);
    problem.function = steep;
    problem.precision = 1e-14;
    x = 0;
    assert_int_equal(sl_lbfgs_minimise(&problem, &x, &report, NULL), SL_OK);
    assert_int_equal(report.stop, SL_LBFGS_DECREASE);
    problem.function = wall;
    x = -5;
    assert_int_equal(sl_lbfgs_minimise(&problem, &x, &report, NULL), SL_OK);
    assert_int_equal(report.stop, SL_LBFGS_GRADIENT);
    assert_true(fabs(x - (1 - sqrt(1e-3))) < 1e-6);
    x = 2;
    assert_int_equal(sl_lbfgs_minimise(&problem, &x, &report, NULL), SL_EDIVERGED);
}

/* Of four classes the data have two, or one: the others are never predicted, and have the lowest scores. */
static void test_missing_classes(void **state)
{
    static const char *const names[] = {"logreg", "linear_svm", "sgd", "perceptron", "passive_aggressive"};
    int32_t y[2][N], labels[N];
    float scores[N * 4];
    (void)state;
    for (int i = 0; i < N; i++) {
        y[0][i] = two[i] ? 3 : 1;
        y[1][i] = 2;
    }
    for (size_t t = 0; t < sizeof names / sizeof *names; t++)
        for (int alone = 0; alone < 2; alone++) {
            struct sl_view view = byte_view(y[alone], 4);
            struct fitted f = fit(names[t], "", &view, 2);
            int probabilities = (f.type->flags & SL_PROBABILITIES) != 0, right = 0;
            assert_int_equal(f.type->predict(f.model, &view, 2, labels, NULL), SL_OK);
            assert_int_equal(f.type->scores(f.model, &view, 2, scores, NULL), SL_OK);
            for (int i = 0; i < N; i++) {
                float *s = scores + 4 * i, missing = probabilities ? 0 : -INFINITY;
                right += labels[i] == y[alone][i];
                assert_true(alone ? labels[i] == 2 : labels[i] == 1 || labels[i] == 3);
                for (int c = 0; c < 4; c++)
                    assert_true((s[c] == missing) == (alone ? c != 2 : c % 2 == 0));
                if (probabilities)
                    assert_true(fabsf(s[0] + s[1] + s[2] + s[3] - 1) < 1e-6f);
            }
            assert_true(right >= 33);
            release(&f);
        }
}

/* The same bits from one thread and from several. */
static void test_threads(void **state)
{
    enum { ROWS = 3000, FEATURES = 37, CLASSES = 13 };
    static const char *const fits[][2] = {{"logreg", "max_iter=30"},
                                          {"logreg", "multi_class=ovr max_iter=10"},
                                          {"sgd", "max_iter=12"},
                                          {"sgd", "max_iter=12 early_stopping=true penalty=l1"},
                                          {"perceptron", "max_iter=12 penalty=elasticnet"},
                                          {"passive_aggressive", "max_iter=12 C=0.01"},
                                          {"linear_svm", "C=0.01"},
                                          {"linear_svm", "C=0.01 dual=true"},
                                          {"linear_svm", "C=0.01 loss=hinge max_iter=50"}};
    uint8_t *x = sl_alloc(ROWS * FEATURES, 1);
    int32_t *y = sl_alloc(ROWS, sizeof *y);
    struct sl_rng *rng = sl_rng_new(7, "threads");
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        y[i] = (int32_t)(i % CLASSES);
        for (size_t j = 0; j < FEATURES; j++)
            x[i * FEATURES + j] = (uint8_t)(sl_rng_below(rng, 128) + (j % CLASSES == (size_t)y[i] ? 64 : 0));
    }
    const struct sl_view view = {
        .dtype = SL_U8, .n = ROWS, .d = FEATURES, .x = x, .y = y, .k = CLASSES, .scale = 1.0f / 255};
    for (size_t t = 0; t < sizeof fits / sizeof *fits; t++) {
        struct sl_writer first = {0};
        for (int threads = 1; threads <= 3; threads++) {
            struct fitted f = fit(fits[t][0], fits[t][1], &view, threads);
            struct sl_writer w = {0};
            f.type->save(f.model, &w);
            if (threads == 1)
                first = w;
            else {
                assert_int_equal(w.size, first.size);
                assert_memory_equal(w.bytes, first.bytes, w.size);
                sl_writer_release(&w);
            }
            release(&f);
        }
        sl_writer_release(&first);
    }
    sl_rng_free(rng);
    free(x);
    free(y);
}

/* Rows that stay bytes (16 features, no offset) give what their floats give. */
static void test_byte_steps(void **state)
{
    enum { ROWS = 200, FEATURES = 16, CLASSES = 4 };
    uint8_t x[ROWS * FEATURES];
    float as_floats[ROWS * FEATURES];
    int32_t y[ROWS];
    struct sl_rng *rng = sl_rng_new(8, "steps");
    (void)state;
    for (int i = 0; i < ROWS; i++) {
        y[i] = i % CLASSES;
        for (int j = 0; j < FEATURES; j++) {
            x[i * FEATURES + j] = (uint8_t)(sl_rng_below(rng, 100) + (j % CLASSES == y[i] ? 80 : 0));
            as_floats[i * FEATURES + j] = (float)x[i * FEATURES + j] / 256;
        }
    }
    const struct sl_view rows[] = {
        {.dtype = SL_U8, .n = ROWS, .d = FEATURES, .x = x, .y = y, .k = CLASSES, .scale = 1.0f / 256},
        {.dtype = SL_F32, .n = ROWS, .d = FEATURES, .x = as_floats, .y = y, .k = CLASSES, .scale = 1},
    };
    static const char *const settings[] = {
        "max_iter=5 tol=none learning_rate=constant eta0=0.01 loss=log_loss",
        "max_iter=5 tol=none learning_rate=constant eta0=0.01 penalty=l1"};
    for (size_t t = 0; t < 2; t++) {
        struct fitted f = fit("sgd", settings[t], &rows[0], 1), g = fit("sgd", settings[t], &rows[1], 1);
        for (size_t j = 0; j < CLASSES * f.model->ld; j++)
            assert_true(fabsf(f.model->W[j] - g.model->W[j]) < 1e-5f);
        for (size_t c = 0; c < CLASSES; c++)
            assert_true(fabsf(f.model->b[c] - g.model->b[c]) < 1e-5f);
        release(&f);
        release(&g);
    }
    sl_rng_free(rng);
}

/* A record is refused, and not followed, when its numbers can not be a model's. */
static void test_damaged_record(void **state)
{
    struct sl_view view = byte_view(three, 3), like = view;
    struct fitted f = fit("logreg", "", &view, 1);
    struct sl_writer w = {0};
    void *model;
    (void)state;
    like.n = 0;
    f.type->save(f.model, &w);
    for (size_t size = 0; size <= w.size; size++) {
        struct sl_reader r = {.bytes = w.bytes, .size = size};
        int code = f.type->load(&r, &like, NULL, &model, NULL);
        assert_int_equal(code, size < w.size ? SL_EDATA : SL_OK);
        f.type->free(model);
    }
    for (size_t at = 0; at < 9 + 3 * 4; at++) { /* header and labels */
        w.bytes[at] ^= 0x41;
        struct sl_reader r = {.bytes = w.bytes, .size = w.size};
        if (f.type->load(&r, &like, NULL, &model, NULL) == SL_OK)
            f.type->free(model);
        w.bytes[at] ^= 0x41;
    }
    sl_writer_release(&w);
    release(&f);
}

static int stop_at_three(void *arg, const struct sl_epoch *point)
{
    int *calls = arg;
    assert_int_equal(point->epoch, ++*calls);
    assert_true(isfinite(point->train_loss));
    return point->epoch == 3;
}

static void test_epoch_callback(void **state)
{
    static const char *const names[] = {"logreg", "sgd"};
    struct sl_view view = byte_view(three, 3);
    (void)state;
    for (size_t t = 0; t < 2; t++) {
        struct sl_error err;
        const struct sl_classifier_type *type = sl_classifier_find(names[t], &err);
        struct sl_fit_report report = {.n_iter = -1, .converged = -1, .objective = NAN};
        int calls = 0;
        volatile sig_atomic_t cancel = 0;
        void *config = sl_alloc_zero(1, type->config_size), *model;
        sl_config_default(type->params, config);
        struct sl_rng *rng = sl_rng_new(1, "test");
        struct sl_fit request = {.train = &view,
                                 .config = config,
                                 .rng = rng,
                                 .threads = 1,
                                 .report = &report,
                                 .cancel = &cancel,
                                 .on_epoch = stop_at_three,
                                 .arg = &calls};
        assert_int_equal(type->fit(&request, &model, &err), SL_OK);
        assert_int_equal(calls, 3);
        assert_int_equal(report.n_iter, 3);
        assert_int_equal(report.converged, 0);
        type->free(model);
        cancel = 1;
        calls = 0;
        assert_int_equal(type->fit(&request, &model, &err), SL_ECANCELLED);
        assert_null(model);
        sl_rng_free(rng);
        free(config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_epochs),
        cmocka_unit_test(test_probabilities),
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_liblinear_objective),
        cmocka_unit_test(test_gradient),
        cmocka_unit_test(test_sgd_losses),
        cmocka_unit_test(test_lbfgs),
        cmocka_unit_test(test_lbfgs_trouble),
        cmocka_unit_test(test_missing_classes),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_byte_steps),
        cmocka_unit_test(test_damaged_record),
        cmocka_unit_test(test_epoch_callback),
    };
    return cmocka_run_group_tests(tests, make_problem, NULL);
}
