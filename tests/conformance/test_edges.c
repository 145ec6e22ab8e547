/* Properties at the edges: data with nothing to learn from, requests that must be refused. */
#include "conformance.h"

enum { K = 3 };

/* Fits data and predicts rows of the same kind; every label predicted must be one of classes (a mask).
 * Classes without rows score 0 where scores are probabilities, else minus infinity. */
static void fit_only(type_ptr type, struct sl_dataset *train, unsigned classes)
{
    struct sl_view x = sl_dataset_view(train);
    struct sl_model *model = fit(type, train, 7, 2);
    int32_t *labels = labels_of(model, &x, 2);
    float *scores = scores_of(model, &x, 2);
    for (size_t i = 0; i < x.n; i++)
        if (!(classes >> labels[i] & 1))
            fail_msg("row %zu: class %d has no training rows", i, (int)labels[i]);
    for (size_t i = 0; scores && i < x.n * (size_t)x.k; i++) {
        size_t c = i % (size_t)x.k;
        if (classes >> c & 1)
            continue;
        if (type->flags & SL_PROBABILITIES)
            assert_true(scores[i] == 0);
        else
            assert_true(isinf(scores[i]) && scores[i] < 0);
    }
    free(labels);
    free(scores);
    sl_model_free(model);
    sl_dataset_free(train);
}

static struct sl_dataset *with_labels(type_ptr type, size_t n, const int32_t *y)
{
    struct sl_dataset *rows = clouds(type, SL_U8, n, K, 1), *data = relabelled(type, rows, y);
    sl_dataset_free(rows);
    return data;
}

static void one_row(type_ptr type)
{
    fit_only(type, with_labels(type, 1, (int32_t[]){1}), 1 << 1);
}

static void two_rows(type_ptr type)
{
    fit_only(type, with_labels(type, 2, (int32_t[]){2, 0}), 1 << 0 | 1 << 2);
}

static void one_class(type_ptr type)
{
    int32_t y[20];
    for (int i = 0; i < 20; i++)
        y[i] = 2;
    fit_only(type, with_labels(type, 20, y), 1 << 2);
}

static void one_class_in_all(type_ptr type)
{
    fit_only(type, clouds(type, SL_U8, 20, 1, 1), 1 << 0);
}

static void missing_class(type_ptr type)
{
    int32_t y[40];
    for (int i = 0; i < 40; i++)
        y[i] = i % 2 * 2; /* 0 and 2 */
    fit_only(type, with_labels(type, 40, y), 1 << 0 | 1 << 2);
}

static void missing_first_class(type_ptr type)
{
    int32_t y[40];
    for (int i = 0; i < 40; i++)
        y[i] = 1 + i % 2;
    fit_only(type, with_labels(type, 40, y), 1 << 1 | 1 << 2);
}

static void class_of_one_row(type_ptr type)
{
    int32_t y[30];
    for (int i = 0; i < 30; i++)
        y[i] = i == 17 ? 1 : i % 2 * 2;
    fit_only(type, with_labels(type, 30, y), 7);
}

/* n equal rows of the given value in both forms, labels in turn. */
static void equal_rows(type_ptr type, enum sl_dtype dtype, double value)
{
    enum { N = 12 };
    size_t d = features_of(type);
    float *floats = sl_alloc(N, d * sizeof *floats);
    uint8_t *bytes = sl_alloc(N, d);
    int32_t y[N];
    for (size_t i = 0; i < N; i++)
        y[i] = (int32_t)(i % K);
    for (size_t i = 0; i < N * d; i++) {
        floats[i] = (float)value;
        bytes[i] = dtype == SL_U8 ? (uint8_t)value : 0;
    }
    fit_only(type, data_of(type, dtype, dtype == SL_U8 ? (void *)bytes : (void *)floats, y, N, K), 7);
    free(floats);
    free(bytes);
}

static void equal_rows_zero(type_ptr type)
{
    equal_rows(type, SL_U8, 0);
    equal_rows(type, SL_F32, 0);
}

