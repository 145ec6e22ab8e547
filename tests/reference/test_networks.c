/* test_networks.c - mlp and cnn as classifiers: they learn what a line cannot separate, the same weights
 * whatever the number of threads, stop as they say, report divergence, and survive broken records. */
#include "core/memory.h"
#include "nn/train/train.h"
#include <math.h>
#include <setjmp.h>
#include <shortlist/classifier.h>
#include <shortlist/model.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

struct problem {
    struct sl_view view;
    void *x;
    int32_t *y;
};

static void release(struct problem *p)
{
    free(p->x);
    free(p->y);
}

/* Two spirals of one turn each, in the plane. */
static struct problem spirals(size_t n)
{
    struct problem p;
    struct sl_rng *rng = sl_rng_new(1, "spirals");
    float *x = p.x = sl_alloc(2 * n, sizeof *x);
    p.y = sl_alloc(n, sizeof *p.y);
    for (size_t i = 0; i < n; i++) {
        double turn = sl_rng_uniform(rng), angle = 2 * M_PI * turn + (i % 2 ? M_PI : 0);
        p.y[i] = i % 2;
        x[2 * i] = (float)((0.2 + turn) * cos(angle) + 0.02 * sl_rng_normal(rng));
        x[2 * i + 1] = (float)((0.2 + turn) * sin(angle) + 0.02 * sl_rng_normal(rng));
    }
    sl_rng_free(rng);
    p.view = (struct sl_view){.dtype = SL_F32, .n = n, .d = 2, .x = x, .y = p.y, .k = 2, .scale = 1};
    return p;
}

/* Byte images of a bar that is upright, lies, or leans, anywhere in the image: no pixel alone tells. */
static struct problem bars(size_t n, int k)
{
    enum { SIDE = 12, LENGTH = 6 };
    static const int step[3][2] = {{1, 0}, {0, 1}, {1, 1}};
    struct problem p;
    struct sl_rng *rng = sl_rng_new(2, "bars");
    uint8_t *x = p.x = sl_alloc_zero(n * SIDE * SIDE, 1);
    p.y = sl_alloc(n, sizeof *p.y);
    for (size_t i = 0; i < n; i++) {
        int kind = p.y[i] = (int32_t)(i % 3);
        size_t h = sl_rng_below(rng, SIDE - LENGTH), w = sl_rng_below(rng, SIDE - LENGTH);
        for (size_t j = 0; j < SIDE * SIDE; j++)
            x[i * SIDE * SIDE + j] = (uint8_t)sl_rng_below(rng, 60);
        for (size_t j = 0; j < LENGTH; j++)
            x[i * SIDE * SIDE + (h + j * (size_t)step[kind][0]) * SIDE + w + j * (size_t)step[kind][1]] = 255;
    }
    sl_rng_free(rng);
    p.view = (struct sl_view){.dtype = SL_U8,
                              .n = n,
                              .d = SIDE * SIDE,
                              .x = x,
                              .y = p.y,
                              .k = k,
                              .scale = 1.0f / 255,
                              .image = {SIDE, SIDE, 1}};
    return p;
}

/* A classifier with some hyperparameters set, and how a fit went. */
struct trial {
    const struct sl_classifier_type *type;
    void *config, *model;
    struct sl_fit_report report;
    struct sl_error err;
};

static struct trial configure(const char *name, const char *const *settings)
{
    struct trial t = {.type = sl_classifier_find(name, NULL)};
    assert_non_null(t.type);
    t.config = sl_alloc_zero(1, t.type->config_size);
    sl_config_default(t.type->params, t.config);
    for (; settings && *settings; settings += 2)
        if (sl_config_set(t.type->params, t.config, settings[0], settings[1], &t.err))
            fail_msg("%s", t.err.text);
    return t;
}

static int run(struct trial *t, const struct sl_view *train, int threads, uint64_t seed,
               int (*on_epoch)(void *, const struct sl_epoch *), void *arg)
{
    struct sl_rng *rng = sl_rng_new(seed, "trial");
    const struct sl_fit fit = {
        .train = train,
        .config = t->config,
        .rng = rng,
        .threads = threads,
        .on_epoch = on_epoch,
        .arg = arg,
        .report = &t->report,
    };
    t->report = (struct sl_fit_report){.n_iter = -1, .converged = -1, .objective = NAN};
    int code = t->type->fit(&fit, &t->model, &t->err);
    sl_rng_free(rng);
    return code;
}

