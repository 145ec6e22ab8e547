/* Metamorphic properties: data are changed in a way of which theory says what it does to the answer.
 *
 * Rows doubled, columns permuted, features scaled by a power of two, moved, a constant column beside them,
 * rows predicted in another order.  A power of two and whole offsets leave every bit of a float's fraction,
 * so that where the method (or the scaling before it) takes the change back, nothing but the order of sums is
 * left to differ.  Who is left out, and why, stands beside each property. */
#include "conformance.h"

enum { TRAIN = 120, TEST = 90, K = 3 };

/* Near the border between two classes, one row in thirty may change sides, as sums round otherwise. */
static const double ROUNDING = 0.966;

static int is_one_of(type_ptr type, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(type->name, *names) == 0)
            return 1;
    return 0;
}

/* Rows (n, d) that are made from others, with their labels. */
static struct sl_dataset *made(const float *x, const int32_t *y, size_t n, size_t d)
{
    struct sl_view view = {.dtype = SL_F32, .n = n, .d = d, .x = x, .y = y, .k = K, .scale = 1};
    struct sl_error err = {0};
    struct sl_dataset *data = NULL;
    if (sl_dataset_new(&view, "made", NULL, &data, &err))
        fail_msg("sl_dataset_new: %s", err.text);
    return data;
}

/* Classes that overlap, so that a model that is another one shows it. */
static struct sl_dataset *overlapping(size_t n, uint64_t seed)
{
    struct sl_rng *places = sl_rng_new(1, "centres"), *noise = sl_rng_new(seed, "noise");
    float centre[K][TABLE_D], *x = sl_alloc(n, sizeof centre[0]);
    int32_t *y = sl_alloc(n, sizeof *y);
    for (size_t c = 0; c < K; c++)
        for (size_t j = 0; j < TABLE_D; j++)
            centre[c][j] = (float)(100 + 30 * sl_rng_uniform(places));
    for (size_t i = 0; i < n; i++) {
        y[i] = (int32_t)(i % K);
        for (size_t j = 0; j < TABLE_D; j++)
            x[i * TABLE_D + j] = (float)rint(centre[y[i]][j] + 20 * sl_rng_normal(noise));
    }
    struct sl_dataset *data = made(x, y, n, TABLE_D);
    free(x);
    free(y);
    sl_rng_free(places);
    sl_rng_free(noise);
    return data;
}

/* Each row of floats becomes one of width columns by change. */
typedef void change_function(const float *from, size_t d, float *to);

static struct sl_dataset *changed(const struct sl_dataset *data, size_t width, change_function *change)
{
    struct sl_view view = sl_dataset_view(data);
    float *x = sl_alloc(view.n, width * sizeof *x);
    for (size_t i = 0; i < view.n; i++)
        change((const float *)view.x + i * view.d, view.d, x + i * width);
    struct sl_dataset *result = made(x, view.y, view.n, width);
    free(x);
    return result;
}

/* Share of the test rows that the fits on two training sets agree on; each has its own test rows. */
static double alike(type_ptr type, const struct sl_dataset *const train[2],
                    const struct sl_dataset *const test[2])
{
    int32_t *labels[2];
    for (int i = 0; i < 2; i++) {
        struct sl_view x = sl_dataset_view(test[i]);
        struct sl_model *model = fit(type, train[i], 7, 1);
        labels[i] = labels_of(model, &x, 1);
        sl_model_free(model);
    }
    double same = agreement(labels[0], labels[1], TEST);
    free(labels[0]);
    free(labels[1]);
    return same;
}

/* Training and test rows changed in the same way: at least this share of the predictions stays. */
static void change_keeps(type_ptr type, size_t width, change_function *change, double share)
{
    struct sl_dataset *train = overlapping(TRAIN, 1), *test = overlapping(TEST, 2);
    struct sl_dataset *train_changed = changed(train, width, change),
                      *test_changed = changed(test, width, change);
    double same = alike(type, (const struct sl_dataset *[]){train, train_changed},
                        (const struct sl_dataset *[]){test, test_changed});
    sl_dataset_free(train);
    sl_dataset_free(test);
    sl_dataset_free(train_changed);
    sl_dataset_free(test_changed);
    if (!(same >= share))
        fail_msg("only %g of the predictions are the same", same);
}

