/* Properties of numbers that are not finite: no model holds or predicts one.
 *
 * Model files are damaged where floats lie, with the checksum mended: such a file is refused, or what it
 * predicts is finite, or is an error that says so. */
#include "conformance.h"
#include <float.h>
#include <unistd.h>
#include <zlib.h>

enum { TRAIN = 40, TEST = 12, K = 3, HARMS = 400, HARMS_OF_LARGE = 24, LARGE = 100000, HEADER = 24 };

/* A hyperparameter's value under which a model file has other numbers; NULL: the defaults. */
struct variant {
    const char *name, *value;
};

static const struct variant variants[] = {
    {NULL, NULL},
    {"kernel", "linear"},
    {"kernel", "poly"},
    {"kernel", "sigmoid"},
    {"weights", "distance"},
    {"activation", "tanh"},
    {"net", "conv 2 3x3, batchnorm, relu, residual 2, maxpool 2, flatten, dense 3, relu, dense classes"},
};

static int code_of_fit(type_ptr type, const struct sl_dataset *train, enum sl_scaling_kind scaling,
                       const struct variant *variant, struct sl_model **model, struct sl_error *err)
{
    struct sl_fit_options options = {.scaling = scaling, .seed = 7, .key = "conformance", .threads = 1};
    void *config = small_config(type);
    if (!(type->flags & SL_ITERATES) && has_param(type, "max_iter")) /* steps that lead nowhere */
        assert_int_equal(sl_config_set(type->params, config, "max_iter", "1000", err), SL_OK);
    if (variant->name)
        assert_int_equal(sl_config_set(type->params, config, variant->name, variant->value, err), SL_OK);
    int code = sl_model_fit(type, config, train, NULL, &options, NULL, model, err);
    free(config);
    return code;
}

/* Calls test for the defaults, and for each variant that the classifier has. */
static void for_variants(type_ptr type, void (*test)(type_ptr type, const struct variant *variant))
{
    struct sl_error err;
    struct sl_view view = {.dtype = SL_F32, .n = TRAIN, .d = features_of(type), .k = K, .scale = 1};
    if (type->flags & SL_NEEDS_IMAGES)
        view.image = (struct sl_image){IMAGE_SIDE, IMAGE_SIDE, 1};
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        void *config = small_config(type);
        const struct variant *v = &variants[i];
        int has = !v->name || (has_param(type, v->name) &&
                               sl_config_set(type->params, config, v->name, v->value, &err) == SL_OK &&
                               (!type->check || type->check(config, &view, &err) == SL_OK));
        free(config);
        if (has)
            test(type, v);
    }
}

/* Labels are classes and scores are numbers, or the error says which row's are not. */
static void use(const struct sl_model *model, const struct sl_view *x, const char *what)
{
    size_t k = (size_t)x->k;
    int margins = !(sl_model_type(model)->flags & SL_PROBABILITIES);
    int32_t *labels = sl_alloc(x->n, sizeof *labels);
    float *scores = sl_alloc(x->n * k, sizeof *scores);
    struct sl_error err = {0};
    int code = sl_model_predict(model, x, 1, labels, &err);
    if (code && (code != SL_EDATA || strncmp(err.text, "row ", 4) != 0))
        fail_msg("%s: predict: %s: %s", what, sl_code_name(code), err.text);
    for (size_t i = 0; !code && i < x->n; i++)
        assert_in_range(labels[i], 0, k - 1);
    code = sl_model_type(model)->scores ? sl_model_scores(model, x, 1, scores, &err) : SL_EDATA;
    for (size_t i = 0; !code && i < x->n * k; i++)
        if (!isfinite(scores[i]) && !(margins && scores[i] == -INFINITY))
            fail_msg("%s: row %zu has the score %g", what, i / k, (double)scores[i]);
    free(labels);
    free(scores);
}

/* Damaged files ------------------------------------------------------------------------------------ */

struct file {
    unsigned char *bytes;
    size_t size;
};

static struct file read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct file file = {0};
    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    file.size = (size_t)ftell(f);
    rewind(f);
    file.bytes = malloc(file.size);
    assert_int_equal(fread(file.bytes, 1, file.size, f), file.size);
    fclose(f);
    return file;
}

/* Writes n bytes over those at `at`, mends the checksum, loads the file and uses the model; then all is as
 * before. */
static void harm(struct file *file, const char *path, size_t at, const void *bytes, size_t n,
                 const struct sl_view *x)
{
    unsigned char kept[8];
    char what[64];
    struct sl_model *model;
    struct sl_error err = {0};
    memcpy(kept, file->bytes + at, n);
    memcpy(file->bytes + at, bytes, n);
    uint32_t crc = (uint32_t)crc32_z(0, file->bytes + HEADER, file->size - HEADER - 4);
    for (int i = 0; i < 4; i++)
        file->bytes[file->size - 4 + (size_t)i] = (unsigned char)(crc >> (8 * i));
    FILE *f = fopen(path, "wb");
    assert_int_equal(fwrite(file->bytes, 1, file->size, f), file->size);
    fclose(f);
    snprintf(what, sizeof what, "%zu bytes at %zu of %zu", n, at, file->size);
    int code = sl_model_load(path, &model, &err);
    if (code == SL_OK)
        use(model, x, what);
    else if (code != SL_EDATA && code != SL_ENOMEM)
        fail_msg("%s: %s: %s", what, sl_code_name(code), err.text);
    sl_model_free(model);
    memcpy(file->bytes + at, kept, n);
}

/* Each float of the classifier's record, which ends with floats or with bytes, by each of the numbers; of a
 * large record some. */
