/* npy_weights.c - an array as the weights of rows.  O(n). */
#include "core/memory.h"
#include "input/input.h"
#include "readers/npy.h"
#include <inttypes.h>
#include <string.h>

static int check_shape(const char *path, const struct sl_npy *npy, size_t n, struct sl_error *err)
{
    if (strchr("US", npy->kind))
        return sl_fail(err, SL_EDATA, "%s: an array of texts; expected weights, a number a row", path);
    if (npy->values != npy->shape[0])
        return sl_fail(err, SL_EDATA, "%s: weights of %d dimensions; expected one a row", path, npy->dims);
    if (npy->shape[0] != n)
        return sl_fail(err, SL_EDATA, "%s: %" PRIu64 " weights of %zu rows", path, npy->shape[0], n);
    return SL_OK;
}

static int take(const char *path, const struct sl_npy *npy, const unsigned char *raw, double *weight,
                size_t *n_weightless, struct sl_error *err)
{
    for (size_t i = 0; i < npy->values; i++) {
        double value = sl_npy_value(npy, raw + i * npy->size);
        if (!sl_is_weight(value))
            return sl_fail(err, SL_EDATA,
                           "%s: weight %zu is %g: expected 0 or a positive number, within the range of float "
                           "numbers",
                           path, i, value);
        weight[i] = value == 0 ? 0 : value; /* no -0 */
        *n_weightless += value == 0;
    }
    if (*n_weightless == npy->values)
        return sl_fail(err, SL_EDATA, "%s: every weight is 0: nothing is left to fit", path);
    return SL_OK;
}

int sl_npy_read_weights(struct sl_input *in, struct sl_view *view, struct sl_notes *notes,
                        struct sl_error *err)
{
    const char *path = sl_input_path(in);
    struct sl_npy npy;
    void *raw = NULL;
    double *weight = NULL;
    size_t n_weightless = 0;
    int code = sl_npy_read_head(in, &npy, err);
    if (!code)
        code = check_shape(path, &npy, view->n, err);
    if (!code)
        code = sl_npy_read_values(in, &npy, &raw, err);
    if (!code && !(weight = sl_alloc(view->n, sizeof *weight)))
        code = sl_fail_memory(err);
    if (!code)
        code = take(path, &npy, raw, weight, &n_weightless, err);
    free(raw);
    if (code) {
        free(weight);
        return code;
    }
    view->weight = weight;
    sl_notes_add(notes, "weights: %s, %s", path, SL_WEIGHTS_USE);
    sl_note_weightless(n_weightless, notes);
    return SL_OK;
}
