/* test_training.c - schedules against their formulas, label smoothing against finite differences, the numbers
 * of a learning curve, which weights early stopping and a cancelled fit keep, and that any fit can be
 * cancelled. */
#include "core/memory.h"
#include "nn/pass/loss.h"
#include "nn/train/step.h"
#include "nn/train/train.h"
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Schedules ---------------------------------------------------------------------------------------- */

/* 4 epochs of 5 steps of 20 rows: the rate of every step, written out. */
static double expected_rate(int kind, size_t epoch, size_t step)
{
    double i = (double)(epoch * 5 + step);
    switch (kind) {
    case SL_RATE_INVSCALING: /* scikit-learn: learning_rate_init / (t + 1)^power_t, t rows seen */
        return 0.4 / pow((double)epoch * 100 + 1, 0.5);
    case SL_RATE_STEP: /* torch.optim.lr_scheduler.StepLR, called after each epoch */
        return epoch < 3 ? 0.4 : 0.4 * 0.3;
    case SL_RATE_COSINE: /* CosineAnnealingLR(T_max=20), called after each step */
        return 0.4 * (1 + cos(3.141592653589793 * i / 20)) / 2;
    case SL_RATE_ONE_CYCLE:
        return i < 5 ? 0.016 + 0.384 * i / 5 : 0.4 * (1 + cos(3.141592653589793 * (i - 5) / 15)) / 2;
    default:
        return 0.4;
    }
}

static void schedules_follow_their_formulas(void **state)
{
    struct sl_schedule s = {.rate = 0.4, .power_t = 0.5, .gamma = 0.3, .step_size = 3, .pct_start = 0.25};
    (void)state;
    for (s.kind = SL_RATE_CONSTANT; s.kind <= SL_RATE_ONE_CYCLE; s.kind++)
        for (size_t epoch = 0; epoch < 4; epoch++)
            for (size_t step = 0; step < 5; step++) {
                const struct sl_moment at = {epoch, 4, step, 5, 100};
                double rate = sl_schedule_rate(&s, &at), expected = expected_rate(s.kind, epoch, step);
                if (fabs(rate - expected) > 1e-12)
                    fail_msg("schedule %d, epoch %zu, step %zu: %.15g, expected %.15g", s.kind, epoch, step,
                             rate, expected);
            }
}

/* One epoch of one step has a rate above 0 whatever the schedule. */
static void a_single_step_has_a_rate(void **state)
{
    struct sl_schedule s = {.rate = 1, .power_t = 0.5, .gamma = 0.1, .step_size = 1, .pct_start = 0.3};
    const struct sl_moment only = {0, 1, 0, 1, 1};
    (void)state;
    for (s.kind = SL_RATE_CONSTANT; s.kind <= SL_RATE_ONE_CYCLE; s.kind++)
        assert_true(sl_schedule_rate(&s, &only) > 0);
}

/* Label smoothing ---------------------------------------------------------------------------------- */

enum { K = 4, ROWS = 3 };
static const uint8_t three_of_four[K] = {1, 1, 0, 1};

/* -sum target log softmax(z), in double, by the definition. */
static double smoothed_loss(const double *z, int32_t y, double smoothing)
{
    double sum = 0, loss = 0;
    for (size_t c = 0; c < K; c++)
        sum += three_of_four[c] ? exp(z[c]) : 0;
    for (size_t c = 0; c < K; c++) {
        double target = ((int32_t)c == y ? 1 - smoothing : 0) + smoothing / 3;
        if (three_of_four[c])
            loss -= target * (z[c] - log(sum));
    }
    return loss;
}

