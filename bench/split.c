/* split.c - opens the split of a benchmark, and writes arrays for NumPy.
 *
 * The split is drawn as a study draws it: stratified from the training file, by (labels, sizes, seed).  Where
 * the test file is to be scored, or all rows are to be fitted, its rows are.  A made-up table needs no file.
 * O(n d) beside reading. */
#include "split.h"
#include "core/memory.h"
#include "core/text.h"
#include <errno.h>
#include <shortlist/rng.h>
#include <shortlist/split.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* *data with the view's rows in the place of its own. */
static int replace(struct sl_dataset **data, const struct sl_view *view, struct sl_error *err)
{
    struct sl_dataset *other = NULL;
    int code = sl_dataset_new(view, sl_dataset_name(*data), NULL, &other, err);
    if (code != SL_OK)
        return code;
    sl_dataset_free(*data);
    *data = other;
    return SL_OK;
}

static int make_floats(struct sl_dataset **data, uint64_t seed, const char *key, struct sl_error *err)
{
    struct sl_view view = sl_dataset_view(*data);
    if (view.dtype != SL_U8)
        return sl_fail(err, SL_EUSAGE, "--float makes real numbers of bytes; %s holds real numbers",
                       sl_dataset_name(*data));
    const uint8_t *bytes = view.x;
    float *x = sl_alloc(view.n * view.d, sizeof *x);
    struct sl_rng *rng = sl_rng_new(seed, key);
    int code = x && rng ? SL_OK : sl_fail_memory(err);
    for (size_t i = 0; code == SL_OK && i < view.n * view.d; i++)
        x[i] = (float)((uint32_t)bytes[i] << 12 | (uint32_t)(sl_rng_bits(rng) >> 52)) * 0x1p-20f;
    view.dtype = SL_F32;
    view.x = x;
    if (code == SL_OK)
        code = replace(data, &view, err);
    sl_rng_free(rng);
    free(x);
    return code;
}

/* The test file's first rows to score. */
static int take_test(struct bench_split *split, struct sl_error *err)
{
    struct sl_dataset *test = NULL;
    struct sl_view view = {0};
    int code = sl_dataset_open(split->data, SL_PART_TEST, NULL, &test, err);
    if (code == SL_OK) {
        view = sl_dataset_view(test);
        if (split->n_validation > view.n)
            code = sl_fail(err, SL_EUSAGE, "of the test file %zu rows can be scored, not %zu", view.n,
                           split->n_validation);
        view.n = split->n_validation;
    }
    if (code == SL_OK)
        code = sl_dataset_new(&view, sl_dataset_name(test), NULL, &split->validation, err);
    sl_dataset_free(test);
    return code;
}

/* All rows of the training file to fit. */
static int take_files(struct bench_split *split, const struct sl_dataset *all, struct sl_error *err)
{
    struct sl_view view = sl_dataset_view(all);
    int code = sl_dataset_new(&view, sl_dataset_name(all), NULL, &split->train, err);
    split->test = 1;
    return code == SL_OK ? take_test(split, err) : code;
}

/* What is not fitted are the validation rows, of which none is scored where the test file is. */
static int take_parts(struct bench_split *split, const struct sl_dataset *all, struct sl_error *err)
{
    struct sl_view view = sl_dataset_view(all);
    uint32_t *train = NULL, *validation = NULL;
    size_t n_train, n_left = split->test ? view.n - split->n_train : split->n_validation;
    if (split->n_train == view.n)
        return take_files(split, all, err);
    if (split->n_train > view.n)
        return sl_fail(err, SL_EUSAGE, "%zu rows to fit, of %zu", split->n_train, view.n);
    int code = sl_split(&view, split->n_train, n_left, split->seed, &train, &n_train, &validation, err);
    if (code == SL_OK)
        code = sl_dataset_take(all, train, n_train, &split->train, err);
    if (code == SL_OK)
        code = split->test ? take_test(split, err)
                           : sl_dataset_take(all, validation, n_left, &split->validation, err);
    if (code == SL_OK)
        split->n_train = n_train;
    free(train);
    free(validation);
    return code;
}

static int open_table(struct bench_split *split, struct sl_error *err)
{
    int code = bench_table_make(split, split->n_train, "training rows", &split->train, err);
    if (code == SL_OK)
        code = bench_table_make(split, split->n_validation, "validation rows", &split->validation, err);
    return code;
}

static int open_data(struct bench_split *split, struct sl_error *err)
{
    struct sl_dataset *all = NULL;
    int code = sl_dataset_open(split->data, SL_PART_TRAIN, NULL, &all, err);
    if (code == SL_OK)
        code = take_parts(split, all, err);
    if (code == SL_OK && split->floats)
        code = make_floats(&split->train, split->seed, "jitter of the training rows", err);
    if (code == SL_OK && split->floats)
        code = make_floats(&split->validation, split->seed, "jitter of the validation rows", err);
    sl_dataset_free(all);
    return code;
}

