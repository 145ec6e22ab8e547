/* make_models.c - make_models FOLDER: a small fitted model of every classifier, for the corpus of fuzz_model:
 * of images of bytes, of floats, and of sparse rows where it takes them. */
#include "fuzz.h"
#include <shortlist/model.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 36, D = 36 };

static uint8_t images[N * D];
static float floats[N * D];
static int32_t labels[N];
static uint32_t columns[N * D];
static size_t starts[N + 1];

static struct sl_view view_of(enum sl_dtype dtype, const struct sl_csr *csr)
{
    struct sl_view view = {.dtype = dtype, .n = N, .d = D, .y = labels, .k = 3, .scale = 1};
    view.x = dtype == SL_U8    ? (const void *)images
             : dtype == SL_F32 ? (const void *)floats
                               : (const void *)csr;
    if (dtype == SL_U8)
        view.image = (struct sl_image){6, 6, 1};
    return view;
}

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

/* What keeps a fit short: names that many types share. */
static void *small_config(const struct sl_classifier_type *type)
{
    static const char *const small[][2] = {
        {"max_iter", "3"},           {"epochs", "1"},
        {"n_estimators", "3"},       {"reg_param", "0.1"},
        {"hidden_layer_sizes", "4"}, {"net", "conv 2 3x3, relu, maxpool 2, flatten, dense classes"}};
    struct sl_error ignored;
    void *config = calloc(1, type->config_size + 1);
    FUZZ_MUST(config);
    sl_config_default(type->params, config);
    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        (void)sl_config_set(type->params, config, small[i][0], small[i][1], &ignored);
    return config;
}

/* Types that refuse such rows are left out. */
static int make(const struct sl_classifier_type *type, enum sl_dtype dtype, const char *folder)
{
    static const char *const kinds[] = {[SL_U8] = "images", [SL_F32] = "floats", [SL_SPARSE] = "sparse"};
    struct sl_csr csr = {starts, columns, floats};
    struct sl_view view = view_of(dtype, &csr);
    struct sl_error err = {0};
    struct sl_dataset *data = NULL;
    struct sl_model *model = NULL;
    struct sl_fit_options options = {
        .seed = 1, .threads = 1, .scaling = dtype == SL_F32 ? SL_SCALE_STANDARD : SL_SCALE_NONE};
    char path[1024];
    FUZZ_MUST(!sl_dataset_new(&view, "made", NULL, &data, &err));
    void *config = small_config(type);
    int made = !sl_model_fit(type, config, data, NULL, &options, NULL, &model, &err);
    snprintf(path, sizeof path, "%s/%s-%s", folder, type->name, kinds[dtype]);
    if (made && (sl_model_remember(model, data, &err) || sl_model_save(model, path, &err)))
        fprintf(stderr, "%s: %s\n", path, err.text), exit(1);
    sl_model_free(model);
    sl_dataset_free(data);
    free(config);
    return made;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return fprintf(stderr, "usage: make_models FOLDER\n"), 2;
    fill();
    for (size_t i = 0; i < sl_classifier_count(); i++) {
        const struct sl_classifier_type *type = sl_classifier_at(i);
        int made = make(type, SL_U8, argv[1]);
        made += make(type, SL_F32, argv[1]);
        made += make(type, SL_SPARSE, argv[1]);
        if (!made)
            return fprintf(stderr, "make_models: no model of %s\n", type->name), 1;
    }
    return 0;
}