static void smoothing_has_its_loss_and_slope(void **state)
{
    const double z[ROWS][K] = {{0.3, -1.2, 9, 2}, {-4, 0.1, -2, 0.2}, {1, 2, 3, -3}};
    const int32_t y[ROWS] = {3, 0, 1};
    const float weights[ROWS] = {1.5f, 0.25f, 3};
    (void)state;
    for (int s = 0; s < 6; s++) {
        double smoothing = s / 2 * 0.15, expected = 0, h = 1e-5;
        const struct sl_targets targets = {.y = y,
                                           .present = three_of_four,
                                           .smoothing = (float)smoothing,
                                           .weights = s % 2 ? weights : NULL};
        struct sl_loss_sum sum = {0};
        float p[ROWS * K], d[ROWS * K];
        for (size_t i = 0; i < ROWS * K; i++)
            p[i] = (float)z[i / K][i % K];
        sl_softmax(p, ROWS, K, three_of_four);
        sl_loss_add(p, &targets, ROWS, K, &sum);
        sl_loss_gradient(p, &targets, ROWS, K, 0.5f, d);
        for (size_t i = 0; i < ROWS; i++) {
            double weight = s % 2 ? weights[i] : 1;
            expected += weight * smoothed_loss(z[i], y[i], smoothing);
            for (size_t c = 0; c < K; c++) {
                double up[K], down[K];
                memcpy(up, z[i], sizeof up);
                memcpy(down, z[i], sizeof down);
                up[c] += h;
                down[c] -= h;
                double slope =
                    (smoothed_loss(up, y[i], smoothing) - smoothed_loss(down, y[i], smoothing)) / (2 * h);
                assert_float_equal(d[i * K + c], 0.5 * weight * slope, 2e-6);
            }
        }
        assert_float_equal(sum.loss, expected, 1e-5);
        assert_int_equal(sum.correct, 2);
    }
}

/* Fits --------------------------------------------------------------------------------------------- */

enum { N = 400, EPOCHS_MAX = 200 };

/* Two noisy half moons, and what became of a fit on them epoch by epoch. */
struct lab {
    float x[N * 2];
    int32_t y[N];
    struct sl_view view;
    struct sl_network *network;
    struct sl_train_options options;
    struct sl_fit_report report;
    struct sl_epoch points[EPOCHS_MAX];
    float *weights[EPOCHS_MAX]; /* after each epoch */
    const char *net;
    int threads, n, cancel_at;
    useconds_t cancel_after;
    volatile sig_atomic_t cancel;
};

static int note_epoch(void *arg, const struct sl_epoch *point)
{
    struct lab *lab = arg;
    size_t n = lab->network->net->n_params;
    lab->weights[lab->n] = sl_alloc(n, sizeof(float));
    memcpy(lab->weights[lab->n], lab->network->params, n * sizeof(float));
    lab->points[lab->n++] = *point;
    if (lab->n == lab->cancel_at)
        lab->cancel = 1;
    return 0;
}

static void lab_init(struct lab *lab)
{
    struct sl_rng *rng = sl_rng_new(1, "moons");
    *lab = (struct lab){
        .options =
            {.optimiser = {.kind = SL_ADAM, .beta_1 = 0.9, .beta_2 = 0.999, .epsilon = 1e-8},
             .schedule = {.rate = 0.03, .power_t = 0.5, .gamma = 0.5, .step_size = 2, .pct_start = 0.3},
             .batch_size = 20,
             .epochs = 6,
             .shuffle = 1},
        .net = "dense 20, relu, dense classes",
        .threads = 2,
    };
    for (size_t i = 0; i < N; i++) {
        double angle = 3.14159 * sl_rng_uniform(rng);
        int c = (int)(i % 2);
        lab->y[i] = c;
        lab->x[2 * i] = (float)((c ? 1 - cos(angle) : cos(angle)) + 0.3 * sl_rng_normal(rng));
        lab->x[2 * i + 1] = (float)((c ? 0.5 - sin(angle) : sin(angle)) + 0.3 * sl_rng_normal(rng));
    }
    lab->view =
        (struct sl_view){.dtype = SL_F32, .n = N, .d = 2, .x = lab->x, .y = lab->y, .k = 2, .scale = 1};
    sl_rng_free(rng);
}

