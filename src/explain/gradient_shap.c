/* gradient_shap.c - GradientSHAP: the mean over background rows and places on the way from them to the row of
 * the gradient times that way.
 *
 * Lundberg and Lee, NIPS 2017 (expected gradients: Erion et al., Nature Machine Intelligence 3, 2021). Sample
 * s of m lies in the s-th of m equal parts of the way, at a place drawn in it, from a background row that is
 * drawn.  The sum is known: score less the background's mean score.  What the samples miss it by is shared
 * out in proportion to the variance of each mean, which is the least change in units of its spread (as shap's
 * SamplingExplainer does); score->rest keeps it.  Cost: a forward and a backward pass for each of 50 samples.
 */
#include "core/hash.h"
#include "core/memory.h"
#include "explain/path.h"
#include "kernels/convert.h"
#include <math.h>

enum { SAMPLES = 50 };

struct state {
    size_t n;
    float *rows; /* (n, width): the background's */
};

static int begin(struct sl_explainer *e, struct sl_error *err)
{
    struct state *state = sl_alloc_zero(1, sizeof *state);
    e->state = state;
    if (!state)
        return sl_fail_memory(err);
    state->n = e->background.view.n;
    state->rows = sl_alloc(state->n, e->width * sizeof *state->rows);
    if (!state->rows)
        return sl_fail_memory(err);
    sl_view_block(&e->background.view, 0, state->n, state->rows);
    return SL_OK;
}

static void end(struct sl_explainer *e)
{
    struct state *state = e->state;
    if (state)
        free(state->rows);
    free(state);
}

/* A sample's background row, and how far it is from there to the row: of the row's number and the sample's.
 */
static const float *draw(const struct sl_path *path, size_t item, size_t sample, float *share)
{
    const struct sl_explainer *e = path->explainer;
    const struct state *state = e->state;
    const uint64_t parts[3] = {e->options.seed, path->block->ids[item / path->block->m], sample};
    uint64_t key = sl_hash64(parts, sizeof parts, 0x9ad5);
    const double place = (double)(sl_splitmix(&key) >> 11) * 0x1p-53;
    const double which = (double)(sl_splitmix(&key) >> 11) * 0x1p-53;
    *share = (float)(((double)sample + place) / (double)path->samples);
    return state->rows + (size_t)(which * (double)state->n) * e->width;
}

static int place(const struct sl_path *path, size_t item, size_t sample, float *point)
{
    float share;
    const float *x = sl_path_row(path, item), *from = draw(path, item, sample, &share);
    for (size_t j = 0; j < path->explainer->width; j++)
        point[j] = from[j] + share * (x[j] - from[j]);
    return SL_OK;
}

static void times_way(const struct sl_path *path, size_t item, size_t sample, const float *point,
                      float *gradient)
{
    float share;
    const float *x = sl_path_row(path, item), *from = draw(path, item, sample, &share);
    (void)point;
    for (size_t j = 0; j < path->explainer->width; j++)
        gradient[j] *= x[j] - from[j];
}

/* Makes the values add up. */
static void complete(const struct sl_explain_block *b, size_t item, size_t width, const float *variance)
{
    struct sl_explained_score *score = &b->score[item];
    float *values = b->values + item * width;
    double sum = 0, spread = 0, most = 0;
    for (size_t j = 0; j < width; j++) {
        sum += (double)values[j];
        spread += (double)variance[j];
        most = fmax(most, (double)variance[j]);
    }
    score->rest = sum - (score->score - score->base);
    score->deviation = sqrt(most);
    for (size_t j = 0; j < width && spread > 0; j++)
        values[j] -= (float)(score->rest * (double)variance[j] / spread);
}

static int run(struct sl_explainer *e, const struct sl_explain_block *b, struct sl_error *err)
{
    const size_t n = b->n * b->m;
    float *variance = sl_alloc(n, e->width * sizeof *variance);
    size_t *items = sl_path_all(b);
    const struct sl_path path = {.explainer = e,
                                 .block = b,
                                 .samples = e->options.samples ? (size_t)e->options.samples : SAMPLES,
                                 .n = n,
                                 .items = items,
                                 .point = place,
                                 .weigh = times_way};
    int code = variance && items ? sl_path_run(&path, variance, err) : sl_fail_memory(err);
    for (size_t p = 0; p < n && !code; p++)
        complete(b, p, e->width, variance + p * e->width);
    free(variance);
    free(items);
    return code;
}

const struct sl_method sl_method_gradient_shap = {
    .about = {.name = "gradient-shap",
              .title = "GradientSHAP",
              .needs = "a network",
              .help = "gradients between background rows and the row, times the way: adds up to the score",
              .reference = "Lundberg, Lee, NIPS 2017; Erion et al., Nature Machine Intelligence 3 (2021)",
              .background = 50},
    .flags = SL_METHOD_FEATURES | SL_METHOD_TAPS,
    .refuse = sl_refuse_but_networks,
    .begin = begin,
    .end = end,
    .run = run,
};