static void finish(struct trial *t)
{
    t->type->free(t->model);
    free(t->config);
}

static double accuracy(const struct trial *t, const struct sl_view *view)
{
    int32_t *labels = sl_alloc(view->n, sizeof *labels);
    size_t right = 0;
    assert_int_equal(t->type->predict(t->model, view, 2, labels, NULL), SL_OK);
    for (size_t i = 0; i < view->n; i++)
        right += labels[i] == view->y[i];
    free(labels);
    return (double)right / (double)view->n;
}

#define SETTINGS(...) ((const char *const[]){__VA_ARGS__, NULL})
static const char *const *const small_mlps[] = {
    SETTINGS("hidden_layer_sizes", "40,40", "learning_rate_init", "0.01", "max_iter", "300", "batch_size",
             "50"),
    SETTINGS("hidden_layer_sizes", "40,40", "learning_rate_init", "0.01", "max_iter", "300", "batch_size",
             "50", "activation", "tanh"),
    SETTINGS("hidden_layer_sizes", "40,40", "learning_rate_init", "0.2", "max_iter", "400", "batch_size",
             "20", "solver", "sgd"),
    SETTINGS("hidden_layer_sizes", "60,60", "learning_rate_init", "0.01", "max_iter", "300", "batch_size",
             "50", "dropout", "0.05"),
};
static const char *const small_net[] = {"net",
                                        "conv 6 3x3, relu, maxpool 2, dropout .1, conv 8 3x3, relu, flatten, "
                                        "dense 16, relu, dense classes",
                                        "epochs",
                                        "12",
                                        "learning_rate_init",
                                        "0.005",
                                        NULL};

static void mlp_learns_two_spirals(void **state)
{
    struct problem p = spirals(600);
    (void)state;
    for (size_t i = 0; i < sizeof small_mlps / sizeof *small_mlps; i++) {
        struct trial t = configure("mlp", small_mlps[i]);
        assert_int_equal(run(&t, &p.view, 2, 1, NULL, NULL), SL_OK);
        double share = accuracy(&t, &p.view);
        if (share < 0.97) /* a line separates about two thirds */
            fail_msg("settings %zu: accuracy %g", i, share);
        finish(&t);
    }
    release(&p);
}

static void cnn_learns_bars_wherever_they_lie(void **state)
{
    struct problem p = bars(900, 3), unseen = p;
    struct sl_view train = p.view;
    struct trial t = configure("cnn", small_net);
    (void)state;
    train.n = 600;
    unseen.view.n = 300;
    unseen.view.x = (const uint8_t *)p.view.x + 600 * p.view.d;
    unseen.view.y = p.view.y + 600;
    assert_int_equal(run(&t, &train, 2, 1, NULL, NULL), SL_OK);
    assert_true(accuracy(&t, &unseen.view) > 0.97);
    finish(&t);
    release(&p);
}

static void threads_do_not_change_a_weight(void **state)
{
    struct problem lines = spirals(130), images = bars(150, 3);
    (void)state;
    for (int net = 0; net < 2; net++) {
        struct sl_writer saved[3] = {{0}};
        for (int i = 0; i < 3; i++) {
            struct trial t = configure(net ? "cnn" : "mlp", net ? small_net : small_mlps[3]);
            assert_int_equal(run(&t, net ? &images.view : &lines.view, i + 1, 5, NULL, NULL), SL_OK);
            t.type->save(t.model, &saved[i]);
            finish(&t);
        }
        for (int i = 1; i < 3; i++) {
            assert_int_equal(saved[i].size, saved[0].size);
            assert_memory_equal(saved[i].bytes, saved[0].bytes, saved[0].size);
        }
        for (int i = 0; i < 3; i++)
            sl_writer_release(&saved[i]);
    }
    release(&lines);
    release(&images);
}