static int lab_fit(struct lab *lab)
{
    struct sl_rng *rng = sl_rng_new(3, "fit");
    lab->report = (struct sl_fit_report){.n_iter = -1, .converged = -1, .objective = NAN};
    const struct sl_fit fit = {.train = &lab->view,
                               .validation = &lab->view,
                               .rng = rng,
                               .threads = lab->threads,
                               .cancel = &lab->cancel,
                               .on_epoch = note_epoch,
                               .arg = lab,
                               .report = &lab->report};
    assert_int_equal(sl_network_new(lab->net, (struct sl_shape){1, 1, 2}, 2, &lab->network, NULL), SL_OK);
    int code = sl_network_train(lab->network, &fit, &lab->options, NULL);
    sl_rng_free(rng);
    return code;
}

static void lab_release(struct lab *lab)
{
    for (int e = 0; e < lab->n; e++)
        free(lab->weights[e]);
    sl_network_free(lab->network);
}

static int is_kept(const struct lab *lab, int epoch)
{
    return memcmp(lab->weights[epoch], lab->network->params, lab->network->net->n_params * sizeof(float)) ==
           0;
}

/* The curve shows the rate of an epoch's last step; the training loss falls under each schedule. */
static void the_curve_has_the_rate(void **state)
{
    static struct lab lab;
    (void)state;
    for (int kind = SL_RATE_CONSTANT; kind <= SL_RATE_ONE_CYCLE; kind++) {
        lab_init(&lab);
        lab.options.schedule.kind = kind;
        assert_int_equal(lab_fit(&lab), SL_OK);
        assert_int_equal(lab.n, 6);
        for (size_t e = 0; e < 6; e++) {
            const struct sl_moment last = {e, 6, 19, 20, N};
            assert_true(lab.points[e].learning_rate == sl_schedule_rate(&lab.options.schedule, &last));
        }
        assert_true(lab.points[5].train_loss < lab.points[0].train_loss);
        lab_release(&lab);
    }
}

/* Mean loss and accuracy of the net as it is, from its probabilities. */
static double judge(const struct lab *lab, double *accuracy)
{
    static float p[N * 2];
    double loss = 0, right = 0;
    assert_int_equal(sl_network_scores(lab->network, &lab->view, 1, p, NULL), SL_OK);
    for (size_t i = 0; i < N; i++) {
        loss -= log((double)p[2 * i + (size_t)lab->y[i]]);
        right += p[2 * i + (size_t)lab->y[i]] > 0.5f;
    }
    *accuracy = right / N;
    return loss / N;
}

/* The last point's validation loss and accuracy are those of the net that the fit leaves; where nothing is
 * learnt those of training, on the same rows, are the same. */
static void the_curve_measures_the_net(void **state)
{
    static struct lab lab;
    double accuracy;
    (void)state;
    for (int still = 0; still < 2; still++) {
        lab_init(&lab);
        lab.options.schedule.rate = still ? 0 : 0.03;
        assert_int_equal(lab_fit(&lab), SL_OK);
        double loss = judge(&lab, &accuracy);
        const struct sl_epoch *last = &lab.points[lab.n - 1];
        assert_float_equal(last->validation_loss, loss, 1e-5);
        assert_float_equal(last->validation_accuracy, accuracy, 1e-12);
        assert_true(last->seconds > 0 && last->seconds >= lab.points[lab.n - 2].seconds);
        if (still) {
            assert_float_equal(last->train_loss, loss, 1e-5);
            assert_float_equal(last->train_accuracy, accuracy, 1e-12);
        }
        lab_release(&lab);
    }
}

