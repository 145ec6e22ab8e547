/* test_signals.c - a fit of a network that signals interrupt comes to the same model, bit for bit: their
 * handler runs on a stack of its own, as oneDNN's kernels have the stack pointer elsewhere. */
#include "core/signals.h"
#include "unit/check.h"
#include <pthread.h>
#include <shortlist/model.h>
#include <signal.h>
#include <unistd.h>

enum { N = 600, D = 784, K = 10 };

static volatile sig_atomic_t handled, ended;

static void on_signal(int number)
{
    (void)number;
    handled = 1;
}

static void *send_signals(void *to)
{
    while (!ended) {
        pthread_kill(*(pthread_t *)to, SIGUSR1);
        usleep(50);
    }
    return NULL;
}

static struct sl_dataset *make_images(void)
{
    static uint8_t x[N * D];
    static int32_t y[N];
    struct sl_dataset *data;
    for (size_t i = 0; i < N; i++) {
        y[i] = (int32_t)(i % K);
        for (size_t j = 0; j < D; j++)
            x[i * D + j] = (uint8_t)((i * 31 + j * 7 + (size_t)y[i] * 60 * (j / 28)) % 256);
    }
    const struct sl_view view = {
        .dtype = SL_U8, .n = N, .d = D, .x = x, .y = y, .k = K, .scale = 1, .image = {28, 28, 1}};
    assert_int_equal(sl_dataset_new(&view, "stripes", NULL, &data, NULL), SL_OK);
    return data;
}

static void fit(const char *name, const char *epochs, const struct sl_dataset *data, float *scores)
{
    const struct sl_fit_options options = {.scaling = SL_SCALE_MINMAX, .seed = 1, .threads = 2};
    const struct sl_classifier_type *type = sl_classifier_find(name, NULL);
    const struct sl_view view = sl_dataset_view(data);
    struct sl_error err = {0};
    struct sl_model *model;
    void *config = calloc(1, type->config_size);
    assert_non_null(config);
    sl_config_default(type->params, config);
    assert_int_equal(sl_config_set(type->params, config, epochs, "3", &err), SL_OK);
    if (sl_model_fit(type, config, data, NULL, &options, NULL, &model, &err))
        fail_msg("%s: %s", name, err.text);
    assert_int_equal(sl_model_scores(model, &view, 2, scores, &err), SL_OK);
    sl_model_free(model);
    free(config);
}

static void signals_change_nothing(void **state)
{
    static const char *const nets[][2] = {{"mlp", "max_iter"}, {"cnn", "epochs"}};
    static float undisturbed[2][N * K], disturbed[N * K];
    struct sl_dataset *data = make_images();
    pthread_t self = pthread_self(), sender;
    (void)state;
    for (int i = 0; i < 2; i++)
        fit(nets[i][0], nets[i][1], data, undisturbed[i]);
    sl_handle_signal(SIGUSR1, on_signal);
    assert_int_equal(pthread_create(&sender, NULL, send_signals, &self), 0);
    for (int i = 0; i < 2; i++) {
        fit(nets[i][0], nets[i][1], data, disturbed);
        assert_memory_equal(disturbed, undisturbed[i], sizeof disturbed);
    }
    ended = 1;
    pthread_join(sender, NULL);
    assert_true(handled);
    sl_dataset_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(signals_change_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
