/* integrated_gradients.c - the gradient's integral along the straight way from the baseline to the row, times
 * the way.
 *
 * Sundararajan, Taly, Yan, ICML 2017.  Midpoint rule with 32 steps; where the values miss the difference of
 * the scores by more than 1 %, twice as many, up to 1,024: nets of pieces bend on the way.  With a number of
 * samples, so many steps and no more.  Cost: a forward and a backward pass for each step. */
#include "core/memory.h"
#include "explain/path.h"
#include <math.h>

enum { STEPS = 32, STEPS_MOST = 1024 };

static int step(const struct sl_path *path, size_t item, size_t sample, float *point)
{
    const float *x = sl_path_row(path, item), *from = path->explainer->baseline;
    const float share = (float)(((double)sample + .5) / (double)path->samples);
    for (size_t j = 0; j < path->explainer->width; j++)
        point[j] = from[j] + share * (x[j] - from[j]);
    return SL_OK;
}

static int is_complete(const struct sl_explain_block *b, size_t item, size_t width)
{
    const double wanted = b->score[item].score - b->score[item].base;
    double sum = 0;
    for (size_t j = 0; j < width; j++)
        sum += (double)b->values[item * width + j];
    return fabs(sum - wanted) <= .01 * fabs(wanted);
}

/* Keeps the items that are not; their number. */
static size_t drop_complete(const struct sl_explain_block *b, size_t width, size_t *items, size_t n)
{
    size_t left = 0;
    for (size_t i = 0; i < n; i++)
        if (!is_complete(b, items[i], width))
            items[left++] = items[i];
    return left;
}

static int run(struct sl_explainer *e, const struct sl_explain_block *b, struct sl_error *err)
{
    const size_t fixed = (size_t)e->options.samples, most = fixed ? fixed : STEPS_MOST;
    size_t *items = sl_path_all(b), n = b->n * b->m;
    int code = items ? SL_OK : sl_fail_memory(err);
    for (size_t p = 0; p < n; p++)
        b->score[p].base = e->baseline_scores[b->classes[p]];
    for (size_t steps = fixed ? fixed : STEPS; n && steps <= most && !code; steps *= 2) {
        const struct sl_path path = {.explainer = e,
                                     .block = b,
                                     .samples = steps,
                                     .n = n,
                                     .items = items,
                                     .point = step,
                                     .weigh = sl_path_times_way};
        code = sl_path_run(&path, NULL, err);
        n = drop_complete(b, e->width, items, n);
    }
    free(items);
    return code;
}

const struct sl_method sl_method_integrated_gradients = {
    .about = {.name = "integrated-gradients",
              .title = "Integrated gradients",
              .needs = "a network",
              .help = "the gradient's integral from the baseline to the row: sums to the score's difference",
              .reference = "Sundararajan, Taly, Yan, ICML 2017"},
    .flags = SL_METHOD_FEATURES | SL_METHOD_TAPS,
    .refuse = sl_refuse_but_networks,
    .run = run,
};