static void another_seed_gives_other_weights(void **state)
{
    struct problem p = spirals(60);
    struct sl_writer saved[2] = {{0}};
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct trial t = configure("mlp", SETTINGS("max_iter", "3"));
        assert_int_equal(run(&t, &p.view, 1, (uint64_t)i, NULL, NULL), SL_OK);
        t.type->save(t.model, &saved[i]);
        finish(&t);
    }
    assert_memory_not_equal(saved[0].bytes, saved[1].bytes, saved[0].size);
    sl_writer_release(&saved[0]);
    sl_writer_release(&saved[1]);
    release(&p);
}

static void divergence_is_reported(void **state)
{
    struct problem lines = spirals(100), images = bars(60, 3);
    (void)state;
    for (int net = 0; net < 2; net++) {
        struct trial t = net ? configure("cnn", SETTINGS("net", small_net[1], "optimizer", "sgd",
                                                         "learning_rate_init", "1e30", "epochs", "20"))
                             : configure("mlp", SETTINGS("solver", "sgd", "learning_rate_init", "1e30"));
        assert_int_equal(run(&t, net ? &images.view : &lines.view, 1, 1, NULL, NULL), SL_EDIVERGED);
        assert_non_null(strstr(t.err.text, "is not finite"));
        assert_null(t.model);
        finish(&t);
    }
    release(&lines);
    release(&images);
}

/* The weights after every epoch. */
struct history {
    struct sl_network *network;
    struct sl_writer epochs[200];
    int n, stop_at;
};

static int keep_weights(void *arg, const struct sl_epoch *point)
{
    struct history *h = arg;
    assert_int_equal(point->epoch, h->n + 1);
    assert_true(point->seconds >= 0 && isfinite(point->train_loss) && isnan(point->validation_loss));
    sl_network_save(h->network, &h->epochs[h->n++]);
    return h->n == h->stop_at;
}

static void early_stopping_keeps_the_best_weights(void **state)
{
    enum { PATIENCE = 3 };
    struct problem p = spirals(400);
    struct history h = {0};
    struct sl_writer last = {0};
    struct sl_fit_report report = {.n_iter = -1, .converged = -1, .objective = NAN};
    struct sl_rng *rng = sl_rng_new(1, "early");
    const struct sl_train_options options = {
        .optimiser = {.kind = SL_ADAM, .beta_1 = 0.9, .beta_2 = 0.999, .epsilon = 1e-8},
        .batch_size = 20,
        .epochs = 200,
        .shuffle = 1,
        .schedule = {.rate = 0.03}, /* too large: the accuracy goes up and down */
        .n_iter_no_change = PATIENCE,
        .early_stopping = 1,
        .validation_fraction = 0.2,
    };
    const struct sl_fit fit = {
        .train = &p.view, .rng = rng, .threads = 1, .on_epoch = keep_weights, .arg = &h, .report = &report};
    (void)state;
    assert_int_equal(
        sl_network_new("dense 20, relu, dense classes", (struct sl_shape){1, 1, 2}, 2, &h.network, NULL),
        SL_OK);
    assert_int_equal(sl_network_train(h.network, &fit, &options, NULL), SL_OK);
    assert_int_equal(report.n_iter, h.n);
    assert_int_equal(report.converged, 1);
    assert_true(h.n < 200 && h.n > PATIENCE + 1);
    sl_network_save(h.network, &last);
    int kept = -1;
    for (int e = 0; e < h.n; e++)
        if (memcmp(h.epochs[e].bytes, last.bytes, last.size) == 0)
            kept = e + 1;
    assert_in_range(kept, 1, h.n - PATIENCE - 1);
    for (int e = 0; e < h.n; e++)
        sl_writer_release(&h.epochs[e]);
    sl_writer_release(&last);
    sl_network_free(h.network);
    sl_rng_free(rng);
    release(&p);
}

/* Each call takes 10 ms, which are not the fit's. */
static int stop_after_two(void *arg, const struct sl_epoch *point)
{
    const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
    nanosleep(&pause, NULL);
    *(int *)arg = point->epoch;
    return point->epoch == 2;
}

