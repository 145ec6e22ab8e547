/* Missing values and categories: a classifier that takes them gets them as they are, every other one what
 * fills them in, or spreads them. */
#include "conformance.h"
#include "data/dataset.h"
#include <unistd.h>

enum { N = 150, K = 3 };

static const struct sl_encoding_options median = {.missing = SL_MISSING_MEDIAN},
                                        keep = {.missing = SL_MISSING_KEEP};

/* The last column becomes a category of four levels, which follow its numbers in no order. */
static void make_category(struct sl_columns *columns, double *x, size_t n, size_t d)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    struct sl_column *column = &columns->column[d - 1];
    column->kind = SL_COLUMN_CATEGORY;
    column->n_levels = 4;
    column->levels = sl_names_copy(names, 4);
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i * d + d - 1]))
            x[i * d + d - 1] = (double)((int)(x[i * d + d - 1] / 40) * 3 % 4);
}

/* The clouds' rows in doubles, a fifth of whose values are missing; told: those of feature 0 are where the
 * class is 1.  The last column is a category for classifiers that take them. */
static struct sl_dataset *with_gaps(type_ptr type, uint64_t seed, int told)
{
    struct sl_dataset *whole = clouds(type, SL_F32, N, K, seed), *data;
    struct sl_view view = sl_dataset_view(whole);
    struct sl_rng *rng = sl_rng_new(seed, "gaps");
    double *x = sl_alloc(view.n * view.d, sizeof *x);
    int32_t *y = sl_alloc(view.n, sizeof *y);
    for (size_t i = 0; i < view.n; i++) {
        y[i] = told ? (int32_t)sl_rng_below(rng, 2) : view.y[i];
        for (size_t j = 0; j < view.d; j++) {
            const double value = told ? 3 : (double)((const float *)view.x)[i * view.d + j];
            const int missing = told ? j == 0 && y[i] == 1 : sl_rng_below(rng, 5) == 0;
            x[i * view.d + j] = missing ? NAN : value;
        }
    }
    sl_rng_free(rng);
    view.dtype = SL_F64;
    view.x = x;
    view.y = y;
    view.image = (struct sl_image){0};
    struct sl_columns *columns = sl_columns_new(view.d);
    if (type->flags & SL_TAKES_CATEGORIES)
        make_category(columns, x, view.n, view.d);
    struct sl_error err = {0};
    if (sl_dataset_adopt_table(&view, "gaps", NULL, NULL, columns, &data, &err))
        fail_msg("%s", err.text);
    sl_columns_release(columns);
    sl_dataset_free(whole);
    return data;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The same rows as floats, with the medians of train's columns in the place of missing values. */
static struct sl_dataset *filled(type_ptr type, const struct sl_dataset *data, const struct sl_dataset *train)
{
    const struct sl_view view = sl_dataset_view(data), from = sl_dataset_view(train);
    const double *x = view.x, *t = from.x;
    float *out = sl_alloc(view.n * view.d, sizeof *out);
    for (size_t j = 0; j < view.d; j++) {
        double sorted[N];
        size_t n = 0;
        for (size_t i = 0; i < from.n; i++)
            if (!isnan(t[i * from.d + j]))
                sorted[n++] = t[i * from.d + j];
        qsort(sorted, n, sizeof *sorted, by_value);
        for (size_t i = 0; i < view.n; i++)
            out[i * view.d + j] = isnan(x[i * view.d + j])
                                      ? (float)((sorted[(n - 1) / 2] + sorted[n / 2]) / 2)
                                      : (float)x[i * view.d + j];
    }
    struct sl_dataset *made = data_of(type, SL_F32, out, view.y, view.n, view.k);
    free(out);
    return made;
}

static struct sl_model *fit_gaps(type_ptr type, const struct sl_dataset *data,
                                 const struct sl_encoding_options *encoding, int threads)
{
    void *config = small_config(type);
    const struct sl_fit_options options = {.scaling = scaling_of(type),
                                           .encoding = encoding,
                                           .seed = 7,
                                           .key = "conformance",
                                           .threads = threads};
    struct sl_error err = {0};
    struct sl_model *model;
    if (sl_model_fit(type, config, data, NULL, &options, NULL, &model, &err))
        fail_msg("%s", err.text);
    free(config);
    return model;
}

static void filled_in(type_ptr type)
{
    struct sl_dataset *train = with_gaps(type, 1, 0), *test = with_gaps(type, 2, 0);
    struct sl_dataset *own_train = filled(type, train, train), *own_test = filled(type, test, train);
    struct sl_view x = sl_dataset_view(test), own_x = sl_dataset_view(own_test);
    struct sl_model *model = fit_gaps(type, train, &median, 1), *own = fit(type, own_train, 7, 1);
    int32_t *a = labels_of(model, &x, 1), *b = labels_of(own, &own_x, 1);
    assert_same_labels(a, b, x.n);
    free(a);
    free(b);
    sl_model_free(model);
    sl_model_free(own);
    sl_dataset_free(train);
    sl_dataset_free(test);
    sl_dataset_free(own_train);
    sl_dataset_free(own_test);
}

static void kept_are_refused(type_ptr type)
{
    struct sl_dataset *train = with_gaps(type, 1, 0);
    const struct sl_fit_options options = {.encoding = &keep, .threads = 1};
    struct sl_error err = {0};
    struct sl_model *model;
    assert_int_equal(sl_model_fit(type, NULL, train, NULL, &options, NULL, &model, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "takes no missing values, and missing is keep: boosting does"));
    sl_dataset_free(train);
}

static void assert_file_is_damaged(const struct sl_model *model)
{
    struct sl_model *loaded = NULL;
    struct sl_error err = {0};
    char path[] = "gaps-XXXXXX";
    close(mkstemp(path));
    assert_int_equal(sl_model_save(model, path, &err), SL_OK);
    assert_int_equal(sl_model_load(path, &loaded, &err), SL_EDATA);
    assert_non_null(strstr(err.text, "damaged"));
    unlink(path);
}

/* And so is one that says that categories are codes, where the type takes none. */
static void codes_are_refused_in_files(type_ptr type)
{
    const struct sl_classifier_type *boosting = sl_classifier_find("boosting", NULL);
    struct sl_dataset *train = with_gaps(boosting, 1, 0);
    struct sl_model *model = fit_gaps(type, train, &median, 1);
    struct sl_column_code *code = &model->encoding->code[model->encoding->columns->d - 1];
    assert_int_equal(code->codes, 0);
    code->codes = 4;
    code->width = 1;
    assert_file_is_damaged(model);
    sl_model_free(model);
    sl_dataset_free(train);
}

/* Nothing but what is missing tells the classes apart; filled in, all rows are alike. */
static void are_seen(type_ptr type)
{
    struct sl_dataset *data = with_gaps(type, 1, 1);
    struct sl_view x = sl_dataset_view(data);
    for (int kept = 0; kept < 2; kept++) {
        struct sl_model *model = fit_gaps(type, data, kept ? &keep : &median, 1);
        float *scores = scores_of(model, &x, 1);
        for (size_t i = 0; i < x.n; i++) {
            const float other = scores[i * (size_t)x.k + (size_t)(1 - x.y[i])];
            assert_true(scores[i * (size_t)x.k + (size_t)x.y[i]] > other);
        }
        free(scores);
        sl_model_free(model);
    }
    sl_dataset_free(data);
}

static void same_on_threads_and_from_files(type_ptr type)
{
    struct sl_dataset *train = with_gaps(type, 1, 0), *test = with_gaps(type, 2, 0);
    struct sl_view x = sl_dataset_view(test);
    struct sl_model *model = fit_gaps(type, train, &median, 1), *threads = fit_gaps(type, train, &keep, 3);
    struct sl_model *loaded = NULL;
    struct sl_writer a = record_of(model), b = record_of(threads);
    struct sl_error err = {0};
    char path[] = "gaps-XXXXXX";
    close(mkstemp(path));
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.bytes, b.bytes, a.size);
    if (sl_model_save(model, path, &err) || sl_model_load(path, &loaded, &err))
        fail_msg("%s", err.text);
    unlink(path);
    assert_same_predictions(model, loaded, &x);
    assert_same_predictions(threads, loaded, &x);
    sl_writer_release(&a);
    sl_writer_release(&b);
    sl_model_free(model);
    sl_model_free(threads);
    sl_model_free(loaded);
    sl_dataset_free(train);
    sl_dataset_free(test);
}