/* A loss that stands still within tol divides the rate by 5 until 1e-6, and then ends the fit. */
static void the_adaptive_schedule_divides_and_ends(void **state)
{
    static struct lab lab;
    (void)state;
    lab_init(&lab);
    lab.options.schedule.kind = SL_RATE_ADAPTIVE;
    lab.options.epochs = EPOCHS_MAX;
    lab.options.n_iter_no_change = 2;
    lab.options.tol = 10; /* nothing is an improvement but the first epoch */
    assert_int_equal(lab_fit(&lab), SL_OK);
    assert_int_equal(lab.report.converged, 1);
    for (int e = 0; e < lab.n; e++) {
        int divided = e < 4 ? 0 : (e - 1) / 3; /* the 4th epoch is the third without improvement */
        assert_float_equal(lab.points[e].learning_rate / (0.03 / pow(5, divided)), 1, 1e-9);
    }
    assert_true(lab.points[lab.n - 1].learning_rate <= 1e-6);
    lab_release(&lab);
}

/* By the loss and by the accuracy: PATIENCE + 1 epochs without improvement end the fit, and the weights
 * before them are kept. */
static void early_stopping_keeps_the_best(void **state)
{
    enum { PATIENCE = 4 };
    static struct lab lab;
    (void)state;
    for (int monitor = SL_MONITOR_ACCURACY; monitor <= SL_MONITOR_LOSS; monitor++) {
        int kept = -1;
        lab_init(&lab);
        lab.options.epochs = EPOCHS_MAX;
        lab.options.early_stopping = 1;
        lab.options.monitor = monitor;
        lab.options.validation_fraction = 0.25;
        lab.options.n_iter_no_change = PATIENCE;
        assert_int_equal(lab_fit(&lab), SL_OK);
        assert_int_equal(lab.report.converged, 1);
        for (int e = 0; e < lab.n; e++)
            kept = is_kept(&lab, e) ? e : kept;
        assert_int_equal(kept, lab.n - 2 - PATIENCE);
        lab_release(&lab);
    }
}

/* Cancelled in the fifth epoch: the weights are those after the fourth, or with early stopping the best. */
static void a_cancelled_fit_keeps_a_whole_epoch(void **state)
{
    static struct lab lab;
    (void)state;
    for (int early = 0; early < 2; early++) {
        int kept = -1;
        lab_init(&lab);
        lab.cancel_at = 4;
        lab.options.early_stopping = early;
        lab.options.monitor = SL_MONITOR_LOSS;
        lab.options.validation_fraction = 0.25;
        assert_int_equal(lab_fit(&lab), SL_OK);
        assert_int_equal(lab.report.n_iter, 4);
        assert_int_equal(lab.report.converged, lab.options.n_iter_no_change > 0 ? 0 : -1);
        for (int e = 0; e < lab.n; e++)
            kept = is_kept(&lab, e) ? e : kept;
        assert_true(early ? kept >= 0 : kept == 3);
        lab_release(&lab);
    }
    lab_init(&lab);
    lab.cancel = 1;
    assert_int_equal(lab_fit(&lab), SL_ECANCELLED);
    lab_release(&lab);
}

/* The flag is of the kind that handlers of signals raise; that a thread may do so, too, is no race. */
__attribute__((no_sanitize("thread"))) static void *cancel_later(void *arg)
{
    struct lab *lab = arg;
    usleep(lab->cancel_after);
    lab->cancel = 1;
    return NULL;
}

/* Whenever the flag is raised, all threads end together: none waits for one that has left.  First layers that
 * threads share by rows, and one that they share by columns.  A fit may end before its flag is raised. */
static void a_fit_can_be_cancelled_at_any_moment(void **state)
{
    static const char *const nets[] = {"dense 256, relu, dense classes", "dense 20, noise .1, dense classes",
                                       "dense 600, relu, dense 600, relu, dense classes"};
    static struct lab lab;
    (void)state;
    for (useconds_t i = 0; i < 90; i++) {
        pthread_t thread;
        lab_init(&lab);
        lab.net = nets[i % 3];
        lab.threads = 4;
        lab.options.batch_size = 100;
        lab.options.epochs = EPOCHS_MAX;
        lab.cancel_after = 200 + 97 * i;
        assert_int_equal(pthread_create(&thread, NULL, cancel_later, &lab), 0);
        int code = lab_fit(&lab);
        assert_true(code == SL_OK || code == SL_ECANCELLED);
        pthread_join(thread, NULL);
        lab_release(&lab);
    }
}