static void equal_rows_bright(type_ptr type)
{
    equal_rows(type, SL_U8, 255);
    equal_rows(type, SL_F32, -12.5);
}

/* One feature tells the classes apart, the others say nothing. */
static void constant_features(type_ptr type)
{
    enum { N = 60 };
    size_t d = features_of(type);
    uint8_t *x = sl_alloc_zero(N, d);
    int32_t y[N];
    for (size_t i = 0; i < N; i++) {
        y[i] = (int32_t)(i % K);
        x[i * d + d / 2] = (uint8_t)(100 * y[i] + (int)(i % 7));
    }
    fit_only(type, data_of(type, SL_U8, x, y, N, K), 7);
    free(x);
}

static void refuses_features(type_ptr type)
{
    struct sl_dataset *train = clouds(type, SL_F32, 30, K, 1);
    struct sl_view x = sl_dataset_view(train);
    struct sl_model *model = fit(type, train, 7, 1);
    struct sl_error err = {0};
    int32_t labels[30];
    float scores[30 * K], *copy = sl_alloc(x.n, x.d * sizeof *copy);
    static const float wrong[] = {NAN, INFINITY, -INFINITY};
    for (int i = 0; i < 3; i++) {
        memcpy(copy, x.x, x.n * x.d * sizeof *copy);
        copy[x.n * x.d - 1] = wrong[i];
        struct sl_view bad = x;
        bad.x = copy;
        assert_int_equal(sl_model_predict(model, &bad, 1, labels, &err), SL_EDATA);
        assert_non_null(strstr(err.text, "finite"));
        if (type->scores)
            assert_int_equal(sl_model_scores(model, &bad, 1, scores, &err), SL_EDATA);
    }
    for (int more = -1; more <= 1; more += 2) {
        struct sl_view bad = x;
        bad.d = more < 0 ? x.d - 1 : x.d + 1;
        bad.n = 2; /* so that the array holds a row more */
        bad.image = (struct sl_image){0};
        assert_int_equal(sl_model_predict(model, &bad, 1, labels, &err), SL_EDATA);
        assert_non_null(strstr(err.text, "features"));
    }
    free(copy);
    sl_model_free(model);
    sl_dataset_free(train);
}

static void needs_images(type_ptr type)
{
    struct sl_dataset *images = clouds(type, SL_U8, 10, K, 1), *rows = NULL;
    struct sl_view view = sl_dataset_view(images);
    struct sl_fit_options options = {.threads = 1};
    struct sl_model *model = NULL;
    struct sl_error err = {0};
    view.image = (struct sl_image){0};
    assert_int_equal(sl_dataset_new(&view, "rows", NULL, &rows, &err), SL_OK);
    assert_int_equal(sl_model_fit(type, NULL, rows, NULL, &options, NULL, &model, &err), SL_EUSAGE);
    assert_null(model);
    sl_dataset_free(rows);
    sl_dataset_free(images);
}

/* With the flag up from the start: an error that says so, or a model that predicts. */
static void cancelled(type_ptr type)
{
    struct sl_dataset *train = clouds(type, SL_U8, 200, K, 1);
    struct sl_view x = sl_dataset_view(train);
    volatile sig_atomic_t flag = 1;
    struct sl_fit_options options = {.scaling = scaling_of(type), .seed = 7, .threads = 1, .cancel = &flag};
    struct sl_model *model = NULL;
    struct sl_error err = {0};
    int code = sl_model_fit(type, NULL, train, NULL, &options, NULL, &model, &err);
    if (code == SL_OK) {
        free(labels_of(model, &x, 1));
        sl_model_free(model);
    } else {
        assert_int_equal(code, SL_ECANCELLED);
        assert_null(model);
        assert_true(err.text[0]);
    }
    sl_dataset_free(train);
}

