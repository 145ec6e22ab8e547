/* forest.c - many trees, each grown by one thread.
 *
 * Trees share the codes of their features and nothing else, so that the order in which threads take them
 * decides nothing.  O(trees n sqrt(d) log n) with max_features=sqrt.  Leaves that hold one class alone, which
 * most do, share their row of probabilities: a tree takes some 16 bytes a node. */
#include "trees/forest.h"
#include "core/memory.h"
#include "core/threads.h"
#include "trees/bag.h"
#include "trees/grow.h"
#include <math.h>
#include <omp.h>

/* A growth of all trees.  Cuts of the same depth and ccp_alpha share trees, the first such cut's. */
struct planting {
    const struct sl_tree_sample *sample;
    const struct sl_forest_options *options;
    const struct sl_forest_cut *cuts;
    size_t n_cuts, bag_size;
    size_t *first;                  /* (n_cuts): the first cut with such trees */
    struct sl_forest_trees **trees; /* (n_cuts) of first cuts, else NULL */
    double *impurity;               /* (n_cuts, n_estimators) of first cuts */
    double *class_weight;           /* (k), or NULL */
    struct sl_bags bags;
};

/* scikit-learn's "balanced" of all rows. */
static int make_class_weights(struct planting *p)
{
    const struct sl_tree_sample *s = p->sample;
    size_t present = 0;
    if (p->options->balance != SL_FOREST_BALANCED)
        return SL_OK;
    p->class_weight = sl_alloc_zero((size_t)s->k, sizeof *p->class_weight);
    if (!p->class_weight)
        return SL_ENOMEM;
    for (size_t i = 0; i < s->n; i++)
        p->class_weight[s->y[s->rows ? s->rows[i] : i]]++;
    for (int c = 0; c < s->k; c++)
        present += p->class_weight[c] > 0;
    for (int c = 0; c < s->k; c++)
        if (p->class_weight[c] > 0)
            p->class_weight[c] = (double)s->n / ((double)present * p->class_weight[c]);
    return SL_OK;
}

static int make_bags(struct planting *p)
{
    const size_t n = p->sample->n, trees = (size_t)p->options->n_estimators;
    p->bag_size = p->options->bootstrap ? sl_bag_size(p->options->max_samples, n) : n;
    p->bags = (struct sl_bags){.n = n, .words = n / 64 + 1};
    if (!p->options->bootstrap || !p->options->oob_score)
        return SL_OK;
    p->bags.bit = sl_alloc_zero(trees, p->bags.words * sizeof *p->bags.bit);
    return p->bags.bit ? SL_OK : SL_ENOMEM;
}

static int find_first(struct planting *p)
{
    const size_t trees = (size_t)p->options->n_estimators;
    for (size_t i = 0; i < p->n_cuts; i++) {
        const struct sl_forest_cut *cut = &p->cuts[i];
        size_t first = 0;
        while (p->cuts[first].max_depth != cut->max_depth || p->cuts[first].ccp_alpha != cut->ccp_alpha)
            first++;
        p->first[i] = first;
        if (first == i && !(p->trees[i] = sl_forest_trees_new(trees)))
            return SL_ENOMEM;
    }
    return SL_OK;
}

static int prepare(struct planting *p)
{
    p->first = sl_alloc(p->n_cuts, sizeof *p->first);
    p->trees = sl_alloc_zero(p->n_cuts, sizeof *p->trees);
    p->impurity = sl_alloc(p->n_cuts, (size_t)p->options->n_estimators * sizeof *p->impurity);
    if (!p->first || !p->trees || !p->impurity)
        return SL_ENOMEM;
    int code = find_first(p);
    if (!code)
        code = make_class_weights(p);
    return code ? code : make_bags(p);
}

static void release(struct planting *p)
{
    for (size_t i = 0; p->trees && i < p->n_cuts; i++)
        sl_forest_trees_release(p->trees[i]);
    free(p->first);
    free(p->trees);
    free(p->impurity);
    free(p->class_weight);
    free(p->bags.bit);
}

/* Makes tree t of every kind of cut that is used so far. */
static int cut_tree(const struct planting *p, const struct sl_tree_growth *growth, size_t t)
{
    int code = SL_OK;
    for (size_t i = 0; i < p->n_cuts && !code; i++) {
        struct sl_tree_model *model;
        if (p->first[i] != i)
            continue;
        code = sl_tree_model_make(growth, p->cuts[i].max_depth, p->cuts[i].ccp_alpha,
                                  &p->impurity[i * (size_t)p->options->n_estimators + t], &model, NULL);
        if (!code)
            code = sl_tree_model_merge(model, NULL);
        p->trees[i]->tree[t] = model;
    }
    return code;
}

