/* sweep.c - the exact score of every split of one feature.
 *
 * The sums behind a score are updated as rows pass from right to left, O(1) a row: squares in whole
 * numbers for Gini, fixed-point m log m for entropy, so that neither depends on the order of the rows.
 * With weights the sums are taken anew at every split, in the order of the classes: O(k). */
#include "trees/sweep.h"
#include "core/memory.h"
#include <math.h>
#include <shortlist/error.h>
#include <string.h>

int sl_tree_rule_make(struct sl_tree_rule *rule, enum sl_tree_criterion criterion, int weighted, size_t n)
{
    *rule = (struct sl_tree_rule){.criterion = criterion, .unit = 1};
    if (criterion != SL_TREE_ENTROPY || weighted)
        return SL_OK;
    rule->x_log_x = sl_alloc_zero(n + 1, sizeof *rule->x_log_x);
    if (!rule->x_log_x)
        return SL_ENOMEM;
    /* Sums stay below 2^53, so that they are exact as doubles too. */
    rule->unit = exp2(51 - ceil(log2((double)n * log2((double)n + 1) + 1)));
    for (size_t m = 2; m <= n; m++)
        rule->x_log_x[m] = llround((double)m * log2((double)m) * rule->unit);
    return SL_OK;
}

void sl_tree_rule_release(struct sl_tree_rule *rule)
{
    free(rule->x_log_x);
    *rule = (struct sl_tree_rule){0};
}

static double x_log_x(double x)
{
    return x > 0 ? x * log2(x) : 0;
}

static double weighted_side(enum sl_tree_criterion criterion, int k, const int64_t *mass,
                            const int64_t *minus, const double *weight)
{
    double sum = 0, all = 0;
    for (int c = 0; c < k; c++) {
        double w = weight[c] * (double)(mass[c] - (minus ? minus[c] : 0));
        all += w;
        sum += criterion == SL_TREE_GINI ? w * w : x_log_x(w);
    }
    if (all <= 0)
        return 0;
    return criterion == SL_TREE_GINI ? sum / all : sum - x_log_x(all);
}

/* From sums and numbers of rows.  Gini's is one division of two whole numbers, exact up to 200,000 rows, so
 * that splits which are equally good have the same score however their counts differ. */
static double score_of(const struct sl_tree_rule *rule, int64_t left, size_t n_left, int64_t right,
                       size_t n_right)
{
    if (rule->criterion == SL_TREE_ENTROPY)
        return (double)(left - rule->x_log_x[n_left] + right - rule->x_log_x[n_right]) / rule->unit;
    double l = (double)n_left, r = (double)n_right;
    return n_right ? ((double)left * r + (double)right * l) / (l * r) : (double)left / l;
}

double sl_tree_score(const struct sl_tree_rule *rule, const struct sl_tree_content *content)
{
    if (content->weight)
        return weighted_side(rule->criterion, content->k, content->mass, NULL, content->weight);
    int64_t sum = 0;
    size_t n = 0;
    for (int c = 0; c < content->k; c++) {
        sum += sl_tree_term(rule, content->total[c]);
        n += content->total[c];
    }
    return score_of(rule, sum, n, 0, 0);
}

double sl_tree_split_score(const struct sl_tree_rule *rule, const struct sl_tree_content *node,
                           const uint32_t *left, size_t stride, size_t n_left, size_t n)
{
    int64_t left_sum = 0, right_sum = 0;
    for (int c = 0; c < node->k; c++) {
        uint32_t l = left[(size_t)c * stride];
        left_sum += sl_tree_term(rule, l);
        right_sum += sl_tree_term(rule, node->total[c] - l);
    }
    return score_of(rule, left_sum, n_left, right_sum, n - n_left);
}

void sl_tree_sweep_begin(struct sl_tree_sweep *s, const struct sl_tree_rule *rule,
                         const struct sl_tree_content *node, uint32_t *left, int64_t *mass_left,
                         size_t min_leaf)
{
    *s = (struct sl_tree_sweep){.rule = rule,
                                .node = *node,
                                .left = left,
                                .mass_left = mass_left,
                                .min_leaf = min_leaf,
                                .best = -INFINITY};
    memset(left, 0, (size_t)node->k * sizeof *left);
    if (node->weight)
        memset(mass_left, 0, (size_t)node->k * sizeof *mass_left);
    for (int c = 0; c < node->k; c++) {
        s->n += node->total[c];
        if (!node->weight)
            s->right_sum += sl_tree_term(rule, node->total[c]);
    }
}

void sl_tree_sweep_consider(struct sl_tree_sweep *s, uint32_t next)
{
    size_t n_right = s->n - s->n_left;
    if (s->n_left < s->min_leaf || n_right < s->min_leaf)
        return;
    const struct sl_tree_content *node = &s->node;
    double score;
    if (node->weight)
        score = weighted_side(s->rule->criterion, node->k, s->mass_left, NULL, node->weight) +
                weighted_side(s->rule->criterion, node->k, node->mass, s->mass_left, node->weight);
    else
        score = score_of(s->rule, s->left_sum, s->n_left, s->right_sum, n_right);
    if (score > s->best) {
        s->best = score;
        s->best_code = s->code;
        s->next_code = next;
        s->best_n_left = (uint32_t)s->n_left;
    }
}
