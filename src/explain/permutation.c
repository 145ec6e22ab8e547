/* permutation.c - permutation importance: accuracy that is lost where a column's values change places.
 *
 * Column j in repeat r is shuffled by the stream of j and r alone, so that nothing depends on the order of
 * the work.  Cost: d x repeats predictions of all rows.  Memory: a copy of the rows. */
#include "core/memory.h"
#include "data/features.h"
#include "explain/method.h"
#include <math.h>
#include <string.h>

enum { REPEATS = 5 };

const struct sl_method sl_method_permutation = {
    .about = {.name = "permutation",
              .title = "Permutation importance",
              .needs = "any classifier and dense rows with labels",
              .help = "accuracy that is lost where a column's values change places among the rows",
              .reference = "Breiman, Machine Learning 45 (2001)",
              .of_all = 1},
};

struct work {
    const struct sl_model *model;
    struct sl_view rows; /* the copy */
    const struct sl_view *original;
    const int32_t *truth;
    const struct sl_rng *rng;
    int threads;
    uint32_t *order;
    int32_t *labels;
};

static int measure(const struct work *w, double *accuracy, struct sl_error *err)
{
    size_t right = 0;
    int code = sl_model_predict(w->model, &w->rows, w->threads, w->labels, err);
    for (size_t i = 0; i < w->rows.n && !code; i++)
        right += w->labels[i] == w->truth[i];
    *accuracy = (double)right / (double)w->rows.n;
    return code;
}

/* Column j of the copy becomes that of the original rows in w->order, or in theirs where order is NULL. */
static void set_column(const struct work *w, size_t j, const uint32_t *order)
{
    const size_t size = sl_dtype_size(w->rows.dtype), d = w->rows.d;
    char *to = (char *)w->rows.x + j * size;
    const char *from = (const char *)w->original->x + j * size;
    for (size_t i = 0; i < w->rows.n; i++)
        memcpy(to + i * d * size, from + (order ? order[i] : i) * d * size, size);
}

static int shuffle(const struct work *w, size_t j, size_t repeat, struct sl_error *err)
{
    struct sl_rng *column = sl_rng_split(w->rng, j), *rng = column ? sl_rng_split(column, repeat) : NULL;
    for (size_t i = 0; i < w->rows.n; i++)
        w->order[i] = (uint32_t)i;
    if (rng)
        sl_rng_shuffle(rng, w->order, w->rows.n);
    sl_rng_free(column);
    sl_rng_free(rng);
    return rng ? SL_OK : sl_fail_memory(err);
}

static int measure_column(const struct work *w, size_t j, size_t repeats, double whole,
                          struct sl_importance *out, struct sl_error *err)
{
    double sum = 0, squares = 0, accuracy;
    int code = SL_OK;
    for (size_t r = 0; r < repeats && !code; r++) {
        code = shuffle(w, j, r, err);
        set_column(w, j, w->order);
        if (!code)
            code = measure(w, &accuracy, err);
        if (!code) {
            sum += whole - accuracy;
            squares += (whole - accuracy) * (whole - accuracy);
        }
    }
    set_column(w, j, NULL);
    const double mean = sum / (double)repeats, spread = squares / (double)repeats - mean * mean;
    *out = (struct sl_importance){mean, spread > 0 ? sqrt(spread) : 0};
    return code;
}

int sl_permutation_importance(const struct sl_model *model, const struct sl_view *rows, const int32_t *truth,
                              const struct sl_importance_options *options, double *accuracy,
                              struct sl_importance *out, struct sl_error *err)
{
    const size_t repeats = options->repeats > 0 ? (size_t)options->repeats : REPEATS;
    if (rows->dtype == SL_SPARSE)
        return sl_fail(err, SL_EUSAGE, "permutation takes dense rows only: read them with storage dense");
    if (rows->n < 2)
        return sl_fail(err, SL_EUSAGE, "permutation takes two rows at least: one has nothing to change with");
    struct sl_rng *rng = sl_rng_new(options->seed, "permutation");
    struct work w = {.model = model,
                     .rows = *rows,
                     .original = rows,
                     .truth = truth,
                     .rng = rng,
                     .threads = options->threads,
                     .order = sl_alloc(rows->n, sizeof *w.order),
                     .labels = sl_alloc(rows->n, sizeof *w.labels)};
    void *copy = sl_view_copy(rows);
    w.rows.x = copy;
    int code = rng && w.order && w.labels && copy ? measure(&w, accuracy, err) : sl_fail_memory(err);
    for (size_t j = 0; j < rows->d && !code; j++)
        code = measure_column(&w, j, repeats, *accuracy, &out[j], err);
    free(copy);
    free(w.order);
    free(w.labels);
    sl_rng_free(rng);
    return code;
}

void sl_importance_order(const struct sl_importance *importance, size_t d, uint32_t *order)
{
    for (size_t j = 0; j < d; j++) { /* by insertion: columns are few, or their predictions take far longer */
        size_t at = j;
        for (; at > 0 && importance[order[at - 1]].mean < importance[j].mean; at--)
            order[at] = order[at - 1];
        order[at] = (uint32_t)j;
    }
}
