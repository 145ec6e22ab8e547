/* forests.c - what the classifiers made of many trees share.
 *
 * A group is one training of each part: as many trees as the largest member has, as deep as the deepest. */
#include "classifiers/forests.h"
#include "core/memory.h"
#include "trees/grow.h"
#include <math.h>

const struct sl_word sl_words_tree_criterion[] = {
    {"gini", SL_TREE_GINI}, {"entropy", SL_TREE_ENTROPY}, {"log_loss", SL_TREE_ENTROPY}, {NULL, 0}};
const struct sl_word sl_words_none[] = {{"none", 0}, {NULL, 0}};
const struct sl_word sl_words_max_features[] = {
    {"none", SL_TREE_ALL}, {"sqrt", SL_TREE_SQRT}, {"log2", SL_TREE_LOG2}, {NULL, 0}};
const struct sl_word sl_words_forest_weight[] = {{"none", SL_FOREST_AS_THEY_ARE},
                                                 {"balanced", SL_FOREST_BALANCED},
                                                 {"balanced_subsample", SL_FOREST_BALANCED_SUBSAMPLE},
                                                 {NULL, 0}};

int sl_forests_check(const void *vconfig, const struct sl_view *view, struct sl_error *err)
{
    const struct sl_forest_options *forest = &((const struct sl_forests_config *)vconfig)->forest;
    if (forest->tree.max_features > (double)view->d)
        return sl_fail(err, SL_EUSAGE, "max_features: %g are more than the data set's %zu features",
                       forest->tree.max_features, view->d);
    if (view->n > SL_TREE_ROWS_MAX)
        return sl_fail(err, SL_EUSAGE, "%zu rows are more than the %d that a tree can hold", view->n,
                       SL_TREE_ROWS_MAX);
    if (!forest->bootstrap && forest->oob_score)
        return sl_fail(err, SL_EUSAGE, "oob_score=true needs bootstrap=true: else no row is out of bag");
    if (!forest->bootstrap && forest->max_samples != 0)
        return sl_fail(err, SL_EUSAGE, "max_samples needs bootstrap=true: else each tree has all rows");
    if (forest->max_samples > (double)view->n && forest->max_samples > 1)
        return sl_fail(err, SL_EUSAGE, "max_samples: %g are more than the %zu training rows",
                       forest->max_samples, view->n);
    return SL_OK;
}

static void report(const struct sl_forest_grown *grown, struct sl_fit_report *out)
{
    out->objective = grown->impurity;
    out->oob_accuracy = grown->oob_accuracy;
}

size_t sl_forests_near = 1 << 20;

/* Codes of more than the caches hold are laid class by class where features or thresholds are drawn.  But a
 * row's few ranks also stand side by side, to be copied: of many ranks that would take four times a byte's
 * memory, and a copy more time than it saves. */
static int make_codes(const struct sl_view *view, const struct sl_tree_options *options,
                      struct sl_tree_codes *codes, struct sl_error *err)
{
    enum { FEW = 64 };
    int code = sl_tree_codes_make(view, options->splitter == SL_TREE_RANDOM, options->threads, codes, err);
    if (code || !sl_tree_draws(options, view->d) ||
        (codes->bytes ? view->n * view->d : 4 * codes->n * codes->n_ranked) <= sl_forests_near)
        return code;
    code = codes->bytes || codes->n_ranked > FEW
               ? sl_tree_codes_lay(codes, view->y, view->k, options->threads, err)
               : sl_tree_codes_add_rows(codes, options->threads, err);
    if (code)
        sl_tree_codes_release(codes);
    return code;
}

int sl_forests_fit(const struct sl_fit *fit, int splitter, void **out, struct sl_error *err)
{
    const struct sl_view *train = fit->train;
    struct sl_forest_options options = ((const struct sl_forests_config *)fit->config)->forest;
    struct sl_tree_codes codes;
    struct sl_forest_grown grown;
    const struct sl_forest_cut cut = {.n = (size_t)options.n_estimators,
                                      .max_depth = options.tree.max_depth,
                                      .ccp_alpha = options.ccp_alpha};
    options.tree.splitter = splitter;
    options.tree.rng = fit->rng;
    options.tree.threads = fit->threads;
    options.tree.cancel = fit->cancel;
    *out = NULL;
    int code = make_codes(train, &options.tree, &codes, err);
    if (code)
        return code;
    const struct sl_tree_sample sample = {
        .codes = &codes, .y = train->y, .weight = train->weight, .k = train->k, .n = train->n};
    code = sl_forest_grow(&sample, train, &options, &cut, 1, &grown, err);
    if (!code)
        report(&grown, fit->report);
    sl_tree_codes_release(&codes);
    *out = grown.forest;
    return code;
}

