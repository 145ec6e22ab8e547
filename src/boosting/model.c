/* model.c - boosted trees: kept and walked.
 *
 * Sums are made tree by tree in the order of the fit, so that they are those that the fit had.  O(trees
 * depth) a row. */
#include "boosting/model.h"
#include "boosting/bins.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/exp.h"
#include <math.h>
#include <string.h>

enum { BLOCK = 512 }; /* rows that one thread takes at a time */

/* Trees ---------------------------------------------------------------------------------------------------*/

void sl_boost_tree_release(struct sl_boost_tree *tree)
{
    free(tree->nodes);
    free(tree->sets);
    free(tree->n_rows);
    free(tree->gain);
    *tree = (struct sl_boost_tree){0};
}

static void release_trees(struct sl_boost_trees *trees)
{
    if (!trees || --trees->users > 0)
        return;
    for (size_t t = 0; t < trees->n; t++)
        sl_boost_tree_release(&trees->tree[t]);
    free(trees->tree);
    free(trees);
}

/* Without trees of its own. */
static struct sl_boost *new_model(int n_present)
{
    struct sl_boost *boost = sl_alloc_zero(1, sizeof *boost);
    if (!boost)
        return NULL;
    boost->n_present = n_present;
    boost->n_outputs = sl_boost_outputs(n_present);
    boost->present = sl_alloc((size_t)n_present, sizeof *boost->present);
    boost->baseline = sl_alloc_zero((size_t)boost->n_outputs, sizeof *boost->baseline);
    if (boost->present && boost->baseline)
        return boost;
    sl_boost_free(boost);
    return NULL;
}

struct sl_boost *sl_boost_new(const struct sl_view *like, int n_present)
{
    struct sl_boost *boost = new_model(n_present);
    if (!boost)
        return NULL;
    boost->dtype = like->dtype;
    boost->d = like->d;
    boost->k = like->k;
    boost->trees = sl_alloc_zero(1, sizeof *boost->trees);
    if (!boost->trees) {
        sl_boost_free(boost);
        return NULL;
    }
    boost->trees->users = 1;
    return boost;
}

struct sl_boost *sl_boost_prefix(const struct sl_boost *of, size_t n_iter)
{
    struct sl_boost *boost = new_model(of->n_present);
    if (!boost)
        return NULL;
    boost->dtype = of->dtype;
    boost->d = of->d;
    boost->k = of->k;
    boost->n_iter = n_iter;
    memcpy(boost->present, of->present, (size_t)of->n_present * sizeof *of->present);
    memcpy(boost->baseline, of->baseline, (size_t)of->n_outputs * sizeof *of->baseline);
    boost->trees = of->trees;
    boost->trees->users++;
    return boost;
}

void sl_boost_free(void *vboost)
{
    struct sl_boost *boost = vboost;
    if (!boost)
        return;
    release_trees(boost->trees);
    free(boost->present);
    free(boost->baseline);
    free(boost);
}

int sl_boost_add(struct sl_boost *boost, struct sl_boost_tree tree)
{
    struct sl_boost_trees *trees = boost->trees;
    if (trees->n == trees->room) {
        const size_t room = 2 * trees->room + 64;
        struct sl_boost_tree *larger = sl_realloc(trees->tree, room, sizeof *larger);
        if (!larger) {
            sl_boost_tree_release(&tree);
            return SL_ENOMEM;
        }
        trees->tree = larger;
        trees->room = room;
    }
    trees->tree[trees->n++] = tree;
    return SL_OK;
}

/* Predictions ---------------------------------------------------------------------------------------------*/

static int number_goes_left(const struct sl_boost_node *node, float value)
{
    return isnan(value) ? node->missing_left : value <= node->value;
}

/* A category is whole, and below 255, but for rows that no encoding made. */
static int float_goes_left(const struct sl_boost_tree *tree, const struct sl_boost_node *node, float value)
{
    if (!node->has_set)
        return number_goes_left(node, value);
    return value >= 0 && value < SL_BINS_MISSING ? sl_boost_has(&tree->sets[node->set], (unsigned)value)
                                                 : node->missing_left;
}

