/* sweep.h - how splits are scored: the criterion's rule, and the sweep over one feature's rows.
 *
 * Everything that decides is exact: a score is one double computed from whole counts alone, so that it
 * does not matter which strategy or thread computed it, and ties go to the lowest feature, then to the
 * lowest threshold. */
#ifndef SL_TREES_SWEEP_H
#define SL_TREES_SWEEP_H

#include <stddef.h>
#include <stdint.h>

enum sl_tree_criterion { SL_TREE_GINI, SL_TREE_ENTROPY };

/* A score grows with purity:
 *   gini     sum_c L_c^2 / n_L + sum_c R_c^2 / n_R              n minus n times the mean Gini impurity
 *   entropy  sum_c L_c log2 L_c - n_L log2 n_L + ... of R        minus n times the mean entropy, in bits
 * with counts multiplied by the classes' weights where there are any. */
struct sl_tree_rule {
    enum sl_tree_criterion criterion;
    int64_t *x_log_x; /* (n + 1): m log2 m in units of 1 / unit: sums are exact in any order; owned */
    double unit;
};

/* A rule for nodes of up to n rows; weighted: sweeps will be given weights.  SL_OK or SL_ENOMEM. */
int sl_tree_rule_make(struct sl_tree_rule *rule, enum sl_tree_criterion criterion, int weighted, size_t n);
void sl_tree_rule_release(struct sl_tree_rule *rule);

/* The score of a node that is not split: total (k) rows of each class, weight (k) or NULL. */
double sl_tree_score(const struct sl_tree_rule *rule, int k, const uint32_t *total, const double *weight);

/* A sweep walks one feature's rows in ascending order and keeps the best split it passes. */
struct sl_tree_sweep {
    const struct sl_tree_rule *rule;
    int k;
    const uint32_t *total;
    const double *weight; /* (k) of the node's classes, or NULL */
    uint32_t *left;
    size_t n, n_left, min_leaf;
    uint32_t code;
    int64_t left_sum, right_sum; /* of squares, or of m log m */
    double best;                 /* -INFINITY: no split so far */
    uint32_t best_code, next_code, best_n_left;
};

/* total, weight and left (k) stay the caller's, and left is written to. */
void sl_tree_sweep_begin(struct sl_tree_sweep *sweep, const struct sl_tree_rule *rule, int k,
                         const uint32_t *total, const double *weight, uint32_t *left, size_t min_leaf);
/* Scores the split between the rows that have passed and the code next. */
void sl_tree_sweep_consider(struct sl_tree_sweep *sweep, uint32_t next);

/* A class's part of a side's sum. */
static inline int64_t sl_tree_term(const struct sl_tree_rule *rule, uint32_t m)
{
    return rule->criterion == SL_TREE_GINI ? (int64_t)m * m : rule->x_log_x[m];
}

/* The next rows: m of class c with this code, in ascending order of codes. */
static inline void sl_tree_sweep_move(struct sl_tree_sweep *s, uint32_t code, int c, uint32_t m)
{
    if (code != s->code && s->n_left)
        sl_tree_sweep_consider(s, code);
    s->code = code;
    uint32_t left = s->left[c], right = s->total[c] - left;
    if (!s->weight) {
        s->left_sum += sl_tree_term(s->rule, left + m) - sl_tree_term(s->rule, left);
        s->right_sum += sl_tree_term(s->rule, right - m) - sl_tree_term(s->rule, right);
    }
    s->left[c] = left + m;
    s->n_left += m;
}

#endif
