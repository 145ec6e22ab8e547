/* scorer.c - scores before the softmax.
 *
 * Cost: a prediction.  Test-time augmentation is left out: what is explained is the net itself. */
#include "explain/scorer.h"

int sl_scorer_init(struct sl_scorer *scorer, const struct sl_model *model, int threads, struct sl_error *err)
{
    const struct sl_classifier_type *type = model->type;
    *scorer = (struct sl_scorer){.model = model, .threads = threads, .k = (size_t)model->raw.k};
    switch (type->inside) {
    case SL_INSIDE_NETWORK:
        scorer->network = model->payload;
        return sl_predictor_new(scorer->network->net, &(struct sl_predictor_options){.threads = threads},
                                &scorer->predictor, err);
    case SL_INSIDE_LINEAR:
        scorer->linear = model->payload;
        return SL_OK;
    case SL_INSIDE_TREE:
        scorer->tree = model->payload;
        return SL_OK;
    case SL_INSIDE_FOREST:
        scorer->forest = model->payload;
        return SL_OK;
    case SL_INSIDE_BOOSTING:
        scorer->boost = model->payload;
        return SL_OK;
    case SL_INSIDE_OWN:
        break;
    }
    return type->scores ? SL_OK
                        : sl_fail(err, SL_EUSAGE, "%s gives labels only, no scores to explain", type->name);
}

void sl_scorer_release(struct sl_scorer *scorer)
{
    sl_predictor_free(scorer->predictor);
    *scorer = (struct sl_scorer){0};
}

int sl_scorer_scores(const struct sl_scorer *scorer, const struct sl_view *prepared, float *scores,
                     struct sl_error *err)
{
    if (scorer->network)
        return sl_predict_scores(scorer->predictor, scorer->network->params, prepared, scores, err);
    if (scorer->linear) {
        struct sl_linear margins = *scorer->linear;
        margins.link = SL_LINK_MARGIN;
        return sl_linear_scores(&margins, prepared, scorer->threads, scores, err);
    }
    if (scorer->boost)
        return sl_boost_margins(scorer->boost, prepared, scorer->threads, scores, err);
    return scorer->model->type->scores(scorer->model->payload, prepared, scorer->threads, scores, err);
}

int sl_scorer_raw_scores(const struct sl_scorer *scorer, const struct sl_view *raw, float *scores,
                         struct sl_error *err)
{
    struct sl_prepared prepared;
    int code = sl_model_prepare(scorer->model, raw, scorer->threads, &prepared, err);
    if (code)
        return code;
    if (raw->n)
        code = sl_scorer_scores(scorer, &prepared.view, scores, err);
    sl_model_prepared_release(&prepared);
    return code;
}
