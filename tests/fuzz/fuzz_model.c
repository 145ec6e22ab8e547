/* fuzz_model.c - a model file.  What loads must predict, and must be the same model when it was saved and
 * loaded again. The mutator changes what stands behind the header, and mends length and checksum, which a
 * stranger can do as well. */
#include "fuzz.h"
#include <shortlist/model.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 3, MOST = 1 << 14 };

static int predict(const struct sl_model *model, int32_t labels[ROWS], struct sl_error *err)
{
    struct sl_view view = sl_model_like(model);
    static const size_t sizes[] = {[SL_U8] = 1, [SL_F32] = 4, [SL_F64] = 8};
    size_t starts[ROWS + 1] = {0};
    const uint32_t column = 0;
    const float value = 0;
    struct sl_csr none = {starts, &column, &value};
    void *x = view.dtype == SL_SPARSE ? NULL : calloc(ROWS * view.d, sizes[view.dtype]);
    FUZZ_MUST(x || view.dtype == SL_SPARSE);
    for (size_t j = 0; j < view.d && view.dtype == SL_U8; j++)
        ((uint8_t *)x)[view.d + j] = (uint8_t)(37 * j);
    for (size_t j = 0; j < view.d && view.dtype == SL_F32; j++)
        ((float *)x)[view.d + j] = (float)j - 1;
    view.n = ROWS;
    view.x = x ? x : &none;
    int code = sl_model_predict(model, &view, 1, labels, err);
    float *scores = calloc((size_t)view.k * ROWS, sizeof *scores);
    struct sl_error ignored;
    FUZZ_MUST(scores);
    if (!code)
        (void)sl_model_scores(model, &view, 1, scores, &ignored);
    free(scores);
    free(x);
    return code;
}

static void check(const struct sl_model *model)
{
    struct sl_error err = {0};
    int32_t labels[ROWS], again[ROWS];
    struct sl_model *copy = NULL;
    const char *path = fuzz_file("copy.slm", "", 0);
    FUZZ_MUST(!sl_model_save(model, path, &err));
    FUZZ_MUST(!sl_model_load(path, &copy, &err));
    if (sl_model_like(model).d <= MOST && sl_model_classes(model) <= MOST) {
        int code = predict(model, labels, &err);
        FUZZ_MUST(code == predict(copy, again, &err));
        FUZZ_MUST(code ? *err.text != 0 : memcmp(labels, again, sizeof labels) == 0);
        for (int i = 0; i < ROWS && !code; i++)
            FUZZ_MUST(labels[i] >= 0 && labels[i] < sl_model_classes(model));
    }
    sl_model_free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct sl_error err = {0};
    struct sl_model *model = NULL;
    int code = sl_model_load(fuzz_file("x.slm", bytes, n), &model, &err);
    FUZZ_MUST(!code == (model != NULL));
    FUZZ_MUST(!code || *err.text);
    if (!code)
        check(model);
    sl_model_free(model);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t most, unsigned seed);

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t most, unsigned seed)
{
    return fuzz_mutate_body(bytes, n, most, seed);
}
