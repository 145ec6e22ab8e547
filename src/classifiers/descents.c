/* descents.c - what the classifiers by stochastic gradient descent share; see linear/sgd.c for the method. */
#include "classifiers/descents.h"
#include "core/memory.h"
#include "linear/members.h"
#include <string.h>

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
        struct sl_sgd_fit own = {
            .options = &options, .weights = weights, .run = &run, .model = model, .report = fit->report};
        code = sl_sgd_train(fit->train, NULL, &classes, &own, 1, err);
        if (!code && own.diverged)
            code = sl_sgd_fail_diverged(&own, err);
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

static const struct sl_descents_config *config_of(const struct group_fit *all, size_t member)
{
    return all->group->members[member].config;
}

static int same_stream(const struct sl_rng *a, const struct sl_rng *b)
{
    uint64_t of_a[4], of_b[4];
    sl_rng_state(a, of_a);
    sl_rng_state(b, of_b);
    return memcmp(of_a, of_b, sizeof of_a) == 0;
}

/* Fits whose rows come in the same order are trained together; one of fewer epochs is a part of another. */
static enum sl_company company(void *arg, size_t member, size_t other)
{
    const struct group_fit *all = arg;
    const struct sl_descents_config *a = config_of(all, member), *b = config_of(all, other);
    const struct sl_sgd_options of_a = all->rule(a), of_b = all->rule(b);
    if (!sl_sgd_goes_with(&of_a, &of_b) ||
        !same_stream(all->group->members[member].rng, all->group->members[other].rng))
        return SL_ALONE;
    return a->balanced == b->balanced && sl_sgd_differs_in_epochs(&of_a, &of_b) ? SL_NESTED : SL_TOGETHER;
}

/* What members are trained with. */
struct trained {
    struct sl_sgd_options *options; /* (n) */
    double *weights;                /* (n, m) */
    struct sl_sgd_fit *fits;        /* (n) */
};

static void trained_release(struct trained *t)
{
    free(t->options);
    free(t->weights);
    free(t->fits);
}

static int trained_init(struct trained *t, const struct group_fit *all, struct sl_member_fit *fits, size_t n)
{
    const size_t m = (size_t)fits->classes->m;
    *t = (struct trained){sl_alloc(n, sizeof *t->options), sl_alloc(n * m, sizeof *t->weights),
                          sl_alloc(n, sizeof *t->fits)};
    for (size_t i = 0; i < n && t->options && t->weights && t->fits; i++) {
        const struct sl_descents_config *config = config_of(all, fits[i].number);
        double *weights = t->weights + i * m;
        sl_classes_weights(fits->classes, fits->train->n, config->balanced, weights);
        t->options[i] = all->rule(config);
        t->fits[i] = (struct sl_sgd_fit){.options = &t->options[i],
                                         .weights = weights,
                                         .run = &fits[i].run,
                                         .model = fits[i].model,
                                         .report = fits[i].report};
    }
    return t->options && t->weights && t->fits;
}

static int fit_members(void *arg, struct sl_member_fit *fits, size_t n, struct sl_error *err)
{
    struct trained t;
    int code = trained_init(&t, arg, fits, n) ? SL_OK : sl_fail_memory(err);
    if (!code)
        code = sl_sgd_train(fits->train, fits->list, fits->classes, t.fits, n, err);
    for (size_t i = 0; i < n && !code; i++) {
        fits[i].seconds = t.fits[i].seconds;
        fits[i].code = t.fits[i].diverged ? SL_EDIVERGED : SL_OK;
    }
    trained_release(&t);
    return code;
}

int sl_descents_fit_group(const struct sl_group *group, sl_descents_rule rule, struct sl_error *err)
{
    const struct sl_view *rows = group->rows;
    struct group_fit all = {group, rule};
    const struct sl_members_way way = {.operations = (double)rows->n * (double)rows->d * rows->k,
                                       .company = company,
                                       .fit = fit_members,
                                       .arg = &all};
    return sl_members_fit(group, &way, err);
}
