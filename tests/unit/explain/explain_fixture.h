/* explain_fixture.h - small fitted models, rows, and explanations of them. */
#ifndef SL_TESTS_EXPLAIN_FIXTURE_H
#define SL_TESTS_EXPLAIN_FIXTURE_H

#include "unit/check.h"

#include "core/memory.h"
#include "explain/method.h"
#include <math.h>

/* A model and what it is explained with. */
struct scene {
    struct sl_dataset *data, *background;
    struct sl_model *model;
    struct sl_view rows, behind;
};

/* settings: "name=value; name=value" */
static inline struct sl_model *scene_fit_with(const char *classifier, const char *settings,
                                              const struct sl_dataset *data,
                                              const struct sl_fit_options *options)
{
    struct sl_error err = {0};
    const struct sl_classifier_type *type = sl_classifier_find(classifier, &err);
    void *config = sl_alloc_zero(1, type->config_size);
    char text[400], *rest = text;
    struct sl_model *model;
    sl_config_default(type->params, config);
    snprintf(text, sizeof text, "%s", settings);
    for (char *word; (word = strsep(&rest, ";"));) {
        char *value = strchr(word, '=');
        if (!value)
            continue;
        *value++ = '\0';
        if (sl_config_set(type->params, config, word + strspn(word, " "), value, &err))
            fail_msg("%s", err.text);
    }
    if (sl_model_fit(type, config, data, NULL, options, NULL, &model, &err))
        fail_msg("%s", err.text);
    free(config);
    return model;
}

static inline struct sl_model *scene_fit(const char *classifier, const char *settings,
                                         const struct sl_dataset *data, enum sl_scaling_kind scaling)
{
    const struct sl_fit_options options = {.scaling = scaling, .seed = 1, .key = "test", .threads = 2};
    return scene_fit_with(classifier, settings, data, &options);
}

/* The background is the data's first rows, or where behind is 0 one row of zeros. */
static inline void scene_finish(struct scene *s, size_t behind)
{
    s->rows = sl_dataset_view(s->data);
    float *zeros = calloc(s->rows.d, sizeof *zeros);
    const struct sl_view zero = {
        .dtype = SL_F32, .n = 1, .d = s->rows.d, .x = zeros, .k = 1, .scale = 1, .image = s->rows.image};
    uint32_t rows[64];
    for (uint32_t i = 0; i < 64; i++)
        rows[i] = i;
    assert_int_equal(behind ? sl_dataset_take(s->data, rows, behind, &s->background, NULL)
                            : sl_dataset_new(&zero, "zero", NULL, &s->background, NULL),
                     SL_OK);
    free(zeros);
    s->behind = sl_dataset_view(s->background);
}

static inline void scene_images(struct scene *s, const char *classifier, const char *settings, size_t behind)
{
    *s = (struct scene){0};
    assert_int_equal(sl_dataset_open("synthetic:300", SL_PART_TRAIN, NULL, &s->data, NULL), SL_OK);
    s->model = scene_fit(classifier, settings, s->data, SL_SCALE_MINMAX);
    scene_finish(s, behind);
}

/* A table of n rows, d real numbers and k classes that depend on all of them. */
static inline void scene_table(struct scene *s, const char *classifier, const char *settings, size_t n,
                               size_t d, int k, size_t behind)
{
    *s = (struct scene){0};
    struct sl_rng *rng = sl_rng_new(7, "table");
    float *x = malloc(n * d * sizeof *x);
    int32_t *y = malloc(n * sizeof *y);
    for (size_t i = 0; i < n; i++) {
        double sum = .7 * sl_rng_normal(rng);
        for (size_t j = 0; j < d; j++) {
            x[i * d + j] = (float)(sl_rng_normal(rng) * (double)(j + 1));
            sum += (j % 2 ? -1 : 1) * (double)x[i * d + j] / (double)(j + 1) * (j + 1 < d ? 1 : fabs(sum));
        }
        y[i] = (int32_t)fmin(fmax(sum + k / 2., 0), k - 1);
    }
    const struct sl_view view = {.dtype = SL_F32, .n = n, .d = d, .x = x, .y = y, .k = k, .scale = 1};
    assert_int_equal(sl_dataset_new(&view, "table", NULL, &s->data, NULL), SL_OK);
    s->model = scene_fit(classifier, settings, s->data, SL_SCALE_STANDARD);
    scene_finish(s, behind);
    free(x);
    free(y);
    sl_rng_free(rng);
}

static inline void scene_release(struct scene *s)
{
    sl_model_free(s->model);
    sl_dataset_free(s->data);
    sl_dataset_free(s->background);
}

/* The first n rows' explanations for the classes row % k; free values and score.  Fails as sl_explain does.
 */
static inline int scene_try(const struct scene *s, struct sl_explain_options options, size_t n, size_t m,
                            struct sl_explained *out, struct sl_error *err)
{
    struct sl_explainer *explainer;
    struct sl_view rows = s->rows;
    int32_t *classes = malloc(n * m * sizeof *classes);
    rows.n = n;
    options.background = &s->behind;
    for (size_t p = 0; p < n * m; p++)
        classes[p] = (int32_t)((p / m + p % m) % (size_t)rows.k);
    out->values = malloc(n * m * rows.d * sizeof(float));
    out->score = malloc(n * m * sizeof *out->score);
    int code = sl_explainer_new(s->model, &options, &explainer, err);
    if (!code)
        code = sl_explain(explainer, &rows, NULL, classes, m, out, err);
    sl_explainer_free(explainer);
    free(classes);
    return code;
}

static inline struct sl_explained scene_explain(const struct scene *s, struct sl_explain_options options,
                                                size_t n, size_t m)
{
    struct sl_explained out;
    struct sl_error err = {0};
    if (scene_try(s, options, n, m, &out, &err))
        fail_msg("%s: %s", options.method, err.text);
    return out;
}

static inline void scene_forget(struct sl_explained *out)
{
    free(out->values);
    free(out->score);
}

/* The score of one row, as floats that the model's door scales. */
static inline double scene_score(const struct scene *s, const float *x, int32_t class)
{
    static struct sl_scorer scorer;
    float scores[64];
    struct sl_view row = s->rows;
    row.dtype = SL_F32;
    row.n = 1;
    row.x = x;
    assert_int_equal(sl_scorer_init(&scorer, s->model, 1, NULL), SL_OK);
    assert_int_equal(sl_scorer_raw_scores(&scorer, &row, scores, NULL), SL_OK);
    sl_scorer_release(&scorer);
    return (double)scores[class];
}

#endif
