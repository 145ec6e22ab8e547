/* predict.c - rows walked down the finished tree: predict, scores.
 *
 * A step of a walk waits for the row's value.  Rows of bytes are short: the processor guesses the way down
 * and has fetched them by then.  Rows of floats are as a rule in main memory; so LANES of them take their
 * steps in turn, each asks for its next value as soon as the node is known, and the waits overlap.  A row
 * that has reached its leaf makes room for the next.  (Keeping many lookups in flight by hand: Kocberber,
 * Falsafi and Grot, Asynchronous memory access chaining, VLDB 2015.)  O(depth) a row. */
#include "trees/predict.h"
#include "core/threads.h"
#include <math.h>
#include <string.h>

enum {
    LANES = 32,
    BLOCK = 1000, /* rows that one thread takes at a time */
};

/* leaf[i]: the leaf of row i of x (n, d). */
static void walk_bytes(const struct sl_tree_model *model, const uint8_t *x, size_t n, int32_t *leaf)
{
    const struct sl_tree_inner *nodes = model->nodes;
    for (size_t i = 0; i < n; i++, x += model->d) {
        size_t at = 0;
        while (nodes[at].feature >= 0)
            at = (float)x[nodes[at].feature] <= nodes[at].threshold ? at + 1 : (size_t)nodes[at].right;
        leaf[i] = nodes[at].right;
    }
}

struct lane {
    const float *x; /* the row */
    int32_t *leaf;  /* where its leaf goes */
    int32_t at;     /* node, never a leaf */
};

/* The same.  The root is not a leaf. */
static void walk_floats(const struct sl_tree_model *model, const float *x, size_t n, int32_t *leaf)
{
    const struct sl_tree_inner *nodes = model->nodes;
    struct lane lanes[LANES];
    size_t live = n < LANES ? n : LANES, next = live;
    for (size_t l = 0; l < live; l++)
        lanes[l] = (struct lane){x + l * model->d, leaf + l, 0};
    while (live)
        for (size_t l = 0; l < live; l++) {
            struct lane *lane = &lanes[l];
            const struct sl_tree_inner *node = &nodes[lane->at];
            /* In arithmetic: a branch that is as good as random would be guessed wrong. */
            lane->at =
                node->right - (lane->x[node->feature] <= node->threshold) * (node->right - lane->at - 1);
            node = &nodes[lane->at];
            if (node->feature < 0) {
                *lane->leaf = node->right;
                if (next == n) {
                    *lane = lanes[--live];
                    continue;
                }
                *lane = (struct lane){x + next * model->d, leaf + next, 0};
                next++;
                node = nodes;
            }
            __builtin_prefetch(lane->x + node->feature);
        }
}

void sl_tree_find_shares(const struct sl_tree_model *model, const struct sl_view *x, size_t first, size_t n,
                         int32_t *leaf)
{
    if (model->nodes[0].feature < 0)
        memset(leaf, 0, n * sizeof *leaf); /* there is but one */
    else if (x->dtype == SL_U8)
        walk_bytes(model, (const uint8_t *)x->x + first * x->d, n, leaf);
    else
        walk_floats(model, (const float *)x->x + first * x->d, n, leaf);
}

int32_t sl_tree_find_share(const struct sl_tree_model *model, const struct sl_view *x, size_t row)
{
    const struct sl_tree_inner *nodes = model->nodes;
    const uint8_t *bytes = (const uint8_t *)x->x + row * x->d;
    const float *floats = (const float *)x->x + row * x->d;
    size_t at = 0;
    while (nodes[at].feature >= 0) {
        float value = x->dtype == SL_U8 ? (float)bytes[nodes[at].feature] : floats[nodes[at].feature];
        at = value <= nodes[at].threshold ? at + 1 : (size_t)nodes[at].right;
    }
    return nodes[at].right;
}

static int check_view(const struct sl_tree_model *model, const struct sl_view *x, struct sl_error *err)
{
    if (x->dtype == model->dtype && x->d == model->d)
        return SL_OK;
    return sl_fail(err, SL_EUSAGE, "tree: the rows have %zu %s features, the model was fitted on %zu %s",
                   x->d, x->dtype == SL_U8 ? "byte" : "float", model->d,
                   model->dtype == SL_U8 ? "bytes" : "floats");
}

static void label_block(const struct sl_tree_model *model, const struct sl_view *x, size_t first, size_t n,
                        int32_t *labels, float *scores)
{
    const size_t k = (size_t)model->k;
    int32_t leaf[BLOCK];
    sl_tree_find_shares(model, x, first, n, leaf);
    for (size_t i = 0; i < n; i++) {
        if (labels)
            labels[first + i] = model->label[leaf[i]];
        if (scores)
            memcpy(scores + (first + i) * k, model->share + (size_t)leaf[i] * k, k * sizeof *scores);
    }
}

/* Each step of a walk waits for a value, rows of floats for main memory; most walks are about as long as in a
 * balanced tree. */
static double count_operations(const struct sl_tree_model *model, const struct sl_view *x)
{
    const double step = x->dtype == SL_U8 ? 64 : 256;
    return step * (double)x->n * log2(1 + (double)model->n_nodes);
}

/* Labels, scores or both. */
static int classify(const struct sl_tree_model *model, const struct sl_view *x, int threads, int32_t *labels,
                    float *scores, struct sl_error *err)
{
    int code = check_view(model, x, err);
    if (code)
        return code;
    threads = sl_threads_for(count_operations(model, x), threads);
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (size_t first = 0; first < x->n; first += BLOCK)
        label_block(model, x, first, x->n - first < BLOCK ? x->n - first : BLOCK, labels, scores);
    return SL_OK;
}

int sl_tree_predict(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                    struct sl_error *err)
{
    return classify(model, x, threads, labels, NULL, err);
}

int sl_tree_scores(const void *model, const struct sl_view *x, int threads, float *scores,
                   struct sl_error *err)
{
    return classify(model, x, threads, NULL, scores, err);
}
