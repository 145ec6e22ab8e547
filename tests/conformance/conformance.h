/* conformance.h - what the conformance tests share: small data sets, fits, and a loop that makes one test
 * of every (classifier in the registry, property).
 *
 * The data are Gaussian clouds, one a class, in bytes or floats: 8 features, or 28 x 28 images where the
 * classifier needs them.  SHORTLIST_CLASSIFIER=NAME runs the tests of one classifier only. */
#ifndef SL_TESTS_CONFORMANCE_H
#define SL_TESTS_CONFORMANCE_H

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <shortlist/shortlist.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/hash.h"
#include "core/memory.h"
#include "model/model.h"

typedef const struct sl_classifier_type *type_ptr;

/* Data ---------------------------------------------------------------------------------------------*/

enum { TABLE_D = 8, IMAGE_SIDE = 28, IMAGE_D = IMAGE_SIDE * IMAGE_SIDE };

static inline size_t features_of(type_ptr type)
{
    return type->flags & SL_NEEDS_IMAGES ? IMAGE_D : TABLE_D;
}

/* A data set of copies of x (n, features) and y. */
static inline struct sl_dataset *data_of(type_ptr type, enum sl_dtype dtype, const void *x, const int32_t *y,
                                         size_t n, int k)
{
    struct sl_view view = {
        .dtype = dtype, .n = n, .d = features_of(type), .x = x, .y = y, .k = k, .scale = 1};
    struct sl_error err = {0};
    struct sl_dataset *data = NULL;
    if (type->flags & SL_NEEDS_IMAGES)
        view.image = (struct sl_image){IMAGE_SIDE, IMAGE_SIDE, 1};
    else if (dtype == SL_U8) /* pixels: the bytes of a table would become floats */
        view.image = (struct sl_image){1, (int)view.d, 1};
    if (sl_dataset_new(&view, "clouds", NULL, &data, &err))
        fail_msg("sl_dataset_new: %s", err.text);
    return data;
}

/* n rows of k classes in turn; the clouds' centres are the same for every seed. */
static inline struct sl_dataset *clouds(type_ptr type, enum sl_dtype dtype, size_t n, int k, uint64_t seed)
{
    size_t d = features_of(type);
    float *floats = sl_alloc(n, d * sizeof *floats);
    uint8_t *bytes = sl_alloc(n, d);
    int32_t *y = sl_alloc(n, sizeof *y);
    double *centre = sl_alloc((size_t)k, d * sizeof *centre);
    struct sl_rng *places = sl_rng_new(1, "centres"), *noise = sl_rng_new(seed, "noise");
    for (size_t j = 0; j < (size_t)k * d; j++)
        centre[j] = 60 + 136 * sl_rng_uniform(places);
    for (size_t i = 0; i < n; i++) {
        y[i] = (int32_t)(i % (size_t)k);
        for (size_t f = 0; f < d; f++) {
            double value = centre[(size_t)y[i] * d + f] + 25 * sl_rng_normal(noise);
            value = value < 0 ? 0 : value > 255 ? 255 : floor(value);
            bytes[i * d + f] = (uint8_t)value;
            floats[i * d + f] = (float)value;
        }
    }
    struct sl_dataset *data = data_of(type, dtype, dtype == SL_U8 ? (void *)bytes : (void *)floats, y, n, k);
    free(floats);
    free(bytes);
    free(y);
    free(centre);
    sl_rng_free(places);
    sl_rng_free(noise);
    return data;
}

/* The same rows with other labels. */
static inline struct sl_dataset *relabelled(type_ptr type, const struct sl_dataset *data, const int32_t *y)
{
    struct sl_view view = sl_dataset_view(data);
    return data_of(type, view.dtype, view.x, y, view.n, view.k);
}

static inline uint64_t hash_of(const struct sl_dataset *data)
{
    struct sl_view view = sl_dataset_view(data);
    size_t width = view.dtype == SL_U8 ? 1 : sizeof(float);
    return sl_hash64(view.x, view.n * view.d * width, 1) ^ sl_hash64(view.y, view.n * sizeof *view.y, 2);
}

/* Fits ---------------------------------------------------------------------------------------------*/

static inline int has_param(type_ptr type, const char *name)
{
    for (const struct sl_param *p = type->params; p->name; p++)
        if (strcmp(p->name, name) == 0)
            return 1;
    return 0;
}

/* Only for one number of threads do networks promise the same weights. */
static inline int is_network(type_ptr type)
{
    return strcmp(type->name, "mlp") == 0 || strcmp(type->name, "cnn") == 0;
}

/* The defaults, with few epochs where there are epochs, and so that singular covariances are taken: free()
 * it. */
static inline void *small_config(type_ptr type)
{
    struct sl_error err = {0};
    void *config = sl_alloc_zero(1, type->config_size);
    sl_config_default(type->params, config);
    if ((type->flags & SL_ITERATES) && has_param(type, "max_iter"))
        assert_int_equal(sl_config_set(type->params, config, "max_iter", "3", &err), SL_OK);
    if (has_param(type, "epochs"))
        assert_int_equal(sl_config_set(type->params, config, "epochs", "2", &err), SL_OK);
    if (has_param(type, "reg_param"))
        assert_int_equal(sl_config_set(type->params, config, "reg_param", "0.1", &err), SL_OK);
    return config;
}

static inline enum sl_scaling_kind scaling_of(type_ptr type)
{
    return type->flags & SL_WANTS_SCALED ? SL_SCALE_MINMAX : SL_SCALE_NONE;
}

