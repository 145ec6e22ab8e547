/* linear_shap.c - exact Shapley values of linear models, whose score is the margin w x + b: w_j times how far
 * x_j is from the background's mean, where features are left out one independently of the other.
 *
 * Lundberg and Lee, NIPS 2017, corollary 1.  Cost: O(d) for each class of a row. */
#include "core/threads.h"
#include "explain/method.h"
#include "kernels/dispatch.h"
#include <string.h>

static int refuse(const struct sl_explainer *e, struct sl_error *err)
{
    return e->scorer.linear
               ? SL_OK
               : sl_fail(err, SL_EUSAGE, "it needs a linear model, and %s is none", e->model->type->name);
}

/* The vector of a class, and its sign: two classes share one.  NULL: it has none. */
static const float *weights_of(const struct sl_linear *model, int32_t class, float *sign)
{
    int at = 0;
    while (at < model->m && model->label_of[at] != class)
        at++;
    *sign = model->vectors == 1 && at == 0 ? -1 : 1;
    if (at == model->m || model->vectors == 0)
        return NULL;
    return model->W + (model->vectors == 1 ? 0 : (size_t)at * model->ld);
}

SL_CLONED_VOID(static, weigh,
               (const float *restrict w, float sign, const float *restrict x, const double *restrict mean,
                size_t width, float *restrict values),
               (w, sign, x, mean, width, values))
{
    for (size_t j = 0; j < width; j++)
        values[j] = sign * (float)((double)w[j] * ((double)x[j] - mean[j]));
}

static int run(struct sl_explainer *e, const struct sl_explain_block *b, struct sl_error *err)
{
    const size_t width = e->width;
    int threads = sl_threads_for((double)(b->n * b->m) * (double)width, e->options.threads);
    (void)err;
#pragma omp parallel for num_threads(threads)
    for (size_t p = 0; p < b->n * b->m; p++) {
        float sign, *values = b->values + p * width;
        const float *w = weights_of(e->scorer.linear, b->classes[p], &sign);
        if (w)
            weigh(w, sign, b->x + p / b->m * width, e->mean, width, values);
        else
            memset(values, 0, width * sizeof *values);
    }
    return SL_OK;
}

const struct sl_method sl_method_linear_shap = {
    .about = {.name = "linear-shap",
              .title = "Linear SHAP",
              .needs = "a linear model",
              .help = "exact Shapley values of the margin: weights times how far each feature is from the "
                      "background's mean",
              .reference = "Lundberg, Lee, NIPS 2017",
              .background = 50},
    .flags = SL_METHOD_FEATURES,
    .refuse = refuse,
    .run = run,
};