/* One logistic output --------------------------------------------------------------------------------*/

/* Eight steps of MLPClassifier of scikit-learn 1.2.1 (float64) on all rows from the same weights, sin(i + 1)
 * / 2: hidden_layer_sizes=3, activation=tanh, solver=sgd, learning_rate_init=0.1, momentum=0.9, alpha=0.01.
 * Its loss_curve_, coefs_ and intercepts_, and predict_proba. */
static void a_logistic_output_learns_as_elsewhere(void **state)
{
    enum { ROWS = 6, STEPS = 8, PARAMS = 13 };
    static const float x[] = {.5f, -1, 1.5f, .25f, -.75f, .5f, 2, -.5f, -1.25f, -.25f, .25f, 1};
    static const int32_t y[] = {0, 1, 0, 1, 0, 1};
    static const uint32_t rows[] = {0, 1, 2, 3, 4, 5};
    static const uint8_t both[] = {1, 1};
    static const double losses[STEPS] = {0.786975763, 0.76972092, 0.748590195, 0.72644466,
                                         0.705193187, 0.68559009, 0.667317068, 0.649267423};
    static const double learnt[PARAMS] = {0.24832602,  0.06829106,  -0.34477193, -0.42280217, -0.57627723,
                                          -0.22119502, 0.35926865,  0.57764318,  0.18894974,  0.09083304,
                                          -0.21883755, -0.35825042, 0.25460284};
    static const double second[ROWS] = {0.5136722894410661, 0.581480253941881,   0.5208881578910963,
                                        0.5725779121955189, 0.48367111918001826, 0.5726495661209576};
    const struct sl_view view = {.dtype = SL_F32, .n = ROWS, .d = 2, .x = x, .y = y, .k = 2, .scale = 1};
    const struct sl_optimiser_options sgd = {.kind = SL_SGD, .momentum = 0.9, .nesterov = 1};
    float params[PARAMS], p[2 * ROWS];
    struct sl_net *net;
    struct sl_stepper *stepper;
    struct sl_predictor *predictor;
    struct sl_optimiser optimiser;
    (void)state;
    assert_int_equal(
        sl_net_new_logistic("dense 3, tanh, dense classes", (struct sl_shape){1, 1, 2}, &net, NULL), SL_OK);
    assert_int_equal(net->n_params, PARAMS);
    const struct sl_stepper_options training = {.batch = ROWS, .threads = 1};
    const struct sl_predictor_options judging = {.threads = 1};
    assert_int_equal(sl_stepper_new(net, &training, &stepper, NULL), SL_OK);
    assert_int_equal(sl_predictor_new(net, &judging, &predictor, NULL), SL_OK);
    assert_int_equal(sl_optimiser_init(&optimiser, &sgd, PARAMS, NULL), SL_OK);
    for (int i = 0; i < PARAMS; i++)
        params[i] = (float)(0.5 * sin(i + 1));
    for (int s = 0; s < STEPS; s++) {
        struct sl_loss_sum sum = {0};
        double squares = 0;
        sl_optimiser_begin(&optimiser, 0.1);
        const struct sl_step step = {.view = &view,
                                     .rows = rows,
                                     .n = ROWS,
                                     .present = both,
                                     .decay = 0.01f / ROWS,
                                     .optimiser = &optimiser};
        assert_int_equal(sl_stepper_run(stepper, &step, 1, params, NULL, &sum, &squares, NULL), SL_OK);
        assert_float_equal((sum.loss + 0.5 * 0.01 * squares) / ROWS, losses[s], 1e-6);
    }
    for (int i = 0; i < PARAMS; i++)
        assert_float_equal(params[i], learnt[i], 1e-6);
    assert_int_equal(sl_predict(predictor, params, &view, both, p, NULL), SL_OK);
    for (int i = 0; i < ROWS; i++) {
        assert_float_equal(p[2 * i + 1], second[i], 1e-6);
        assert_float_equal(p[2 * i], 1 - second[i], 1e-6);
    }
    sl_optimiser_release(&optimiser);
    sl_predictor_free(predictor);
    sl_stepper_free(stepper);
    sl_net_free(net);
}