static void harm_floats(struct file *file, const char *path, size_t begin, const struct sl_view *x)
{
    static const float numbers[] = {NAN, -NAN, INFINITY, -INFINITY, FLT_MAX, -FLT_MAX, 1e30f, -1};
    enum { NUMBERS = sizeof numbers / sizeof *numbers };
    struct sl_rng *rng = sl_rng_new(3, "harms");
    size_t floats = (file->size - 4 - begin) / 4, all = floats * NUMBERS;
    size_t harms = file->size > LARGE ? HARMS_OF_LARGE : HARMS;
    for (size_t i = 0; i < (all < harms ? all : harms); i++) {
        size_t choice = all < harms ? i : sl_rng_below(rng, all);
        harm(file, path, file->size - 8 - choice / NUMBERS * 4, &numbers[choice % NUMBERS], 4, x);
    }
    sl_rng_free(rng);
}

/* The scaling's doubles lie before the classifier's record. */
static void harm_scaling(struct file *file, const char *path, size_t begin, const struct sl_view *x)
{
    static const double numbers[] = {NAN, INFINITY, -INFINITY, DBL_MAX, -DBL_MAX, 1e300, 1e-300, -1, 0};
    size_t doubles = 2 * x->d < 64 ? 2 * x->d : 64;
    for (size_t i = 0; i < doubles; i++)
        for (size_t j = 0; j < sizeof numbers / sizeof *numbers; j++)
            if (file->size <= LARGE || (i + j) % 64 == 0)
                harm(file, path, begin - 8 - i * 8, &numbers[j], 8, x);
}

static void harm_file(type_ptr type, const struct variant *variant)
{
    struct sl_dataset *train = clouds(type, SL_F32, TRAIN, K, 1), *test = clouds(type, SL_F32, TEST, K, 2);
    struct sl_view x = sl_dataset_view(test);
    struct sl_model *model;
    struct sl_error err = {0};
    char path[] = "conformance-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    if (code_of_fit(type, train, SL_SCALE_STANDARD, variant, &model, &err) ||
        sl_model_save(model, path, &err))
        fail_msg("%s", err.text);
    struct file file = read_file(path);
    size_t begin = file.size - 4 - sl_model_bytes(model);
    harm_floats(&file, path, begin, &x);
    harm_scaling(&file, path, begin, &x);
    unlink(path);
    free(file.bytes);
    sl_model_free(model);
    sl_dataset_free(train);
    sl_dataset_free(test);
}

static void damaged_files(type_ptr type)
{
    for_variants(type, harm_file);
}

/* Huge rows ---------------------------------------------------------------------------------------- */

/* Rows of up to scale, either sign, of no order. */
static struct sl_dataset *huge_rows(type_ptr type, size_t n, double scale)
{
    struct sl_dataset *base = clouds(type, SL_F32, n, K, 1);
    struct sl_view view = sl_dataset_view(base);
    struct sl_rng *rng = sl_rng_new(5, "huge");
    float *x = sl_alloc(n * view.d, sizeof *x);
    for (size_t i = 0; i < n * view.d; i++)
        x[i] = (float)(scale * (2 * sl_rng_uniform(rng) - 1));
    struct sl_dataset *data = data_of(type, SL_F32, x, view.y, n, K);
    sl_rng_free(rng);
    free(x);
    sl_dataset_free(base);
    return data;
}

static const double scales[] = {3e38, 1e19, 1e17, 1e10, 1e25, 1e30};

/* Two of them for images, which take long. */
static size_t scales_of(type_ptr type)
{
    return type->flags & SL_NEEDS_IMAGES ? 2 : sizeof scales / sizeof *scales;
}

static const enum sl_scaling_kind kinds[] = {SL_SCALE_NONE, SL_SCALE_MINMAX, SL_SCALE_STANDARD};

static void fit_huge(type_ptr type, const struct variant *variant)
{
    for (size_t s = 0; s < scales_of(type); s++)
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
            struct sl_dataset *train = huge_rows(type, TRAIN, scales[s]);
            struct sl_view x = sl_dataset_view(train);
            struct sl_model *model;
            struct sl_error err = {0};
            int code = code_of_fit(type, train, kinds[i], variant, &model, &err);
            if (code && (code != SL_EDIVERGED || !err.text[0] || model))
                fail_msg("%g: %s: %s", scales[s], sl_code_name(code), err.text);
            if (!code)
                use(model, &x, "training rows");
            sl_model_free(model);
            sl_dataset_free(train);
        }
}

static void predict_huge(type_ptr type, const struct variant *variant)
{
    struct sl_dataset *train = clouds(type, SL_F32, TRAIN, K, 1);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct sl_model *model;
        struct sl_error err = {0};
        if (code_of_fit(type, train, kinds[i], variant, &model, &err) == SL_EDIVERGED)
            continue; /* unscaled rows, say: nothing to predict with */
        assert_int_equal(err.code, SL_OK);
        for (size_t s = 0; s < scales_of(type); s++) {
            struct sl_dataset *test = huge_rows(type, TEST, scales[s]);
            struct sl_view x = sl_dataset_view(test);
            use(model, &x, "huge rows");
            sl_dataset_free(test);
        }
        sl_model_free(model);
    }
    sl_dataset_free(train);
}

static void huge_training_rows(type_ptr type)
{
    for_variants(type, fit_huge);
}

static void huge_rows_to_predict(type_ptr type)
{
    for_variants(type, predict_huge);
}

static const struct property properties[] = {
    {.text = "a file with damaged numbers is refused, or what it predicts is finite", .test = damaged_files},
    {.text = "a fit on huge rows gives a model that predicts, or has diverged", .test = huge_training_rows},
    {.text = "huge rows have finite scores, or are an error", .test = huge_rows_to_predict},
};

int main(void)
{
    return run_properties("numbers", properties, sizeof properties / sizeof *properties);
}
