/* sgd_training.c - setting up a training by stochastic gradient descent; see sgd.c. */
#include "linear/sgd_training.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/skinny.h"
#include "kernels/sparse_row.h"
#include "linear/shuffle.h"
#include <math.h>
#include <string.h>

/* Bottou's t0: the first step is as long as typical weights make it. */
static double find_t0(const struct sl_sgd_options *options)
{
    if (options->learning_rate != SL_SGD_OPTIMAL)
        return 0;
    double typical = sqrt(1 / sqrt(options->alpha));
    double eta = typical / fmax(1, sl_sgd_dloss(options->loss, -typical, 1));
    return 1 / (eta * options->alpha);
}

/* Holds out the same share of every class, at random; at least one row stays in training.  Fits side by side
 * have the same classes, so they are not written to. */
static int hold_out(struct sl_sgd_training *tr)
{
    size_t n = tr->train->n, m = (size_t)tr->classes->m, kept = 0;
    const int32_t *number = tr->classes->number;
    for (size_t i = 0; i < n; i++)
        tr->order[i] = (uint32_t)i;
    tr->n = n;
    if (!tr->options->early_stopping)
        return SL_OK;
    size_t *left = sl_alloc(m, sizeof *left);
    if (!left)
        return sl_fail_memory(tr->err);
    for (size_t c = 0; c < m; c++)
        left[c] = (size_t)((double)tr->classes->count[c] * tr->options->validation_fraction);
    sl_shuffle_rows(tr->run->rng, tr->order, n);
    for (size_t i = 0; i < n; i++) {
        uint32_t row = tr->order[i];
        if (left[number[row]] > 0) {
            left[number[row]]--;
            tr->held_out[tr->n_held_out++] = row;
        } else
            tr->order[kept++] = row;
    }
    tr->n = kept;
    free(left);
    return SL_OK;
}

static void learner_init(struct sl_sgd_training *tr, const struct sl_sgd_descent *descent, int v)
{
    const int pair = tr->classes->m == 2, c = pair ? 1 : v;
    const size_t ld = tr->rows.ld;
    struct sl_sgd_learner *learner = &descent->learners[v];
    const size_t number = (size_t)(learner - tr->learners);
    const double *weights = descent->fits->weights;
    const int l1 = descent->rule.l1_ratio > 0;
    float *memory = tr->memory + number * ld * (l1 ? 2 : 1); /* all have an L1 penalty, or none has */
    *learner = (struct sl_sgd_learner){
        .rule = &descent->rule,
        .class_number = c,
        .v = memory,
        .q = l1 ? memory + ld : NULL,
        .scale = 1,
        .eta = descent->rule.options->eta0,
        .weight_own = weights[c],
        .weight_rest = pair ? weights[0] : 1,
        .best = tr->options->early_stopping ? -INFINITY : INFINITY,
        .finite = 1,
    };
    tr->active[number] = learner;
}

static int same_descent(const struct sl_sgd_training *tr, const struct sl_sgd_fit *a,
                        const struct sl_sgd_fit *b)
{
    return sl_sgd_differs_in_epochs(a->options, b->options) &&
           memcmp(a->weights, b->weights, (size_t)tr->classes->m * sizeof *a->weights) == 0;
}

/* The fits as descents, of which each takes those beside each other that are parts of one training. */
static void form_descents(struct sl_sgd_training *tr, struct sl_sgd_fit *fits, size_t n)
{
    tr->n_descents = 0;
    for (size_t i = 0; i < n; i++) {
        fits[i].seconds = 0;
        fits[i].diverged = fits[i].ended = 0;
        if (i > 0 && same_descent(tr, &fits[i - 1], &fits[i])) {
            tr->descents[tr->n_descents - 1].n_fits++;
            continue;
        }
        const size_t k = tr->n_descents++;
        tr->descents[k] = (struct sl_sgd_descent){
            .rule = {fits[i].options, sl_sgd_l1_ratio(fits[i].options), find_t0(fits[i].options), k},
            .learners = tr->learners + k * (size_t)tr->vectors,
            .fits = &fits[i],
            .n_fits = 1,
            .n_active = (size_t)tr->vectors,
        };
    }
}

