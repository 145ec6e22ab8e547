/* test_states.c - a fit that goes on from one of fewer epochs is, to the last bit, one that was never
 * interrupted: its scores, report and curve. */
#include "config_fixture.h"
#include "core/memory.h"
#include "model/model.h"
#include <math.h>
#include <setjmp.h>
#include <shortlist/shortlist.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { SIDE = 8, D = SIDE * SIDE, N = 130, K = 3, MOST = 16 };

static struct sl_dataset *images(void)
{
    struct sl_rng *rng = sl_rng_new(5, "images");
    static uint8_t x[N * D];
    static int32_t y[N];
    struct sl_dataset *data;
    struct sl_error err;
    for (size_t i = 0; i < N; i++) {
        y[i] = (int32_t)(i % K);
        for (size_t t = 0; t < D; t++) {
            const double v = 70 * (double)((y[i] + (int)(t / SIDE)) % K) + 70 * sl_rng_normal(rng);
            x[i * D + t] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
        }
    }
    const struct sl_view view = {
        .dtype = SL_U8, .n = N, .d = D, .x = x, .y = y, .k = K, .scale = 1, .image = {SIDE, SIDE, 1}};
    assert_int_equal(sl_dataset_new(&view, "images", NULL, &data, &err), SL_OK);
    sl_rng_free(rng);
    return data;
}

/* What a fit came to. */
struct came {
    int code;
    struct sl_fit_report report;
    struct sl_epoch curve[MOST];
    size_t n_curve;
    float scores[N * K];
};

static int add_point(void *arg, const struct sl_epoch *point)
{
    struct came *came = arg;
    assert_true(came->n_curve < MOST);
    came->curve[came->n_curve++] = *point;
    return 0;
}

static void fit(const char *name, const char *settings, const char *epochs, const struct sl_fit_state *state,
                struct came *came)
{
    const struct sl_classifier_type *type = sl_classifier_find(name, NULL);
    struct sl_dataset *data = images();
    struct sl_model *model = NULL;
    struct sl_error err = {0};
    char all[256];
    snprintf(all, sizeof all, "%s %s", settings, epochs);
    void *config = config_of(type, all);
    const struct sl_fit_options options = {.scaling = SL_SCALE_MINMAX,
                                           .seed = 3,
                                           .key = "stream",
                                           .threads = 2,
                                           .on_epoch = add_point,
                                           .arg = came,
                                           .state = state};
    *came = (struct came){0};
    came->code = sl_model_fit(type, config, data, data, &options, &came->report, &model, &err);
    const struct sl_view rows = sl_dataset_view(data);
    if (!came->code)
        assert_int_equal(sl_model_scores(model, &rows, 2, came->scores, &err), SL_OK);
    sl_model_free(model);
    free(config);
    sl_dataset_free(data);
}

static void assert_same(const struct came *a, const struct came *b)
{
    assert_int_equal(a->code, SL_OK);
    assert_int_equal(b->code, SL_OK);
    assert_int_equal(a->report.n_iter, b->report.n_iter);
    assert_int_equal(a->report.converged, b->report.converged);
    assert_true(a->report.objective == b->report.objective);
    assert_memory_equal(a->scores, b->scores, sizeof a->scores);
    assert_int_equal(a->n_curve, b->n_curve);
    for (size_t i = 0; i < a->n_curve; i++) {
        assert_int_equal(a->curve[i].epoch, b->curve[i].epoch);
        assert_int_equal(a->curve[i].epochs, b->curve[i].epochs);
        assert_true(a->curve[i].train_loss == b->curve[i].train_loss);
        assert_true(a->curve[i].validation_loss == b->curve[i].validation_loss);
        assert_true(i == 0 || b->curve[i].seconds >= b->curve[i - 1].seconds);
    }
}

static struct sl_fit_state from(const struct sl_writer *kept, struct sl_writer *next)
{
    return (struct sl_fit_state){kept->bytes, kept->size, next};
}

/* In three parts, and at once. */
static void goes_on(const char *name, const char *settings, const char *const epochs[3])
{
    struct sl_writer first = {0}, second = {0};
    const struct sl_fit_state begin = {.kept = &first};
    struct came once, parts;
    fit(name, settings, epochs[2], NULL, &once);
    fit(name, settings, epochs[0], &begin, &parts);
    assert_true(first.size > 0);
    const struct sl_fit_state middle = from(&first, &second), end = from(&second, NULL);
    fit(name, settings, epochs[1], &middle, &parts);
    fit(name, settings, epochs[2], &end, &parts);
    assert_same(&once, &parts);
    sl_writer_release(&first);
    sl_writer_release(&second);
}

