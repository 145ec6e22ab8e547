/* growth.c - what a tree is grown from: the rows in order, weights of rows and classes, the root.  O(n + k).
 *
 * Weights of rows become whole numbers of a unit that is a power of two, about 2^-62 of their sum: sums of
 * them are exact, so that a tree does not depend on the order of its rows, and a row of weight 2 is two rows.
 * They are not normalised.  min_samples_split and min_samples_leaf count rows, whatever they weigh, and so
 * does `balanced`: all of it as in scikit-learn. */
#include "trees/growth.h"
#include "core/memory.h"
#include "trees/order.h"
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

int sl_tree_draws(const struct sl_tree_options *options, size_t d)
{
    return options->splitter == SL_TREE_RANDOM || n_features(options->max_features, d) < d;
}

/* Of the sample's row i in the view. */
static uint32_t sample_row(const struct sl_tree_growth *g, size_t i)
{
    return g->sample.rows ? g->sample.rows[i] : (uint32_t)i;
}

/* The same among the codes. */
static uint32_t position(const struct sl_tree_growth *g, size_t i)
{
    return sl_tree_position(g->codes, sample_row(g, i));
}

/* Class by class, and so in every node: its parting keeps the order.  next (k + 1) is scratch, and holds the
 * ends of the classes afterwards. */
static void order_rows(struct sl_tree_growth *g, uint32_t *next)
{
    memset(next, 0, ((size_t)g->k + 1) * sizeof *next);
    for (size_t i = 0; i < g->n; i++)
        next[g->y[position(g, i)] + 1]++;
    for (int c = 0; c < g->k; c++)
        next[c + 1] += next[c];
    for (size_t i = 0; i < g->n; i++) {
        const uint32_t row = position(g, i);
        g->rows[next[g->y[row]]++] = row;
    }
}

/* Makes one entry of rows that stand next to each other and are the same, as those of a bootstrap; returns
 * how many entries there are. */
static uint32_t join_repeated(struct sl_tree_growth *g)
{
    const uint32_t again = 1u << SL_ENTRY_TIMES_SHIFT;
    uint32_t held = 0;
    for (size_t i = 0; i < g->n; i++) {
        const uint32_t row = g->rows[i], last = held ? g->rows[held - 1] : 0;
        if (held && sl_entry_row(last) == row && sl_entry_times(last) < SL_ENTRY_TIMES_MOST)
            g->rows[held - 1] = last + again;
        else
            g->rows[held++] = row;
    }
    return held;
}

/* Of features that are ranks keys are sorted, and these have room for it; bytes are counted row by row. */
static int may_join(const struct sl_tree_growth *g)
{
    return g->sample.rows && g->codes->ranks && !g->sample.weight && g->k <= SL_ORDER_CLASSES_REPEATED &&
           g->codes->n <= SL_ORDER_CODES;
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

/* *unit: the weight of one. */
static int make_units(struct sl_tree_growth *g, double *unit)
{
    enum { BITS = 62 };
    const double *weight = g->sample.weight;
    double sum = 0;
    int exponent;
    *unit = 1;
    if (!weight)
        return SL_OK;
    g->units = sl_alloc(g->codes->n, sizeof *g->units);
    if (!g->units)
        return SL_ENOMEM;
    for (size_t i = 0; i < g->n; i++)
        sum += weight[sample_row(g, i)];
    frexp(sum, &exponent);
    *unit = ldexp(1, exponent - BITS);
    for (size_t i = 0; i < g->n; i++) {
        const uint32_t row = position(g, i);
        g->units[row] = llround(weight[sample_row(g, i)] / *unit);
        if (g->units[row] < 1)
            g->units[row] = 1;
    }
    return SL_OK;
}

/* total and mass (k) are scratch. */
static int make_weights(struct sl_tree_growth *g, uint32_t *total, int64_t *mass)
{
    double unit;
    g->total_weight = (double)g->n;
    if (make_units(g, &unit))
        return SL_ENOMEM;
    if (!g->options.balanced && !g->options.class_weight && !g->units)
        return SL_OK;
    g->weight = sl_alloc((size_t)g->k, sizeof *g->weight);
    if (!g->weight)
        return SL_ENOMEM;
    for (int c = 0; c < g->k; c++)
        g->weight[c] = g->options.class_weight ? g->options.class_weight[c] : 1;
    if (g->options.balanced) {
        sl_tree_count(g, &g->nodes[0], total, mass);
        balance(g, total);
    }
    for (int c = 0; c < g->k; c++)
        g->weight[c] *= unit;
    if (g->units || !g->options.balanced)
        g->total_weight = sl_tree_totals(g, &g->nodes[0], total, mass);
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
                                 .y = sample->codes->y ? sample->codes->y : sample->y,
                                 .n_features = n_features(options->max_features, sample->codes->d),
                                 .draws = sl_tree_draws(options, sample->codes->d)};
    g->rows = sl_alloc(g->n, sizeof *g->rows);
    g->nodes = sl_alloc(2 * g->n, sizeof *g->nodes);
    uint32_t *counts = sl_alloc((size_t)g->k + 1, sizeof *counts);
    int64_t *mass = sl_alloc((size_t)g->k, sizeof *mass);
    int code = g->rows && g->nodes && counts && mass ? SL_OK : SL_ENOMEM;
    if (!code) {
        order_rows(g, counts);
        g->repeats = may_join(g);
        g->nodes[0] = (struct sl_tree_node){.held = g->repeats ? join_repeated(g) : (uint32_t)g->n,
                                            .n = (uint32_t)g->n};
        code = make_weights(g, counts, mass);
    }
    free(counts);
    free(mass);
    return code ? code
                : sl_tree_rule_make(&g->rule, (enum sl_tree_criterion)options->criterion, g->weight != NULL,
                                    g->n);
}

void sl_tree_growth_release(struct sl_tree_growth *g)
{
    sl_tree_rule_release(&g->rule);
    free(g->units);
    free(g->weight);
    free(g->rows);
    free(g->nodes);
    *g = (struct sl_tree_growth){0};
}

void sl_tree_count(const struct sl_tree_growth *g, const struct sl_tree_node *node, uint32_t *total,
                   int64_t *mass)
{
    const uint32_t *rows = g->rows + node->start;
    memset(total, 0, (size_t)g->k * sizeof *total);
    for (uint32_t i = 0; i < node->held; i++)
        total[g->y[sl_entry_row(rows[i])]] += sl_entry_times(rows[i]);
    for (int c = 0; c < g->k; c++)
        mass[c] = g->units ? 0 : total[c];
    for (uint32_t i = 0; g->units && i < node->held; i++) /* no entry is repeated */
        mass[g->y[rows[i]]] += g->units[rows[i]];
}

double sl_tree_totals(const struct sl_tree_growth *g, const struct sl_tree_node *node, uint32_t *total,
                      int64_t *mass)
{
    double all = 0;
    sl_tree_count(g, node, total, mass);
    for (int c = 0; c < g->k; c++)
        all += (double)mass[c] * (g->weight ? g->weight[c] : 1);
    return all;
}