/* Where the best leaf is split first, a smaller tree is another tree. */
int sl_forests_shares(const void *config, const struct sl_view *view)
{
    (void)view;
    return ((const struct sl_forests_config *)config)->forest.tree.max_leaf_nodes == 0;
}

/* Fills what a part's members ask for, and what serves them all; returns their number. */
static size_t list_cuts(const struct sl_group *group, size_t part, struct sl_forest_options *options,
                        struct sl_forest_cut *cuts, size_t *member)
{
    size_t n = 0;
    options->n_estimators = 1;
    options->tree.max_depth = 1;
    for (size_t m = 0; m < group->n_members; m++) {
        const struct sl_forest_options *own =
            &((const struct sl_forests_config *)group->members[m].config)->forest;
        const int depth = own->tree.max_depth;
        if (group->members[m].part != part)
            continue;
        options->tree.rng = group->members[m].rng;
        if (own->n_estimators > options->n_estimators)
            options->n_estimators = own->n_estimators;
        if (depth == 0 || (options->tree.max_depth && depth > options->tree.max_depth))
            options->tree.max_depth = depth;
        cuts[n] = (struct sl_forest_cut){(size_t)own->n_estimators, depth, own->ccp_alpha};
        member[n++] = m;
    }
    return n;
}

/* Hands the forests over, and frees those that nobody takes. */
static int hand_over(const struct sl_group *group, struct sl_forest_grown *grown, const size_t *member,
                     size_t n, struct sl_spent shared)
{
    int code = SL_OK;
    for (size_t i = 0; i < n; i++) {
        struct sl_member_result result = {
            .member = member[i], .model = grown[i].forest, .report = SL_NO_REPORT, .fit = shared};
        if (!code && group->cancel && *group->cancel)
            code = SL_ECANCELLED;
        if (code) {
            sl_forest_free(grown[i].forest);
            continue;
        }
        report(&grown[i], &result.report);
        code = group->done(group->arg, &result);
    }
    return code;
}

static int fit_part(const struct sl_group *group, size_t part, int splitter,
                    const struct sl_tree_codes *codes, struct sl_spent coding, struct sl_error *err)
{
    const struct sl_tree_sample sample = {.codes = codes,
                                          .y = group->rows->y,
                                          .weight = group->rows->weight,
                                          .k = group->rows->k,
                                          .rows = group->parts[part].fit,
                                          .n = group->parts[part].n_fit};
    struct sl_forest_options options = ((const struct sl_forests_config *)group->members[0].config)->forest;
    struct sl_forest_cut *cuts = sl_alloc(group->n_members, sizeof *cuts);
    struct sl_forest_grown *grown = sl_alloc(group->n_members, sizeof *grown);
    size_t *member = sl_alloc(group->n_members, sizeof *member), n = 0;
    int code = cuts && grown && member ? SL_OK : sl_fail_memory(err);
    struct sl_spent start = sl_spent_now();
    options.tree.splitter = splitter;
    options.tree.threads = group->threads;
    options.tree.cancel = group->cancel;
    if (!code)
        n = list_cuts(group, part, &options, cuts, member);
    if (!code && n)
        code = sl_forest_grow(&sample, group->rows, &options, cuts, n, grown, err);
    if (!code && n)
        code = hand_over(group, grown, member, n, sl_spent_add(coding, sl_spent_since(start), (double)n));
    free(cuts);
    free(grown);
    free(member);
    return code;
}

int sl_forests_fit_group(const struct sl_group *group, int splitter, struct sl_error *err)
{
    struct sl_tree_options like = ((const struct sl_forests_config *)group->members[0].config)->forest.tree;
    struct sl_tree_codes codes;
    struct sl_spent start = sl_spent_now();
    like.splitter = splitter;
    like.threads = group->threads;
    int code = make_codes(group->rows, &like, &codes, err);
    if (code)
        return code;
    struct sl_spent share =
        sl_spent_add((struct sl_spent){0}, sl_spent_since(start), (double)group->n_members);
    for (size_t part = 0; part < group->n_parts && !code; part++)
        code = fit_part(group, part, splitter, &codes, share, err);
    sl_tree_codes_release(&codes);
    return code;
}

int sl_forests_load(struct sl_reader *r, const struct sl_view *like, const void *config, void **out,
                    struct sl_error *err)
{
    struct sl_forest *forest;
    const struct sl_forests_config *own = config;
    int code = sl_forest_load(r, like, (size_t)own->forest.n_estimators, &forest, err);
    *out = forest;
    return code;
}