static inline struct sl_model *fit_with(type_ptr type, const void *config, const struct sl_dataset *train,
                                        uint64_t seed, int threads)
{
    struct sl_fit_options options = {
        .scaling = scaling_of(type), .seed = seed, .key = "conformance", .threads = threads};
    struct sl_error err = {0};
    struct sl_model *model = NULL;
    int code = sl_model_fit(type, config, train, NULL, &options, NULL, &model, &err);
    if (code)
        fail_msg("%s: fit: %s: %s", type->name, sl_code_name(code), err.text);
    assert_non_null(model);
    return model;
}

static inline struct sl_model *fit(type_ptr type, const struct sl_dataset *train, uint64_t seed, int threads)
{
    void *config = small_config(type);
    struct sl_model *model = fit_with(type, config, train, seed, threads);
    free(config);
    return model;
}

/* Labels of a view's rows, each checked to be a class: free() them. */
static inline int32_t *labels_of(const struct sl_model *model, const struct sl_view *x, int threads)
{
    struct sl_error err = {0};
    int32_t *labels = sl_alloc(x->n, sizeof *labels);
    for (size_t i = 0; i < x->n; i++)
        labels[i] = -1;
    if (sl_model_predict(model, x, threads, labels, &err))
        fail_msg("%s: predict: %s", sl_model_type(model)->name, err.text);
    for (size_t i = 0; i < x->n; i++)
        assert_in_range(labels[i], 0, x->k - 1);
    return labels;
}

/* Scores (n, k), none of them NaN: free() them.  NULL where the classifier gives none. */
static inline float *scores_of(const struct sl_model *model, const struct sl_view *x, int threads)
{
    struct sl_error err = {0};
    size_t size = x->n * (size_t)x->k;
    if (!sl_model_type(model)->scores)
        return NULL;
    float *scores = sl_alloc(size, sizeof *scores);
    for (size_t i = 0; i < size; i++)
        scores[i] = NAN;
    if (sl_model_scores(model, x, threads, scores, &err))
        fail_msg("%s: scores: %s", sl_model_type(model)->name, err.text);
    for (size_t i = 0; i < size; i++)
        assert_false(isnan(scores[i]));
    return scores;
}

static inline double agreement(const int32_t *a, const int32_t *b, size_t n)
{
    size_t same = 0;
    for (size_t i = 0; i < n; i++)
        same += a[i] == b[i];
    return n ? (double)same / (double)n : 1;
}

static inline void assert_same_labels(const int32_t *a, const int32_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (a[i] != b[i])
            fail_msg("row %zu: label %d, then %d", i, (int)a[i], (int)b[i]);
}

/* Byte for byte, so that -0 and 0 differ. */
static inline void assert_same_scores(const float *a, const float *b, size_t n)
{
    for (size_t i = 0; a && i < n; i++)
        if (memcmp(a + i, b + i, sizeof *a) != 0)
            fail_msg("score %zu: %.9g, then %.9g", i, (double)a[i], (double)b[i]);
}

/* The two models predict the same, labels and scores. */
static inline void assert_same_predictions(const struct sl_model *a, const struct sl_model *b,
                                           const struct sl_view *x)
{
    int32_t *labels_a = labels_of(a, x, 1), *labels_b = labels_of(b, x, 1);
    float *scores_a = scores_of(a, x, 1), *scores_b = scores_of(b, x, 1);
    assert_same_labels(labels_a, labels_b, x->n);
    assert_same_scores(scores_a, scores_b, x->n * (size_t)x->k);
    free(labels_a);
    free(labels_b);
    free(scores_a);
    free(scores_b);
}

/* The classifier's own record of a model: release it. */
static inline struct sl_writer record_of(const struct sl_model *model)
{
    struct sl_writer w = {0};
    sl_model_type(model)->save(sl_model_payload(model), &w);
    assert_false(w.failed);
    return w;
}

/* One test of every (classifier, property) ----------------------------------------------------------*/

struct property {
    const char *text;
    void (*test)(type_ptr type);
    unsigned only, unless; /* flags: a classifier must have all of `only` and none of `unless` */
};

static inline int applies(const struct property *property, type_ptr type)
{
    return (type->flags & property->only) == property->only && !(type->flags & property->unless);
}

struct subject {
    type_ptr type;
    const struct property *property;
};

static inline void run_subject(void **state)
{
    const struct subject *subject = *state;
    subject->property->test(subject->type);
}

static inline int run_properties(const char *group, const struct property *properties, size_t n)
{
    const char *only = getenv("SHORTLIST_CLASSIFIER");
    size_t all = n * sl_classifier_count(), made = 0;
    struct CMUnitTest *tests = calloc(all, sizeof *tests);
    struct subject *subjects = calloc(all, sizeof *subjects);
    for (size_t i = 0; i < sl_classifier_count(); i++) {
        type_ptr type = sl_classifier_at(i);
        for (size_t p = 0; p < n && (!only || strcmp(only, type->name) == 0); p++) {
            if (!applies(&properties[p], type))
                continue;
            subjects[made] = (struct subject){type, &properties[p]};
            tests[made] = (struct CMUnitTest){.name = sl_format("%s: %s", type->name, properties[p].text),
                                              .test_func = run_subject,
                                              .initial_state = &subjects[made]};
            made++;
        }
    }
    int failed = _cmocka_run_group_tests(group, tests, made, NULL, NULL);
    for (size_t i = 0; i < made; i++)
        free((char *)tests[i].name);
    free(tests);
    free(subjects);
    return failed || !made;
}

#endif