static void params_sound(type_ptr type)
{
    struct sl_error err = {0};
    if (sl_params_check(type->params, type->later, &err))
        fail_msg("%s", err.text);
    for (const struct sl_param *p = type->params; p->name; p++) {
        size_t size = p->type == SL_PARAM_REAL   ? sizeof(double)
                      : p->type == SL_PARAM_INTS ? sizeof(struct sl_ints)
                      : p->type == SL_PARAM_TEXT ? SL_TEXT_MAX
                                                 : sizeof(int);
        if (p->offset + size > type->config_size)
            fail_msg("%s: lies outside of the configuration", p->name);
        assert_non_null(p->help);
    }
    assert_non_null(type->title);
    assert_non_null(type->reference);
    assert_true(sl_classifier_find(type->name, &err) == type);
}

static void grids_fit(type_ptr type)
{
    struct sl_dataset *train = clouds(type, SL_U8, 120, K, 1);
    struct sl_view x = sl_dataset_view(train);
    struct sl_error err = {0};
    for (const struct sl_param *p = type->params; p->name; p++) {
        struct sl_values values = {0};
        if (!p->grid || strcmp(p->name, "max_iter") == 0 || strcmp(p->name, "epochs") == 0)
            continue;
        assert_int_equal(sl_values_parse(p, p->grid, &values, &err), SL_OK);
        for (size_t i = 0; i < values.n; i++) {
            void *config = small_config(type);
            if (sl_config_set(type->params, config, p->name, values.text[i], &err))
                fail_msg("%s=%s: %s", p->name, values.text[i], err.text);
            struct sl_model *model = fit_with(type, config, train, 7, 2);
            free(labels_of(model, &x, 2));
            sl_model_free(model);
            free(config);
        }
        sl_values_free(&values);
    }
    sl_dataset_free(train);
}

/* Every word of every choice fits, or is refused by a text that names the hyperparameter. */
static void choices_fit(type_ptr type)
{
    struct sl_dataset *train = clouds(type, SL_U8, 60, K, 1);
    struct sl_view x = sl_dataset_view(train);
    struct sl_fit_options options = {.scaling = scaling_of(type), .seed = 7, .threads = 1};
    for (const struct sl_param *p = type->params; p->name; p++)
        for (const struct sl_word *w = p->words; w && w->name; w++) {
            struct sl_error err = {0};
            struct sl_model *model = NULL;
            void *config = small_config(type);
            assert_int_equal(sl_config_set(type->params, config, p->name, w->name, &err), SL_OK);
            int code = sl_model_fit(type, config, train, NULL, &options, NULL, &model, &err);
            if (!code)
                free(labels_of(model, &x, 1));
            else if (code != SL_EUSAGE || !strstr(err.text, p->name))
                fail_msg("%s=%s: %s", p->name, w->name, err.text);
            sl_model_free(model);
            free(config);
        }
    sl_dataset_free(train);
}

static const struct property properties[] = {
    {.text = "one row", .test = one_row},
    {.text = "two rows of two classes", .test = two_rows},
    {.text = "one class of several", .test = one_class},
    {.text = "one class in all", .test = one_class_in_all},
    {.text = "a class without rows is never predicted", .test = missing_class},
    {.text = "the first class without rows is never predicted", .test = missing_first_class},
    {.text = "a class of one row", .test = class_of_one_row},
    {.text = "equal rows with different labels, all 0", .test = equal_rows_zero},
    {.text = "equal rows with different labels, not 0", .test = equal_rows_bright},
    {.text = "constant features", .test = constant_features},
    {.text = "refuses NaN, infinity and other numbers of features", .test = refuses_features},
    {.text = "refuses rows that are no images", .test = needs_images, .only = SL_NEEDS_IMAGES},
    {.text = "stops when it is cancelled", .test = cancelled},
    {.text = "its table of hyperparameters is sound", .test = params_sound},
    {.text = "every value of every default grid fits", .test = grids_fit},
    {.text = "every choice fits or is refused by name", .test = choices_fit},
};

int main(void)
{
    return run_properties("edges", properties, sizeof properties / sizeof *properties);
}