int bench_split_open(struct bench_split *split, struct sl_error *err)
{
    int code = split->table ? open_table(split, err) : open_data(split, err);
    if (code == SL_OK) {
        snprintf(split->train_hash, sizeof split->train_hash, "%s", sl_dataset_hash(split->train));
        snprintf(split->validation_hash, sizeof split->validation_hash, "%s",
                 sl_dataset_hash(split->validation));
    }
    return code;
}

void bench_split_close(struct bench_split *split)
{
    sl_dataset_free(split->train);
    sl_dataset_free(split->validation);
    split->train = split->validation = NULL;
}

static int reorder(struct sl_dataset **data, const uint32_t *order, struct sl_error *err)
{
    struct sl_view view = sl_dataset_view(*data);
    size_t size = view.dtype == SL_U8 ? 1 : sizeof(float);
    const char *from = view.x;
    char *x = sl_alloc(view.n * view.d, size);
    if (!x)
        return sl_fail_memory(err);
    for (size_t i = 0; i < view.n; i++)
        for (size_t j = 0; j < view.d; j++)
            memcpy(x + (i * view.d + j) * size, from + (i * view.d + order[j]) * size, size);
    view.x = x;
    view.image = (struct sl_image){1, (int)view.d, 1}; /* pixels still, and so bytes still */
    int code = replace(data, &view, err);
    free(x);
    return code;
}

int bench_split_shuffle_features(struct bench_split *split, uint64_t seed, struct sl_error *err)
{
    size_t d = sl_dataset_view(split->train).d;
    uint32_t *order = sl_alloc(d, sizeof *order);
    struct sl_rng *rng = sl_rng_new(seed, "order of features");
    int code = order && rng ? SL_OK : sl_fail_memory(err);
    if (code == SL_OK) {
        for (size_t j = 0; j < d; j++)
            order[j] = (uint32_t)j;
        sl_rng_shuffle(rng, order, d);
        code = reorder(&split->train, order, err);
    }
    if (code == SL_OK)
        code = reorder(&split->validation, order, err);
    sl_rng_free(rng);
    free(order);
    return code;
}

int bench_split_flag(struct bench_split *split, const char *option)
{
    const int clouds = strcmp(option, "--table") == 0, mixed = strcmp(option, "--mixed-table") == 0;
    if (strcmp(option, "--test") == 0) {
        split->test = 1;
        return 1;
    }
    if (!clouds && !mixed && strcmp(option, "--float") != 0)
        return 0;
    if (clouds || mixed)
        split->table = mixed ? BENCH_TABLE_MIXED : BENCH_TABLE_CLOUDS;
    split->floats = 1;
    return 1;
}

int bench_split_option(struct bench_split *split, const char *option, const char *value)
{
    long number = 0;
    if (strcmp(option, "--data") == 0) {
        split->data = value;
        return 1;
    }
    const int train = strcmp(option, "--train") == 0, validation = strcmp(option, "--validation") == 0,
              folds = strcmp(option, "--folds") == 0, features = strcmp(option, "--features") == 0;
    if (!train && !validation && !folds && !features && strcmp(option, "--split-seed") != 0)
        return 0;
    if (sl_parse_long(value, &number) != 0 || number < 0)
        return -1;
    if (train)
        split->n_train = (size_t)number;
    else if (validation)
        split->n_validation = (size_t)number;
    else if (folds)
        split->folds = (size_t)number;
    else if (features)
        split->features = (size_t)number;
    else
        split->seed = (uint64_t)number;
    return 1;
}

int bench_split_print(const struct bench_split *split, json_t *facts, struct sl_error *err)
{
    sl_json_set(&facts, "train_hash", sl_json_string(split->train_hash));
    sl_json_set(&facts, "validation_hash", sl_json_string(split->validation_hash));
    char *text = sl_json_print(facts);
    if (!text)
        return sl_fail_memory(err);
    puts(text);
    free(text);
    return SL_OK;
}

int bench_npy_write(const char *path, const char *descr, const void *items, size_t item_size, size_t rows,
                    size_t columns, struct sl_error *err)
{
    char dict[128], shape[64];
    snprintf(shape, sizeof shape, columns ? "(%zu, %zu)" : "(%zu,)", rows, columns);
    snprintf(dict, sizeof dict, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr, shape);
    FILE *file = fopen(path, "wb");
    if (!file)
        return sl_fail(err, SL_EIO, "%s: %s", path, strerror(errno));
    /* Magic, version and length are 10 bytes; spaces and a newline fill the head to 128. */
    const unsigned char head[10] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0};
    size_t n = rows * (columns ? columns : 1);
    int bad = fwrite(head, 1, sizeof head, file) != sizeof head;
    bad |= fprintf(file, "%-117s\n", dict) != 118;
    bad |= fwrite(items, item_size, n, file) != n;
    bad |= fclose(file) != 0;
    return bad ? sl_fail(err, SL_EIO, "%s: could not write all of it", path) : SL_OK;
}
