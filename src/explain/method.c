/* method.c - what methods share. */
#include "explain/method.h"

int sl_refuse_but_networks(const struct sl_explainer *explainer, struct sl_error *err)
{
    const char *type = explainer->model->type->name;
    return explainer->scorer.network ? SL_OK
                                     : sl_fail(err, SL_EUSAGE, "it needs a network, and %s is none", type);
}

struct sl_rng *sl_explain_rng(const struct sl_explainer *e, uint64_t id)
{
    return sl_rng_split(e->rng, id);
}
