/* How a table's numbers are stored is no part of their meaning: bytes, floats and doubles make the same
 * model. */
#include "conformance.h"

enum { TRAIN = 120, TEST = 60, K = 3 };

/* Rows as floats, without an image. */
static struct sl_dataset *table(type_ptr type, size_t n, uint64_t seed)
{
    return clouds(type, SL_F32, n, K, seed);
}

static struct sl_dataset *stored(const struct sl_dataset *data, enum sl_dtype dtype)
{
    struct sl_dataset *out = NULL;
    assert_int_equal(sl_dataset_as(data, dtype, &out, NULL), SL_OK);
    return out;
}

static void same_model(type_ptr type)
{
    struct sl_dataset *floats = table(type, TRAIN, 1), *test = table(type, TEST, 2);
    struct sl_view x = sl_dataset_view(test);
    struct sl_model *expected = fit(type, floats, 7, 1);
    static const enum sl_dtype dtypes[] = {SL_U8, SL_F64};
    for (int i = 0; i < 2; i++) {
        struct sl_dataset *other = stored(floats, dtypes[i]), *rows = stored(test, dtypes[i]);
        struct sl_view y = sl_dataset_view(rows);
        struct sl_model *model = fit(type, other, 7, 1);
        int32_t *labels = labels_of(expected, &x, 1), *same = labels_of(model, &y, 1);
        assert_same_predictions(expected, model, &x);
        assert_same_labels(labels, same, x.n);
        free(labels);
        free(same);
        sl_model_free(model);
        sl_dataset_free(other);
        sl_dataset_free(rows);
    }
    sl_model_free(expected);
    sl_dataset_free(floats);
    sl_dataset_free(test);
}

/* A model fitted on whole numbers takes 3.5 and 300. */
static void takes_any_number(type_ptr type)
{
    struct sl_dataset *floats = table(type, TRAIN, 1), *bytes = stored(floats, SL_U8);
    struct sl_model *model = fit(type, bytes, 7, 1), *expected = fit(type, floats, 7, 1);
    struct sl_view x = sl_dataset_view(floats);
    float *moved = sl_alloc(x.n, x.d * sizeof *moved);
    for (size_t i = 0; i < x.n * x.d; i++)
        moved[i] = ((const float *)x.x)[i] * 1.25f + 0.5f;
    x.x = moved;
    assert_same_predictions(expected, model, &x);
    free(moved);
    sl_model_free(model);
    sl_model_free(expected);
    sl_dataset_free(floats);
    sl_dataset_free(bytes);
}

/* What a float can not hold beside a large offset is kept until it is scaled. */
static void large_offsets(type_ptr type)
{
    struct sl_dataset *floats = table(type, TRAIN, 1), *doubles = stored(floats, SL_F64), *far = NULL;
    struct sl_view x = sl_dataset_view(doubles), near = x;
    double *moved = sl_alloc(x.n, x.d * sizeof *moved);
    for (size_t i = 0; i < x.n * x.d; i++)
        moved[i] = ((const double *)x.x)[i] + 17e9; /* exact: 12 bits of 53 are left below the point */
    x.x = moved;
    assert_int_equal(sl_dataset_new(&x, "far", NULL, &far, NULL), SL_OK);
    struct sl_model *model = fit(type, far, 7, 1), *expected = fit(type, doubles, 7, 1);
    int32_t *labels = labels_of(model, &x, 1), *same = labels_of(expected, &near, 1);
    if (scaling_of(type) == SL_SCALE_MINMAX) /* the scaled rows are equal to the bit */
        assert_same_labels(same, labels, x.n);
    free(labels);
    free(same);
    free(moved);
    sl_model_free(model);
    sl_model_free(expected);
    sl_dataset_free(floats);
    sl_dataset_free(doubles);
    sl_dataset_free(far);
}

static const struct property properties[] = {
    {.text = "bytes, floats and doubles make the same model", .test = same_model, .unless = SL_NEEDS_IMAGES},
    {.text = "a model of whole numbers takes any number",
     .test = takes_any_number,
     .unless = SL_NEEDS_IMAGES},
    {.text = "a large offset loses no digits", .test = large_offsets, .unless = SL_NEEDS_IMAGES},
};

int main(void)
{
    return run_properties("storage", properties, sizeof properties / sizeof *properties);
}