static void the_caller_can_stop_after_an_epoch(void **state)
{
    struct problem p = spirals(100);
    struct trial t = configure("mlp", NULL);
    int last = 0;
    (void)state;
    assert_int_equal(run(&t, &p.view, 1, 1, stop_after_two, &last), SL_OK);
    assert_int_equal(last, 2);
    assert_int_equal(t.report.n_iter, 2);
    assert_int_equal(t.report.converged, 0);
    assert_true(t.report.aside >= 0.02);
    assert_true(t.report.aside_cpu >= 0 && isfinite(t.report.aside_cpu));
    assert_non_null(t.model);
    finish(&t);
    release(&p);
}

static void a_raised_flag_cancels(void **state)
{
    struct problem p = spirals(100);
    struct trial t = configure("mlp", NULL);
    volatile sig_atomic_t flag = 1;
    struct sl_rng *rng = sl_rng_new(1, "cancel");
    const struct sl_fit fit = {
        .train = &p.view, .config = t.config, .rng = rng, .threads = 1, .cancel = &flag, .report = &t.report};
    (void)state;
    assert_int_equal(t.type->fit(&fit, &t.model, &t.err), SL_ECANCELLED);
    assert_null(t.model);
    sl_rng_free(rng);
    finish(&t);
    release(&p);
}

/* Class 1 of 4 has a name but no rows, nor has class 3. */
static void a_class_without_rows_is_never_predicted(void **state)
{
    struct problem p = bars(60, 5);
    float scores[60 * 5];
    int32_t labels[60];
    (void)state;
    for (size_t i = 0; i < 60; i++)
        p.y[i] = p.y[i] == 1 ? 2 : p.y[i];
    struct trial t = configure("cnn", SETTINGS("net", small_net[1], "epochs", "2"));
    assert_int_equal(run(&t, &p.view, 2, 1, NULL, NULL), SL_OK);
    assert_int_equal(t.type->scores(t.model, &p.view, 2, scores, NULL), SL_OK);
    assert_int_equal(t.type->predict(t.model, &p.view, 2, labels, NULL), SL_OK);
    for (size_t i = 0; i < 60; i++) {
        float sum = 0;
        for (size_t c = 0; c < 5; c++)
            sum += scores[i * 5 + c];
        assert_true(labels[i] == 0 || labels[i] == 2);
        assert_true(scores[i * 5 + 1] == 0 && scores[i * 5 + 3] == 0 && scores[i * 5 + 4] == 0);
        assert_float_equal(sum, 1, 1e-5);
    }
    finish(&t);
    release(&p);
}

static void a_row_does_not_depend_on_the_others(void **state)
{
    struct problem lines = spirals(150), images = bars(150, 3);
    (void)state;
    for (int net = 0; net < 2; net++) {
        struct problem *p = net ? &images : &lines;
        size_t k = (size_t)p->view.k, row = p->view.d * (p->view.dtype == SL_U8 ? 1 : sizeof(float));
        struct trial t = configure(net ? "cnn" : "mlp", net ? SETTINGS("net", small_net[1], "epochs", "1")
                                                            : SETTINGS("max_iter", "5"));
        float all[150 * 3], one[3];
        assert_int_equal(run(&t, &p->view, 2, 1, NULL, NULL), SL_OK);
        assert_int_equal(t.type->scores(t.model, &p->view, 2, all, NULL), SL_OK);
        for (size_t i = 0; i < p->view.n; i += 7) {
            struct sl_view single = p->view;
            single.n = 1;
            single.x = (const char *)p->view.x + i * row;
            assert_int_equal(t.type->scores(t.model, &single, 1, one, NULL), SL_OK);
            assert_memory_equal(one, all + i * k, k * sizeof *one);
        }
        finish(&t);
    }
    release(&lines);
    release(&images);
}