/* rows (bag_size) and count (n): a thread's own. */
static int grow_tree(struct planting *p, size_t t, uint32_t *count, uint32_t *rows)
{
    struct sl_tree_sample sample = *p->sample;
    struct sl_tree_options options = p->options->tree;
    struct sl_tree_growth growth = {0};
    struct sl_rng *rng = sl_rng_split(p->options->tree.rng, t);
    if (!rng)
        return SL_ENOMEM;
    if (p->options->bootstrap) {
        sl_bag_draw(rng, p->sample, p->bag_size, count, rows, &p->bags, t);
        sample.rows = rows;
        sample.n = p->bag_size;
    }
    options.rng = rng;
    options.threads = 1;
    options.balanced = p->options->balance == SL_FOREST_BALANCED_SUBSAMPLE;
    options.class_weight = p->class_weight;
    int code = sl_tree_grow(&sample, &options, &growth, NULL);
    if (!code)
        code = cut_tree(p, &growth, t);
    sl_tree_growth_release(&growth);
    sl_rng_free(rng);
    return code;
}

static int grow_trees(struct planting *p)
{
    enum { OPERATIONS = 256 }; /* of a row, all levels of a tree together, a feature */
    const size_t trees = (size_t)p->options->n_estimators;
    const double operations = OPERATIONS * sqrt((double)p->sample->codes->d) * (double)p->bag_size;
    int threads = sl_threads_for(operations * (double)trees, p->options->tree.threads), failure = SL_OK;
#pragma omp parallel num_threads(threads)
    {
        uint32_t *count = sl_alloc(p->sample->n, sizeof *count), *rows = sl_alloc(p->bag_size, sizeof *rows);
#pragma omp for schedule(dynamic)
        for (size_t t = 0; t < trees; t++) {
            int code;
#pragma omp atomic read
            code = failure;
            if (code)
                continue;
            code = count && rows ? grow_tree(p, t, count, rows) : SL_ENOMEM;
            if (code) {
#pragma omp atomic write
                failure = code;
            }
        }
        free(count);
        free(rows);
    }
    return failure;
}

static int make_forest(const struct planting *p, size_t cut, const struct sl_view *x,
                       struct sl_forest_grown *out)
{
    const size_t first = p->first[cut], trees = (size_t)p->options->n_estimators;
    struct sl_forest *forest = sl_alloc(1, sizeof *forest);
    if (!forest)
        return SL_ENOMEM;
    *forest = (struct sl_forest){.dtype = p->sample->codes->dtype,
                                 .d = p->sample->codes->d,
                                 .n = p->cuts[cut].n,
                                 .k = p->sample->k,
                                 .trees = p->trees[first]};
    forest->trees->users++;
    *out = (struct sl_forest_grown){.forest = forest, .oob_accuracy = NAN};
    for (size_t t = 0; t < forest->n; t++)
        out->impurity += p->impurity[first * trees + t] / (double)forest->n;
    return p->bags.bit
               ? sl_bag_accuracy(&p->bags, p->sample, x, forest, p->options->tree.threads, &out->oob_accuracy)
               : SL_OK;
}

int sl_forest_grow(const struct sl_tree_sample *sample, const struct sl_view *x,
                   const struct sl_forest_options *options, const struct sl_forest_cut *cuts, size_t n_cuts,
                   struct sl_forest_grown *out, struct sl_error *err)
{
    struct planting p = {.sample = sample, .options = options, .cuts = cuts, .n_cuts = n_cuts};
    for (size_t i = 0; i < n_cuts; i++)
        out[i] = (struct sl_forest_grown){0};
    int code = prepare(&p);
    if (!code)
        code = grow_trees(&p);
    for (size_t i = 0; i < n_cuts && !code; i++)
        code = make_forest(&p, i, x, &out[i]);
    for (size_t i = 0; i < n_cuts && code; i++) {
        sl_forest_free(out[i].forest);
        out[i].forest = NULL;
    }
    release(&p);
    if (code == SL_ECANCELLED)
        return sl_fail(err, SL_ECANCELLED, "forest: cancelled");
    return code ? sl_fail_memory(err) : SL_OK;
}