/* A file that says that missing values were kept is damaged, where the type takes none. */
static void kept_are_refused_in_files(type_ptr type)
{
    struct sl_dataset *train = with_gaps(type, 1, 0);
    struct sl_model *model = fit_gaps(type, train, &median, 1);
    model->encoding->options.missing = SL_MISSING_KEEP;
    assert_file_is_damaged(model);
    sl_model_free(model);
    sl_dataset_free(train);
}

struct told {
    int32_t labels[N];
    size_t n;
};

static int member_done(void *arg, const struct sl_group_result *result)
{
    struct told *told = arg;
    assert_int_equal(result->code, SL_OK);
    memcpy(told->labels, result->labels, told->n * sizeof *told->labels);
    return SL_OK;
}

/* Classes that follow categories in no order: one split tells them, where one of the codes' order can not. */
static void categories_are_seen(type_ptr type)
{
    struct sl_dataset *data = with_gaps(type, 1, 0), *told;
    struct sl_view view = sl_dataset_view(data);
    int32_t *y = sl_alloc(view.n, sizeof *y);
    double *x = sl_alloc(view.n * view.d, sizeof *x);
    for (size_t i = 0; i < view.n; i++) {
        for (size_t j = 0; j < view.d; j++)
            x[i * view.d + j] = j + 1 < view.d ? 0 : (double)(i % 4);
        y[i] = i % 4 == 1 || i % 4 == 2;
    }
    view.x = x;
    view.y = y;
    struct sl_error err = {0};
    if (sl_dataset_adopt_table(&view, "told", NULL, NULL, data->columns, &told, &err))
        fail_msg("%s", err.text);
    struct sl_model *model = fit_gaps(type, told, &median, 1);
    assert_int_equal(model->scaled.d, view.d);
    assert_int_equal(model->scaled.codes[view.d - 1], 4);
    float *scores = scores_of(model, &view, 1);
    for (size_t i = 0; i < view.n; i++)
        assert_true(scores[i * (size_t)view.k + (size_t)y[i]] > .5f);
    free(scores);
    sl_model_free(model);
    sl_dataset_free(data);
    sl_dataset_free(told);
}