/* 1 / (1 + exp(-z)) of each side, however small; a class without rows has none. */
static void the_logistic_function_keeps_small_numbers(void **state)
{
    static const float z[] = {0, 2, -50, 80, -200, 200, NAN};
    static const uint8_t both[] = {1, 1}, one[] = {1, 0}, other[] = {0, 1};
    float p[14];
    (void)state;
    sl_logistic(z, 7, both, p);
    for (int i = 0; i < 6; i++)
        for (int c = 0; c < 2; c++) {
            double exact = 1 / (1 + exp(c ? -(double)z[i] : (double)z[i]));
            assert_true(fabs((double)p[2 * i + c] - exact) <= 1e-6 * exact + 1e-38);
        }
    assert_true(isnan(p[12]) && isnan(p[13]));
    sl_logistic(z, 1, one, p);
    assert_true(p[0] == 1 && p[1] == 0);
    sl_logistic(z, 1, other, p);
    assert_true(p[0] == 0 && p[1] == 1);
}

/* MLPClassifier._init_coef: uniform within sqrt(6 / (fan_in + fan_out)), 2 with activation=logistic, the one
 * output among them. */
static void a_logistic_output_has_its_initial_bounds(void **state)
{
    static const char *const lines[] = {"dense 40, relu, dense classes", "dense 40, sigmoid, dense classes"};
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct sl_rng *rng = sl_rng_new(7, "bounds");
        struct sl_net *net;
        double bound[] = {sqrt((i ? 2.0 : 6.0) / (30 + 40)), sqrt((i ? 2.0 : 6.0) / (40 + 1))};
        double largest[2] = {0};
        assert_int_equal(sl_net_new_logistic(lines[i], (struct sl_shape){1, 1, 30}, &net, NULL), SL_OK);
        assert_int_equal(net->n_params, 31 * 40 + 41);
        float *params = sl_alloc(net->n_params, sizeof *params);
        sl_net_init(net, SL_INIT_SKLEARN, rng, params);
        for (size_t p = 0; p < net->n_params; p++)
            largest[p >= 31 * 40] = fmax(largest[p >= 31 * 40], fabs((double)params[p]));
        for (int l = 0; l < 2; l++)
            assert_true(largest[l] <= bound[l] && largest[l] > 0.9 * bound[l]);
        free(params);
        sl_net_free(net);
        sl_rng_free(rng);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schedules_follow_their_formulas),
        cmocka_unit_test(a_single_step_has_a_rate),
        cmocka_unit_test(smoothing_has_its_loss_and_slope),
        cmocka_unit_test(the_curve_has_the_rate),
        cmocka_unit_test(the_curve_measures_the_net),
        cmocka_unit_test(the_adaptive_schedule_divides_and_ends),
        cmocka_unit_test(early_stopping_keeps_the_best),
        cmocka_unit_test(a_cancelled_fit_keeps_a_whole_epoch),
        cmocka_unit_test(a_fit_can_be_cancelled_at_any_moment),
        cmocka_unit_test(a_logistic_output_learns_as_elsewhere),
        cmocka_unit_test(the_logistic_function_keeps_small_numbers),
        cmocka_unit_test(a_logistic_output_has_its_initial_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
