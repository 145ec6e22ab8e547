/* growth.c - what a tree is grown from: the rows in order, the weights of the classes, the root.  O(n + k).
 */
#include "trees/growth.h"
#include "core/memory.h"
#include <math.h>
#include <string.h>

static size_t n_features(double max_features, size_t d)
{
    double n = max_features == SL_TREE_ALL    ? (double)d
               : max_features == SL_TREE_SQRT ? sqrt((double)d)
               : max_features == SL_TREE_LOG2 ? log2((double)d)
               : max_features < 1             ? max_features * (double)d
                                              : max_features;
    return n < 1 ? 1 : n > (double)d ? d : (size_t)n;
}

/* Class by class, and so in every node: its parting keeps the order.  next (k + 1) is scratch, and holds the
 * ends of the classes afterwards. */
static void order_rows(struct sl_tree_growth *g, uint32_t *next)
{
    const uint32_t *rows = g->sample.rows;
    memset(next, 0, ((size_t)g->k + 1) * sizeof *next);
    for (size_t i = 0; i < g->n; i++)
        next[g->y[rows ? rows[i] : i] + 1]++;
    for (int c = 0; c < g->k; c++)
        next[c + 1] += next[c];
    for (size_t i = 0; i < g->n; i++) {
        uint32_t row = rows ? rows[i] : (uint32_t)i;
        g->rows[next[g->y[row]]++] = row;
    }
}

/* scikit-learn's "balanced": n / (classes present * rows of the class). */
static void balance(struct sl_tree_growth *g, const uint32_t *total)
{
    double present = 0;
    for (int c = 0; c < g->k; c++)
        present += total[c] > 0;
    for (int c = 0; c < g->k; c++)
        g->weight[c] = total[c] > 0 ? (double)g->n / (present * (double)total[c]) : 0;
}

static int make_weights(struct sl_tree_growth *g, uint32_t *total)
{
    g->total_weight = (double)g->n;
    if (!g->options.balanced && !g->options.class_weight)
        return SL_OK;
    g->weight = sl_alloc((size_t)g->k, sizeof *g->weight);
    if (!g->weight)
        return SL_ENOMEM;
    if (g->options.balanced) {
        sl_tree_totals(g, &g->nodes[0], total);
        balance(g, total);
    } else {
        memcpy(g->weight, g->options.class_weight, (size_t)g->k * sizeof *g->weight);
        g->total_weight = sl_tree_totals(g, &g->nodes[0], total);
    }
    return SL_OK;
}

int sl_tree_growth_init(struct sl_tree_growth *g, const struct sl_tree_sample *sample,
                        const struct sl_tree_options *options)
{
    *g = (struct sl_tree_growth){.sample = *sample,
                                 .options = *options,
                                 .n = sample->n,
                                 .d = sample->codes->d,
                                 .k = sample->k,
                                 .codes = sample->codes,
                                 .y = sample->y,
                                 .n_features = n_features(options->max_features, sample->codes->d)};
    g->rows = sl_alloc(g->n, sizeof *g->rows);
    g->nodes = sl_alloc(2 * g->n, sizeof *g->nodes);
    uint32_t *counts = sl_alloc((size_t)g->k + 1, sizeof *counts);
    int code = g->rows && g->nodes && counts ? SL_OK : SL_ENOMEM;
    if (!code) {
        g->nodes[0] = (struct sl_tree_node){.n = (uint32_t)g->n};
        order_rows(g, counts);
        code = make_weights(g, counts);
    }
    free(counts);
    return code ? code
                : sl_tree_rule_make(&g->rule, (enum sl_tree_criterion)options->criterion, g->weight != NULL,
                                    g->n);
}

void sl_tree_growth_release(struct sl_tree_growth *g)
{
    sl_tree_rule_release(&g->rule);
    free(g->weight);
    free(g->rows);
    free(g->nodes);
    *g = (struct sl_tree_growth){0};
}

double sl_tree_totals(const struct sl_tree_growth *g, const struct sl_tree_node *node, uint32_t *total)
{
    double all = 0;
    memset(total, 0, (size_t)g->k * sizeof *total);
    for (uint32_t i = 0; i < node->n; i++)
        total[g->y[g->rows[node->start + i]]]++;
    for (int c = 0; c < g->k; c++)
        all += total[c] * (g->weight ? g->weight[c] : 1);
    return all;
}