/* Columns ------------------------------------------------------------------------------------------*/

static void rotate(const float *from, size_t d, float *to)
{
    for (size_t j = 0; j < d; j++)
        to[j] = from[(j + 3) % d];
}

/* Fits that draw columns or starting weights draw others. */
static void columns_permuted(type_ptr type)
{
    change_keeps(type, TABLE_D, rotate, ROUNDING);
}

static void times_8(const float *from, size_t d, float *to)
{
    for (size_t j = 0; j < d; j++)
        to[j] = 8 * from[j];
}

/* Not of qda: its reg_param is added to variances, which are in the features' own units.  Scaled to [0, 1]
 * the rows are equal to the bit. */
static void features_scaled(type_ptr type)
{
    static const char *const unless[] = {"qda", NULL};
    if (is_one_of(type, unless))
        return;
    change_keeps(type, TABLE_D, times_8, scaling_of(type) == SL_SCALE_MINMAX ? 1 : ROUNDING);
}

static void plus_512(const float *from, size_t d, float *to)
{
    for (size_t j = 0; j < d; j++)
        to[j] = from[j] + 512;
}

/* Distances, cuts and centred moments know no origin, and scaling to [0, 1] removes it. */
static void features_moved(type_ptr type)
{
    change_keeps(type, TABLE_D, plus_512, ROUNDING);
}

static void with_constant(const float *from, size_t d, float *to)
{
    memcpy(to, from, d * sizeof *to);
    to[d] = 7;
}

/* Not of svm: its gamma is 1 / (columns x variance), and a constant column counts in both. */
static void constant_column(type_ptr type)
{
    static const char *const unless[] = {"svm", NULL};
    if (!is_one_of(type, unless))
        change_keeps(type, TABLE_D + 1, with_constant, ROUNDING);
}

/* Rows ---------------------------------------------------------------------------------------------*/

/* What a row counts as does not change where each counts twice: means, variances, shares of classes, cuts
 * and the minimum of a mean loss stay.  Not so where neighbours are counted (knn: 5 of them), where a sum of
 * losses stands beside a penalty (logreg, linear_svm, svm: as with C doubled), where a leaf's smallest size
 * is counted in rows (boosting), and where rows are drawn. */
static void rows_doubled(type_ptr type)
{
    static const char *const only[] = {"majority", "naive_bayes", "lda", "qda", "nearest_centroid", NULL};
    if (!is_one_of(type, only))
        return;
    struct sl_dataset *train = overlapping(TRAIN, 1), *test = overlapping(TEST, 2);
    struct sl_view rows = sl_dataset_view(train);
    float *x = sl_alloc(2 * rows.n, rows.d * sizeof *x);
    int32_t y[2 * TRAIN];
    for (size_t copy = 0; copy < 2; copy++) {
        memcpy(x + copy * rows.n * rows.d, rows.x, rows.n * rows.d * sizeof *x);
        memcpy(y + copy * rows.n, rows.y, rows.n * sizeof *y);
    }
    struct sl_dataset *twice = made(x, y, 2 * rows.n, rows.d);
    double same =
        alike(type, (const struct sl_dataset *[]){train, twice}, (const struct sl_dataset *[]){test, test});
    free(x);
    sl_dataset_free(train);
    sl_dataset_free(test);
    sl_dataset_free(twice);
    if (!(same >= ROUNDING))
        fail_msg("only %g of the predictions are the same", same);
}

/* A row's label does not depend on where it stands. */
static void predicted_backwards(type_ptr type)
{
    struct sl_dataset *train = clouds(type, SL_U8, TRAIN, K, 1), *test = clouds(type, SL_U8, TEST, K, 2),
                      *back = NULL;
    uint32_t rows[TEST];
    for (uint32_t i = 0; i < TEST; i++)
        rows[i] = TEST - 1 - i;
    assert_int_equal(sl_dataset_take(test, rows, TEST, &back, NULL), SL_OK);
    struct sl_view x = sl_dataset_view(test), x_back = sl_dataset_view(back);
    struct sl_model *model = fit(type, train, 7, 1);
    int32_t *labels = labels_of(model, &x, 1), *labels_back = labels_of(model, &x_back, 1);
    for (size_t i = 0; i < TEST; i++)
        assert_int_equal(labels[i], labels_back[TEST - 1 - i]);
    free(labels);
    free(labels_back);
    sl_model_free(model);
    sl_dataset_free(train);
    sl_dataset_free(test);
    sl_dataset_free(back);
}