int sl_boost_goes_left(const struct sl_boost_tree *tree, size_t at, const struct sl_view *x, size_t i)
{
    const struct sl_boost_node *node = &tree->nodes[at];
    const size_t cell = i * x->d + (size_t)node->feature;
    return x->dtype == SL_U8 ? (float)((const uint8_t *)x->x)[cell] <= node->value
                             : float_goes_left(tree, node, ((const float *)x->x)[cell]);
}

static float walk_bytes(const struct sl_boost_node *nodes, const uint8_t *x)
{
    size_t at = 0;
    while (nodes[at].feature >= 0)
        at = (float)x[nodes[at].feature] <= nodes[at].value ? at + 1 : (size_t)nodes[at].right;
    return nodes[at].value;
}

static float walk_numbers(const struct sl_boost_node *nodes, const float *x)
{
    size_t at = 0;
    while (nodes[at].feature >= 0)
        at = number_goes_left(&nodes[at], x[nodes[at].feature]) ? at + 1 : (size_t)nodes[at].right;
    return nodes[at].value;
}

static float walk_floats(const struct sl_boost_tree *tree, const float *x)
{
    const struct sl_boost_node *nodes = tree->nodes;
    size_t at = 0;
    while (nodes[at].feature >= 0)
        at = float_goes_left(tree, &nodes[at], x[nodes[at].feature]) ? at + 1 : (size_t)nodes[at].right;
    return nodes[at].value;
}

void sl_boost_tree_apply(const struct sl_boost_tree *tree, const struct sl_view *x, const uint32_t *rows,
                         size_t n, float *raw)
{
    const float *floats = x->x;
    const uint8_t *bytes = x->x;
    for (size_t i = 0; i < n && x->dtype == SL_U8; i++)
        raw[i] += walk_bytes(tree->nodes, bytes + (rows ? rows[i] : i) * x->d);
    for (size_t i = 0; i < n && x->dtype != SL_U8 && !tree->n_sets; i++)
        raw[i] += walk_numbers(tree->nodes, floats + (rows ? rows[i] : i) * x->d);
    for (size_t i = 0; i < n && x->dtype != SL_U8 && tree->n_sets; i++)
        raw[i] += walk_floats(tree, floats + (rows ? rows[i] : i) * x->d);
}

/* raw (n_outputs, BLOCK) of rows first ... first + n - 1. */
static void sum_block(const struct sl_boost *boost, const struct sl_view *x, size_t first, size_t n,
                      float *raw)
{
    const size_t outputs = (size_t)boost->n_outputs, size = x->dtype == SL_U8 ? 1 : sizeof(float);
    struct sl_view rows = *x;
    rows.x = (const char *)x->x + first * x->d * size;
    for (size_t o = 0; o < outputs; o++)
        for (size_t i = 0; i < n; i++)
            raw[o * BLOCK + i] = boost->baseline[o];
    for (size_t t = 0; t < boost->n_iter * outputs; t++)
        sl_boost_tree_apply(&boost->trees->tree[t], &rows, NULL, n, raw + t % outputs * BLOCK);
}

/* Probabilities of the classes that are present, into share (n_present). */
static void probabilities(const struct sl_boost *boost, const float *raw, float *share)
{
    float most = -INFINITY, sum = 0;
    if (boost->n_outputs < 2) {
        share[boost->n_outputs] = boost->n_outputs ? sl_logistic(raw[0]) : 1;
        if (boost->n_outputs)
            share[0] = 1 - share[1];
        return;
    }
    for (int o = 0; o < boost->n_outputs; o++)
        most = fmaxf(most, raw[o * BLOCK]);
    for (int o = 0; o < boost->n_outputs; o++)
        sum += share[o] = sl_exp_cut(raw[o * BLOCK] - most);
    for (int o = 0; o < boost->n_outputs; o++)
        share[o] /= sum;
}