/* A member of a group is what a fit of its own is. */
static void same_in_groups(type_ptr type)
{
    if (!type->fit_group)
        return;
    struct sl_dataset *data = with_gaps(type, 1, 0), *train, *test;
    uint32_t fitted[N], scored[N];
    struct sl_group_part part = {.fit = fitted, .score = scored};
    for (uint32_t i = 0; i < N; i++)
        *(i % 3 ? &fitted[part.n_fit++] : &scored[part.n_score++]) = i;
    assert_int_equal(sl_dataset_take(data, fitted, part.n_fit, &train, NULL), SL_OK);
    assert_int_equal(sl_dataset_take(data, scored, part.n_score, &test, NULL), SL_OK);
    void *config = small_config(type);
    const struct sl_group_member member = {config, 0, 7, "conformance"};
    struct told told = {.n = part.n_score};
    const struct sl_group_options options = {
        .scaling = scaling_of(type), .encoding = &median, .threads = 2, .done = member_done, .arg = &told};
    struct sl_error err = {0};
    if (sl_model_fit_group(type, data, &part, 1, &member, 1, &options, &err))
        fail_msg("%s", err.text);
    struct sl_model *model = fit_gaps(type, train, &median, 1);
    struct sl_view x = sl_dataset_view(test);
    int32_t *labels = labels_of(model, &x, 1);
    assert_same_labels(told.labels, labels, x.n);
    free(labels);
    free(config);
    sl_model_free(model);
    sl_dataset_free(data);
    sl_dataset_free(train);
    sl_dataset_free(test);
}

int main(void)
{
    static const struct property properties[] = {
        {"missing values are filled in", filled_in, 0, SL_TAKES_MISSING | SL_NEEDS_IMAGES},
        {"missing values are refused where they are kept", kept_are_refused, 0,
         SL_TAKES_MISSING | SL_NEEDS_IMAGES},
        {"missing values are refused in files", kept_are_refused_in_files, 0,
         SL_TAKES_MISSING | SL_NEEDS_IMAGES},
        {"codes are refused in files", codes_are_refused_in_files, 0, SL_TAKES_CATEGORIES | SL_NEEDS_IMAGES},
        {"missing values are seen", are_seen, SL_TAKES_MISSING, SL_NEEDS_IMAGES},
        {"categories are seen", categories_are_seen, SL_TAKES_CATEGORIES, SL_NEEDS_IMAGES},
        {"missing values: threads and files", same_on_threads_and_from_files, SL_TAKES_MISSING,
         SL_NEEDS_IMAGES},
        {"missing values: groups", same_in_groups, SL_TAKES_MISSING, SL_NEEDS_IMAGES},
    };
    return run_properties("gaps", properties, sizeof properties / sizeof *properties);
}