/* What a fit leaves alone and refuses ---------------------------------------------------------------*/

/* A configuration is what it was before the fit, and the model holds the same. */
static void configuration_untouched(type_ptr type)
{
    struct sl_dataset *train = clouds(type, SL_U8, TRAIN, K, 1);
    void *config = small_config(type), *before = small_config(type);
    struct sl_model *first = fit_with(type, config, train, 7, 1);
    assert_memory_equal(config, before, type->config_size);
    /* Fitted once more with it, the model is the same: nothing of the first fit is left. */
    struct sl_model *second = fit_with(type, config, train, 7, 1);
    struct sl_view x = sl_dataset_view(train);
    assert_same_predictions(first, second, &x);
    sl_model_free(first);
    sl_model_free(second);
    free(config);
    free(before);
    sl_dataset_free(train);
}

/* One feature, one that tells the classes apart, is enough. */
static void one_feature(type_ptr type)
{
    float x[TRAIN];
    int32_t y[TRAIN];
    for (size_t i = 0; i < TRAIN; i++) {
        y[i] = (int32_t)(i % K);
        x[i] = (float)(100 * y[i]) + (float)(i % 7);
    }
    struct sl_dataset *train = made(x, y, TRAIN, 1);
    struct sl_view rows = sl_dataset_view(train);
    struct sl_model *model = fit(type, train, 7, 1);
    int32_t *labels = labels_of(model, &rows, 1);
    /* The deterministic methods that are no single hyperplane each tell three steps apart. */
    static const char *const sure[] = {"knn", "naive_bayes", "lda", "nearest_centroid", "tree", "svm", NULL};
    if (is_one_of(type, sure))
        assert_same_labels(y, labels, TRAIN);
    free(labels);
    sl_model_free(model);
    sl_dataset_free(train);
}

/* A fit that counts its iterations did one at least. */
static void counts_iterations(type_ptr type)
{
    struct sl_dataset *train = clouds(type, SL_U8, TRAIN, K, 1);
    void *config = small_config(type);
    struct sl_fit_options options = {
        .scaling = scaling_of(type), .seed = 7, .key = "conformance", .threads = 1};
    struct sl_fit_report report;
    struct sl_model *model = NULL;
    struct sl_error err = {0};
    assert_int_equal(sl_model_fit(type, config, train, NULL, &options, &report, &model, &err), SL_OK);
    assert_true(report.n_iter == -1 || report.n_iter >= 1);
    assert_true(report.n_iter >= 1 || !(type->flags & SL_ITERATES));
    sl_model_free(model);
    free(config);
    sl_dataset_free(train);
}

static const struct property properties[] = {
    {.text = "columns in another order change nothing",
     .test = columns_permuted,
     .unless = SL_NEEDS_IMAGES | SL_RANDOM},
    {.text = "features times 8 change nothing", .test = features_scaled, .unless = SL_NEEDS_IMAGES},
    {.text = "features moved by 512 change nothing", .test = features_moved, .unless = SL_NEEDS_IMAGES},
    {.text = "a constant column changes nothing",
     .test = constant_column,
     .unless = SL_NEEDS_IMAGES | SL_RANDOM},
    {.text = "rows that stand there twice change nothing", .test = rows_doubled, .unless = SL_NEEDS_IMAGES},
    {.text = "rows are predicted backwards as forwards", .test = predicted_backwards},
    {.text = "the configuration stays, and fits the same again", .test = configuration_untouched},
    {.text = "one feature is enough", .test = one_feature, .unless = SL_NEEDS_IMAGES},
    {.text = "iterations that are counted are at least one", .test = counts_iterations},
};

int main(void)
{
    return run_properties("metamorphic", properties, sizeof properties / sizeof *properties);
}