/* Ties go to the lowest label. */
static void finish_row(const struct sl_boost *boost, const float *raw, float *share, int32_t *label,
                       float *scores)
{
    int best = 0;
    probabilities(boost, raw, share);
    for (int c = 1; c < boost->n_present; c++)
        best = share[c] > share[best] ? c : best;
    if (label)
        *label = boost->present[best];
    if (!scores)
        return;
    memset(scores, 0, (size_t)boost->k * sizeof *scores);
    for (int c = 0; c < boost->n_present; c++)
        scores[boost->present[c]] = share[c];
}

static void take_margins(const struct sl_boost *boost, const float *raw, float *scores)
{
    for (int c = 0; c < boost->k; c++)
        scores[c] = -INFINITY;
    for (int c = 0; c < boost->n_present; c++)
        scores[boost->present[c]] = boost->n_outputs > 1    ? raw[c * BLOCK]
                                    : boost->n_outputs == 0 ? 0
                                    : c                     ? raw[0]
                                                            : -raw[0];
}

static int check_view(const struct sl_boost *boost, const struct sl_view *x, struct sl_error *err)
{
    if (x->dtype == boost->dtype && x->d == boost->d)
        return SL_OK;
    return sl_fail(err, SL_EUSAGE, "the rows have %zu %s features, the model was fitted on %zu %s", x->d,
                   x->dtype == SL_U8 ? "byte" : "float", boost->d,
                   boost->dtype == SL_U8 ? "bytes" : "floats");
}

/* One of the three, or labels and scores. */
struct wanted {
    int32_t *labels;         /* (n) */
    float *scores, *margins; /* (n, k) */
};

static int classify(const struct sl_boost *boost, const struct sl_view *x, int threads, struct wanted want,
                    struct sl_error *err)
{
    enum { STEP = 32 * 6 }; /* of a walk in cache, and so many of them */
    const size_t k = (size_t)boost->k, outputs = (size_t)boost->n_outputs;
    size_t failed = 0;
    int code = check_view(boost, x, err);
    if (code)
        return code;
    threads = sl_threads_for(STEP * (double)x->n * (double)(boost->n_iter * outputs), threads);
#pragma omp parallel num_threads(threads) reduction(+ : failed)
    {
        float *raw = sl_alloc(BLOCK, (outputs + 1) * sizeof *raw);
        float *share = sl_alloc((size_t)boost->n_present, sizeof *share);
        failed += !raw || !share;
#pragma omp for schedule(dynamic)
        for (size_t first = 0; first < x->n; first += BLOCK) {
            const size_t n = x->n - first < BLOCK ? x->n - first : BLOCK;
            if (!raw || !share)
                continue;
            sum_block(boost, x, first, n, raw);
            for (size_t i = 0; i < n; i++)
                if (want.margins)
                    take_margins(boost, raw + i, want.margins + (first + i) * k);
                else
                    finish_row(boost, raw + i, share, want.labels ? want.labels + first + i : NULL,
                               want.scores ? want.scores + (first + i) * k : NULL);
        }
        free(raw);
        free(share);
    }
    return failed ? sl_fail_memory(err) : SL_OK;
}

int sl_boost_predict(const void *boost, const struct sl_view *x, int threads, int32_t *labels,
                     struct sl_error *err)
{
    return classify(boost, x, threads, (struct wanted){.labels = labels}, err);
}

int sl_boost_scores(const void *boost, const struct sl_view *x, int threads, float *scores,
                    struct sl_error *err)
{
    return classify(boost, x, threads, (struct wanted){.scores = scores}, err);
}

int sl_boost_margins(const struct sl_boost *boost, const struct sl_view *x, int threads, float *scores,
                     struct sl_error *err)
{
    return classify(boost, x, threads, (struct wanted){.margins = scores}, err);
}
