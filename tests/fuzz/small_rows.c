/* small_rows.c - the rows, and short fits of them. */
#include "small_rows.h"
#include "fuzz.h"
#include <shortlist/model.h>
#include <stdlib.h>
#include <string.h>

enum { N = 36, D = 36 };

static uint8_t images[N * D];
static float floats[N * D];
static int32_t labels[N];
static uint32_t columns[N * D];
static size_t starts[N + 1];

static void fill(void)
{
    for (size_t i = 0; i < N; i++) {
        labels[i] = (int32_t)(i % 3);
        starts[i + 1] = (i + 1) * D;
        for (size_t j = 0; j < D; j++) {
            images[i * D + j] = (uint8_t)(j % 3 == i % 3 ? 200 + (7 * i + j) % 50 : (5 * i + 3 * j) % 30);
            floats[i * D + j] = (float)images[i * D + j] / 64;
            columns[i * D + j] = (uint32_t)j;
        }
    }
}

struct sl_dataset *small_rows(enum sl_dtype dtype)
{
    const struct sl_csr csr = {starts, columns, floats};
    struct sl_view view = {.dtype = dtype, .n = N, .d = D, .y = labels, .k = 3, .scale = 1};
    struct sl_dataset *data = NULL;
    struct sl_error err = {0};
    fill();
    view.x = dtype == SL_U8    ? (const void *)images
             : dtype == SL_F32 ? (const void *)floats
                               : (const void *)&csr;
    if (dtype == SL_U8)
        view.image = (struct sl_image){6, 6, 1};
    FUZZ_MUST(!sl_dataset_new(&view, "made", NULL, &data, &err));
    return data;
}

/* Names that many types share; one that a type does not have is passed over. */
void *small_config(const struct sl_classifier_type *type, const char *const *sets)
{
    static const char *const small[][2] = {
        {"max_iter", "3"},           {"epochs", "1"},
        {"n_estimators", "3"},       {"reg_param", "0.1"},
        {"hidden_layer_sizes", "4"}, {"net", "conv 2 3x3, relu, maxpool 2, flatten, dense classes"}};
    struct sl_error err = {0};
    void *config = calloc(1, type->config_size + 1);
    FUZZ_MUST(config);
    sl_config_default(type->params, config);
    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        if (sl_param_find(type->params, small[i][0], NULL))
            (void)sl_config_set(type->params, config, small[i][0], small[i][1], &err);
    for (; sets && *sets; sets += 2)
        FUZZ_MUST(!sl_config_set(type->params, config, sets[0], sets[1], &err));
    return config;
}

const char *const small_nets[SMALL_NETS][12] = {
    {"mlp", NULL},
    {"mlp", "solver", "sgd", "learning_rate", "adaptive", NULL},
    {"mlp", "early_stopping", "true", "activation", "tanh", NULL},
    {"cnn", "ema_decay", "0.9", NULL},
};

int small_net_fit(int net, const char *epochs, const struct sl_fit_state *state, struct sl_error *err)
{
    const struct sl_classifier_type *type = sl_classifier_find(small_nets[net][0], err);
    struct sl_dataset *data = small_rows(SL_U8);
    struct sl_model *model = NULL;
    const struct sl_fit_options options = {
        .seed = 1, .threads = 1, .scaling = SL_SCALE_MINMAX, .state = state};
    FUZZ_MUST(type);
    void *config = small_config(type, small_nets[net] + 1);
    FUZZ_MUST(!sl_config_set(type->params, config, net >= 3 ? "epochs" : "max_iter", epochs, err));
    int code = sl_model_fit(type, config, data, NULL, &options, NULL, &model, err);
    FUZZ_MUST(!code == (model != NULL));
    sl_model_free(model);
    sl_dataset_free(data);
    free(config);
    return code;
}
