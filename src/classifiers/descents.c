/* descents.c - what the classifiers by stochastic gradient descent share; see linear/sgd.c for the method. */
#include "classifiers/descents.h"
#include "core/memory.h"
#include "linear/members.h"

const struct sl_word sl_words_sgd_penalty[] = {{"l2", SL_SGD_L2},
                                               {"l1", SL_SGD_L1},
                                               {"elasticnet", SL_SGD_ELASTICNET},
                                               {"none", SL_SGD_NO_PENALTY},
                                               {0}};
const struct sl_word sl_words_sgd_tol[] = {{"none", -1}, {0}};

int sl_descents_fit(const struct sl_fit *fit, sl_descents_rule rule, void **out, struct sl_error *err)
{
    const struct sl_descents_config *config = fit->config;
    const struct sl_sgd_options options = rule(config);
    struct sl_classes classes;
    *out = NULL;
    int code = sl_classes_find(fit->train, &classes, err);
    if (code)
        return code;
    struct sl_linear *model = sl_linear_new(&classes, fit->train, SL_LINK_MARGIN, 0);
    double *weights = sl_alloc((size_t)classes.m, sizeof *weights);
    if (!model || !weights)
        code = sl_fail_memory(err);
    else if (classes.m > 1) {
        sl_classes_weights(&classes, fit->train->n, config->balanced, weights);
        const struct sl_linear_run run = {
            .threads = fit->threads,
            .rng = fit->rng,
            .cancel = fit->cancel,
            .on_epoch = fit->on_epoch,
            .arg = fit->arg,
        };
        code = sl_sgd_train(&options, fit->train, NULL, &classes, weights, &run, model, fit->report, err);
    }
    free(weights);
    sl_classes_release(&classes);
    if (code)
        sl_linear_free(model);
    else
        *out = model;
    return code;
}

int sl_descents_shares(const void *config, const struct sl_view *view)
{
    (void)config;
    return sl_linear_shares(view);
}

struct group_fit {
    const struct sl_group *group;
    sl_descents_rule rule;
};

static int fit_member(void *arg, const struct sl_member_fit *fit, struct sl_error *err)
{
    const struct group_fit *all = arg;
    const struct sl_descents_config *config = all->group->members[fit->number].config;
    const struct sl_sgd_options options = all->rule(config);
    double *weights = sl_alloc((size_t)fit->classes->m, sizeof *weights);
    if (!weights)
        return sl_fail_memory(err);
    sl_classes_weights(fit->classes, fit->train->n, config->balanced, weights);
    int code = sl_sgd_train(&options, fit->train, fit->list, fit->classes, weights, &fit->run, fit->model,
                            fit->report, err);
    free(weights);
    return code;
}

int sl_descents_fit_group(const struct sl_group *group, sl_descents_rule rule, struct sl_error *err)
{
    const struct sl_view *rows = group->rows;
    const double epoch = (double)rows->n * (double)rows->d * rows->k;
    struct group_fit all = {group, rule};
    return sl_members_fit(group, epoch, fit_member, &all, err);
}
