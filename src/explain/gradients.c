/* gradients.c - maps from gradients of a network's score with regard to its input: the gradient itself, times
 * the input, and its mean over the row with noise.
 *
 * Inputs are as the network takes them, scaled.  Simonyan, Vedaldi, Zisserman, ICLR workshop 2014 (saliency);
 * Shrikumar et al., arXiv:1605.01713 (gradient x input); Smilkov et al., arXiv:1706.03825 (SmoothGrad). Cost:
 * a forward and a backward pass a row, times the samples of SmoothGrad. */
#include "core/memory.h"
#include "explain/path.h"
#include <math.h>

/* Gradient ----------------------------------------------------------------------------------------- */

static void set_base(struct sl_explainer *e, const struct sl_explain_block *b)
{
    for (size_t p = 0; p < b->n * b->m; p++)
        b->score[p].base = e->baseline_scores[b->classes[p]];
}

static int run(struct sl_path *path, struct sl_error *err)
{
    size_t *items = sl_path_all(path->block);
    if (!items)
        return sl_fail_memory(err);
    path->items = items;
    path->n = path->block->n * path->block->m;
    set_base(path->explainer, path->block);
    int code = sl_path_run(path, NULL, err);
    free(items);
    return code;
}

static int run_gradient(struct sl_explainer *e, const struct sl_explain_block *b, struct sl_error *err)
{
    struct sl_path path = {.explainer = e, .block = b, .samples = 1};
    return run(&path, err);
}

const struct sl_method sl_method_gradient = {
    .about = {.name = "gradient",
              .title = "Gradient",
              .needs = "a network",
              .help = "by how much the score grows with each input: saliency",
              .reference = "Simonyan, Vedaldi, Zisserman, ICLR workshop 2014"},
    .flags = SL_METHOD_FEATURES | SL_METHOD_TAPS,
    .refuse = sl_refuse_but_networks,
    .run = run_gradient,
};

/* Gradient x input --------------------------------------------------------------------------------- */

static int run_gradient_x_input(struct sl_explainer *e, const struct sl_explain_block *b,
                                struct sl_error *err)
{
    struct sl_path path = {.explainer = e, .block = b, .samples = 1, .weigh = sl_path_times_way};
    return run(&path, err);
}

const struct sl_method sl_method_gradient_x_input = {
    .about = {.name = "gradient-x-input",
              .title = "Gradient x input",
              .needs = "a network",
              .help = "the gradient times how far each input is from the baseline",
              .reference = "Shrikumar et al., arXiv:1605.01713 (2016)"},
    .flags = SL_METHOD_FEATURES | SL_METHOD_TAPS,
    .refuse = sl_refuse_but_networks,
    .run = run_gradient_x_input,
};

/* SmoothGrad --------------------------------------------------------------------------------------- */

enum { NOISY = 50 };
static const double NOISE = .15;

/* Random numbers of a row are the same for each of its classes. */
static int add_noise(const struct sl_path *path, size_t item, size_t sample, float *point)
{
    const struct sl_explainer *e = path->explainer;
    const float *x = sl_path_row(path, item);
    struct sl_rng *row = sl_explain_rng(e, path->block->ids[item / path->block->m]);
    struct sl_rng *rng = row ? sl_rng_split(row, sample) : NULL;
    float least = x[0], most = x[0];
    for (size_t j = 1; j < e->width; j++) {
        least = fminf(least, x[j]);
        most = fmaxf(most, x[j]);
    }
    const double spread = (e->options.noise > 0 ? e->options.noise : NOISE) * ((double)most - (double)least);
    for (size_t j = 0; rng && j < e->width; j++)
        point[j] = (float)((double)x[j] + spread * sl_rng_normal(rng));
    int code = rng ? SL_OK : SL_ENOMEM;
    sl_rng_free(row);
    sl_rng_free(rng);
    return code;
}

static int run_smoothgrad(struct sl_explainer *e, const struct sl_explain_block *b, struct sl_error *err)
{
    struct sl_path path = {.explainer = e,
                           .block = b,
                           .samples = e->options.samples ? (size_t)e->options.samples : NOISY,
                           .point = add_noise};
    return run(&path, err);
}

const struct sl_method sl_method_smoothgrad = {
    .about = {.name = "smoothgrad",
              .title = "SmoothGrad",
              .needs = "a network",
              .help = "the mean gradient over the row with noise (50 samples, 0.15 of its range)",
              .reference = "Smilkov et al., arXiv:1706.03825 (2017)"},
    .flags = SL_METHOD_FEATURES | SL_METHOD_TAPS,
    .refuse = sl_refuse_but_networks,
    .run = run_smoothgrad,
};