static void a_broken_record_is_refused(void **state)
{
    struct problem p = bars(30, 3);
    struct trial t =
        configure("cnn", SETTINGS("net", "conv 2 3x3, relu, flatten, dense classes", "epochs", "1"));
    struct sl_writer w = {0};
    struct sl_view like = p.view;
    void *model;
    (void)state;
    assert_int_equal(run(&t, &p.view, 1, 1, NULL, NULL), SL_OK);
    t.type->save(t.model, &w);
    for (size_t size = 0; size <= w.size; size++) {
        struct sl_reader r = {.bytes = w.bytes, .size = size};
        int code = t.type->load(&r, &like, t.config, &model, NULL);
        assert_int_equal(code, size < w.size ? SL_EDATA : SL_OK);
        assert_true((model != NULL) == (code == SL_OK));
        t.type->free(model);
    }
    for (size_t at = 0; at < 3 + 8; at++) { /* classes that had rows, and the count */
        unsigned char kept = w.bytes[at];
        struct sl_reader r = {.bytes = w.bytes, .size = w.size};
        w.bytes[at] = 0x7f;
        assert_int_equal(t.type->load(&r, &like, t.config, &model, NULL), SL_EDATA);
        assert_null(model);
        w.bytes[at] = kept;
    }
    memset(w.bytes + w.size - 4, 0xff, 4); /* a parameter that is no number */
    struct sl_reader r = {.bytes = w.bytes, .size = w.size};
    assert_int_equal(t.type->load(&r, &like, t.config, &model, NULL), SL_EDATA);
    sl_writer_release(&w);
    finish(&t);
    release(&p);
}

/* mlp-two-outputs.slm was saved before binary_output was there: its two classes have two softmax outputs.
 * What the program of then predicted. */
static void a_model_without_binary_output_is_read(void **state)
{
    static const float x[] = {.029f, .325f, .877f, -.753f, .648f, .288f, 2.293f, -1.62f, .047f, -.494f};
    static const double first[] = {0.290863, 0.21921, 0.25387, 0.142889, 0.270002};
    const struct sl_view view = {.dtype = SL_F32, .n = 5, .d = 2, .x = x, .k = 2, .scale = 1};
    struct sl_model *model;
    struct sl_error err = {0};
    float scores[10];
    int32_t labels[5];
    (void)state;
    if (sl_model_load(SL_SAMPLES "/mlp-two-outputs.slm", &model, &err) ||
        sl_model_scores(model, &view, 1, scores, &err) || sl_model_predict(model, &view, 1, labels, &err))
        fail_msg("%s", err.text);
    for (int i = 0; i < 5; i++) {
        assert_float_equal(scores[2 * i], first[i], 1e-6);
        assert_float_equal(scores[2 * i + 1], 1 - first[i], 1e-6);
        assert_int_equal(labels[i], 1);
    }
    sl_model_free(model);
}

/* The record of a fitted mlp, whose probabilities add up to 1. */
static struct sl_writer fitted_record(const struct sl_view *view, const char *output)
{
    struct trial t = configure("mlp", SETTINGS("max_iter", "3", "binary_output", output));
    struct sl_writer w = {0};
    float scores[60 * 3];
    assert_int_equal(run(&t, view, 2, 1, NULL, NULL), SL_OK);
    assert_int_equal(t.type->scores(t.model, view, 1, scores, NULL), SL_OK);
    for (size_t i = 0; i < view->n; i++) {
        float sum = 0;
        for (int c = 0; c < view->k; c++)
            sum += scores[i * (size_t)view->k + (size_t)c];
        assert_float_equal(sum, 1, 1e-6);
    }
    t.type->save(t.model, &w);
    finish(&t);
    return w;
}

/* Of two classes there is an output less than with softmax: 100 weights and a bias.  Of three both are one.
 */
static void two_classes_have_one_output(void **state)
{
    struct problem p = spirals(60), q = bars(60, 3);
    struct sl_writer pair[] = {fitted_record(&p.view, "logistic"), fitted_record(&p.view, "softmax")};
    struct sl_writer three[] = {fitted_record(&q.view, "logistic"), fitted_record(&q.view, "softmax")};
    (void)state;
    assert_int_equal(pair[1].size - pair[0].size, 101 * sizeof(float));
    assert_int_equal(three[0].size, three[1].size);
    assert_memory_equal(three[0].bytes, three[1].bytes, three[0].size);
    for (int i = 0; i < 2; i++) {
        sl_writer_release(&pair[i]);
        sl_writer_release(&three[i]);
    }
    release(&p);
    release(&q);
}