/* Of an epoch: a step of a vector reads and changes its weights, and waits for what the step before it made.
 */
static double count_operations(const struct sl_sgd_training *tr, size_t n_fits)
{
    enum { STEP = 64, ENTRY = 8 };
    const double vectors = (double)n_fits * tr->vectors, n = (double)tr->train->n;
    if (tr->train->dtype == SL_SPARSE)
        return vectors * (2.0 * ENTRY * (double)sl_view_entries(tr->train) + STEP * n);
    return n * vectors * (2 * (double)tr->rows.ld + STEP);
}

/* Bytes that are multiplied by a scale and fill whole registers stay as they are: the scale is applied to
 * products. */
static struct sl_sgd_rows describe_rows(const struct sl_view *view, const uint32_t *list,
                                        const struct sl_classes *classes, int l1)
{
    const int bytes = view->dtype == SL_U8 && view->offset == 0 && view->d % SL_LANES == 0;
    return (struct sl_sgd_rows){.view = view,
                                .list = list,
                                .number = classes->number,
                                .ld = sl_lanes(view->d),
                                .step = l1 ? 1 : SL_ROWS_STEP,
                                .bytes = bytes,
                                .unit = bytes ? (double)view->scale : 1};
}

static int take_memory(struct sl_sgd_training *tr, size_t n_fits)
{
    const size_t rows = tr->train->n, learners = n_fits * (size_t)tr->vectors;
    const size_t arrays = tr->rows.step == 1 ? 2 : 1; /* with an L1 penalty */
    tr->order = sl_alloc(rows, sizeof *tr->order);
    tr->next_order = sl_alloc(rows, sizeof *tr->next_order);
    tr->held_out = sl_alloc(rows, sizeof *tr->held_out);
    tr->descents = sl_alloc(n_fits, sizeof *tr->descents);
    tr->learners = sl_alloc(learners, sizeof *tr->learners);
    tr->active = sl_alloc(learners, sizeof *tr->active);
    tr->chunks = sl_alloc_zero((size_t)tr->threads, sizeof *tr->chunks);
    return tr->order && tr->next_order && tr->held_out && tr->descents && tr->learners && tr->active &&
           tr->chunks && (tr->memory = sl_alloc_zero(learners * arrays * tr->rows.ld, sizeof *tr->memory));
}

static int make_chunks(struct sl_sgd_training *tr)
{
    for (int t = 0; t < tr->threads && tr->train->dtype != SL_SPARSE; t++)
        if (!(tr->chunks[t] = sl_sgd_chunk_new(tr->rows.ld, tr->n_descents)))
            return 0;
    return 1;
}

int sl_sgd_training_init(struct sl_sgd_training *tr, const struct sl_view *train, const uint32_t *list,
                         const struct sl_classes *classes, struct sl_sgd_fit *fits, size_t n,
                         struct sl_error *err)
{
    *tr = (struct sl_sgd_training){.train = train,
                                   .classes = classes,
                                   .options = fits->options,
                                   .run = fits->run,
                                   .vectors = fits->model->vectors,
                                   .err = err};
    tr->rows = describe_rows(train, list, classes, sl_sgd_l1_ratio(fits->options) > 0);
    tr->threads = sl_threads_between(count_operations(tr, n), tr->run->threads);
    if (!take_memory(tr, n))
        return sl_fail_memory(err);
    form_descents(tr, fits, n);
    if (!make_chunks(tr))
        return sl_fail_memory(err);
    for (size_t k = 0; k < tr->n_descents; k++)
        for (int v = 0; v < tr->vectors; v++)
            learner_init(tr, &tr->descents[k], v);
    tr->n_active = tr->n_descents * (size_t)tr->vectors;
    return hold_out(tr);
}

void sl_sgd_training_release(struct sl_sgd_training *tr)
{
    for (int t = 0; tr->chunks && t < tr->threads; t++)
        sl_sgd_chunk_free(tr->chunks[t]);
    free(tr->order);
    free(tr->next_order);
    free(tr->held_out);
    free(tr->descents);
    free(tr->learners);
    free(tr->active);
    free(tr->memory);
    free(tr->chunks);
}