static const char *const iterations[] = {"max_iter=1", "max_iter=4", "max_iter=11"};

static void test_mlp(void **state)
{
    (void)state;
    goes_on("mlp", "hidden_layer_sizes=7 batch_size=32", iterations);
    goes_on("mlp", "hidden_layer_sizes=[6,5] batch_size=50 dropout=0.3 class_weight=balanced", iterations);
    goes_on("mlp", "hidden_layer_sizes=7 solver=sgd learning_rate=invscaling power_t=0.4", iterations);
    goes_on("mlp", "hidden_layer_sizes=7 solver=sgd momentum=0 shuffle=false", iterations);
}

/* Rules that stop a fit, or make its steps smaller, before a part's end and after it. */
static void test_rules(void **state)
{
    (void)state;
    goes_on("mlp", "hidden_layer_sizes=7 early_stopping=true n_iter_no_change=3", iterations);
    goes_on("mlp", "hidden_layer_sizes=7 tol=0.5 n_iter_no_change=1", iterations);
    goes_on("mlp", "hidden_layer_sizes=7 tol=0.5 n_iter_no_change=1 solver=sgd learning_rate=adaptive",
            iterations);
}

static void test_cnn(void **state)
{
    static const char *const epochs[] = {"epochs=1", "epochs=2", "epochs=4"};
    (void)state;
    goes_on("cnn", "net=mini-resnet blocks=1 batch_size=32", epochs);
    goes_on("cnn", "net=cnn1 batch_size=32 ema_decay=0.9 shift=1 flip=0.5", epochs);
}

/* Where an epoch depends on how many there will be nothing is kept, and nothing gone on from, not even the
 * state of a training that is the same but for that. */
static void test_apart(void **state)
{
    static const char *const settings[] = {"net=cnn1 prune_ratio=0.6", "net=cnn1 learning_rate=one_cycle",
                                           "net=cnn1 learning_rate=cosine"};
    (void)state;
    struct sl_writer constant = {0};
    const struct sl_fit_state keep = {.kept = &constant};
    struct came came;
    fit("cnn", "net=cnn1", "epochs=1", &keep, &came);
    const struct sl_fit_state other = from(&constant, NULL);
    fit("cnn", "net=cnn1", "epochs=2", &other, &came);
    assert_int_equal(came.code, SL_OK);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        struct sl_writer kept = {0};
        const struct sl_fit_state begin = {.kept = &kept};
        fit("cnn", settings[i], "epochs=1", &begin, &came);
        assert_int_equal(came.code, SL_OK);
        assert_int_equal(kept.size, 0);
        fit("cnn", settings[i], "epochs=2", &other, &came);
        assert_int_equal(came.code, SL_EDATA);
        sl_writer_release(&kept);
    }
    sl_writer_release(&constant);
}

/* Of another training, of more epochs than are wanted, cut short: told, and never gone on from. */
static void test_others(void **state)
{
    struct sl_writer kept = {0};
    const struct sl_fit_state begin = {.kept = &kept};
    struct came came;
    (void)state;
    fit("mlp", "hidden_layer_sizes=7", "max_iter=4", &begin, &came);
    struct sl_fit_state whole = from(&kept, NULL);
    fit("mlp", "hidden_layer_sizes=7", "max_iter=3", &whole, &came);
    assert_int_equal(came.code, SL_EDATA);
    fit("mlp", "hidden_layer_sizes=8", "max_iter=5", &whole, &came);
    assert_int_equal(came.code, SL_EDATA);
    fit("mlp", "hidden_layer_sizes=7 solver=sgd", "max_iter=5", &whole, &came);
    assert_int_equal(came.code, SL_EDATA);
    for (size_t size = 0; size < kept.size; size += 1 + kept.size / 50) {
        unsigned char *cut = sl_alloc(size ? size : 1, 1);
        memcpy(cut, kept.bytes, size);
        const struct sl_fit_state less = {cut, size, NULL};
        fit("mlp", "hidden_layer_sizes=7", "max_iter=5", &less, &came);
        assert_int_equal(came.code, SL_EDATA);
        free(cut);
    }
    sl_writer_release(&kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mlp),   cmocka_unit_test(test_rules),  cmocka_unit_test(test_cnn),
        cmocka_unit_test(test_apart), cmocka_unit_test(test_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