/* A class of the two has no rows: the other has all. */
static void one_class_of_two_has_all(void **state)
{
    struct problem p = spirals(40);
    float scores[80];
    (void)state;
    for (int only = 0; only < 2; only++) {
        struct trial t = configure("mlp", SETTINGS("max_iter", "3"));
        for (size_t i = 0; i < 40; i++)
            p.y[i] = only;
        assert_int_equal(run(&t, &p.view, 1, 1, NULL, NULL), SL_OK);
        assert_int_equal(t.type->scores(t.model, &p.view, 1, scores, NULL), SL_OK);
        assert_true(accuracy(&t, &p.view) == 1);
        for (size_t i = 0; i < 40; i++)
            assert_true(scores[2 * i + (size_t)only] == 1 && scores[2 * i + (size_t)!only] == 0);
        finish(&t);
    }
    release(&p);
}

/* A negative variance, or weights whose products overflow, though each number is finite. */
static void weights_that_no_fit_gives_are_refused(void **state)
{
    struct problem p = bars(30, 3);
    struct trial t =
        configure("cnn", SETTINGS("net", "batchnorm, flatten, dense 4, relu, dense classes", "epochs", "1"));
    struct sl_writer w = {0};
    void *model;
    (void)state;
    assert_int_equal(run(&t, &p.view, 1, 1, NULL, NULL), SL_OK);
    t.type->save(t.model, &w);
    for (int i = 0; i < 2; i++) {
        static const float numbers[] = {-1e-7f, 3e38f};
        static const size_t places[] = {3, 4}; /* the one channel's variance, the first weight */
        unsigned char *at = w.bytes + 3 + 8 + places[i] * sizeof(float), kept[sizeof(float)];
        struct sl_reader r = {.bytes = w.bytes, .size = w.size};
        memcpy(kept, at, sizeof kept);
        memcpy(at, &numbers[i], sizeof kept);
        assert_int_equal(t.type->load(&r, &p.view, t.config, &model, NULL), SL_EDATA);
        assert_null(model);
        memcpy(at, kept, sizeof kept);
    }
    struct sl_reader r = {.bytes = w.bytes, .size = w.size};
    assert_int_equal(t.type->load(&r, &p.view, t.config, &model, NULL), SL_OK);
    t.type->free(model);
    sl_writer_release(&w);
    finish(&t);
    release(&p);
}

static void check_names_what_is_wrong(void **state)
{
    struct problem p = bars(30, 3);
    struct trial t = configure("cnn", SETTINGS("net", "conv 2 3x3, rellu"));
    struct trial wide = configure("mlp", SETTINGS("hidden_layer_sizes", "60000,60000"));
    (void)state;
    assert_int_equal(t.type->check(t.config, &p.view, &t.err), SL_EUSAGE);
    assert_non_null(strstr(t.err.text, "character 13 ('rellu')"));
    assert_int_equal(wide.type->check(wide.config, &p.view, &wide.err), SL_EUSAGE);
    assert_non_null(strstr(wide.err.text, "hidden_layer_sizes"));
    finish(&t);
    t = configure("cnn", SETTINGS("optimizer", "adamw", "alpha", "0.1"));
    assert_int_equal(t.type->check(t.config, &p.view, &t.err), SL_EUSAGE);
    assert_non_null(strstr(t.err.text, "weight_decay"));
    finish(&t);
    finish(&wide);
    release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mlp_learns_two_spirals),
        cmocka_unit_test(cnn_learns_bars_wherever_they_lie),
        cmocka_unit_test(threads_do_not_change_a_weight),
        cmocka_unit_test(another_seed_gives_other_weights),
        cmocka_unit_test(divergence_is_reported),
        cmocka_unit_test(early_stopping_keeps_the_best_weights),
        cmocka_unit_test(the_caller_can_stop_after_an_epoch),
        cmocka_unit_test(a_raised_flag_cancels),
        cmocka_unit_test(a_class_without_rows_is_never_predicted),
        cmocka_unit_test(a_row_does_not_depend_on_the_others),
        cmocka_unit_test(a_broken_record_is_refused),
        cmocka_unit_test(a_model_without_binary_output_is_read),
        cmocka_unit_test(two_classes_have_one_output),
        cmocka_unit_test(one_class_of_two_has_all),
        cmocka_unit_test(weights_that_no_fit_gives_are_refused),
        cmocka_unit_test(check_names_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
