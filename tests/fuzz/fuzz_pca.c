/* fuzz_pca.c - the file of principal components.  What loads gives rows coordinates, and is the same when it
 * was saved and loaded again.  The mutator mends length and checksum. */
#include "fuzz.h"
#include "small_rows.h"
#include <shortlist/embed.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 2, MOST = 1 << 14 };

/* Rows of zeros with the columns that it was fitted on, if these are not too many. */
static struct sl_dataset *rows_for(const struct sl_preparation *preparation, enum sl_dtype dtype)
{
    static const double none[ROWS * MOST];
    static const int32_t labels[ROWS] = {0, 1};
    struct sl_view view = {.dtype = dtype, .x = none, .y = labels, .n = ROWS, .k = 2, .scale = 1};
    struct sl_dataset *data = NULL;
    struct sl_error err = {0};
    view.d = sl_preparation_columns(preparation);
    if (view.d <= MOST)
        FUZZ_MUST(!sl_dataset_new(&view, "rows", NULL, &data, &err));
    return data;
}

static void check_copy(const struct sl_pca *pca, const struct sl_features *features)
{
    struct sl_error err = {0};
    struct sl_pca *copy;
    struct sl_preparation *prepared;
    const char *path = fuzz_file("copy", "", 0);
    FUZZ_MUST(!sl_pca_save(pca, features, path, &err));
    FUZZ_MUST(!sl_pca_load(path, &copy, &prepared, &err));
    FUZZ_MUST(copy->d == pca->d && copy->k == pca->k);
    FUZZ_MUST(memcmp(copy->mean, pca->mean, pca->d * sizeof *pca->mean) == 0);
    sl_preparation_free(prepared);
    sl_pca_free(copy);
}

static void apply(const struct sl_pca *pca, const struct sl_preparation *preparation, enum sl_dtype dtype)
{
    struct sl_error err = {0};
    struct sl_features *features = NULL;
    struct sl_dataset *data = rows_for(preparation, dtype);
    const struct sl_features_options options = {.preparation = preparation, .threads = 1};
    int code = data && pca->k <= MOST ? sl_features_new(data, &options, &features, &err) : SL_EUSAGE;
    if (!code) {
        float *at = calloc(ROWS * pca->k, sizeof *at);
        FUZZ_MUST(at);
        code = sl_pca_apply(pca, features, 1, at, &err);
        FUZZ_MUST(!code || *err.text);
        free(at);
        check_copy(pca, features);
    }
    sl_features_free(features);
    sl_dataset_free(data);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct sl_error err = {0};
    struct sl_pca *pca = NULL;
    struct sl_preparation *preparation = NULL;
    int code = sl_pca_load(fuzz_file("x", bytes, n), &pca, &preparation, &err);
    FUZZ_MUST(!code == (pca != NULL));
    FUZZ_MUST(!code || *err.text);
    for (int dtype = SL_U8; preparation && dtype <= SL_F64; dtype++)
        apply(pca, preparation, (enum sl_dtype)dtype);
    sl_preparation_free(preparation);
    sl_pca_free(pca);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t most, unsigned seed);

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t most, unsigned seed)
{
    return fuzz_mutate_body(bytes, n, most, seed);
}
