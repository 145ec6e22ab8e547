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
 * with counts multiplied by weights where there are any. */
struct sl_tree_rule {
    enum sl_tree_criterion criterion;
    int64_t *x_log_x; /* (n + 1): m log2 m in units of 1 / unit: sums are exact in any order; owned */
    double unit;
};

/* A rule for nodes of up to n rows; weighted: sweeps will be given weights.  SL_OK or SL_ENOMEM. */
int sl_tree_rule_make(struct sl_tree_rule *rule, enum sl_tree_criterion criterion, int weighted, size_t n);
void sl_tree_rule_release(struct sl_tree_rule *rule);

/* What a node holds of each class.  Where rows or classes have weights, sums of rows are whole numbers, too,
 * so that they are exact in any order: their mass, in units that each weigh what their class says. */
struct sl_tree_content {
    int k;
    const uint32_t *total; /* (k) rows */
    const int64_t *mass;   /* (k) their mass; not read without weight */
    const double *weight;  /* (k) of a unit of mass, or NULL: rows count */
};

/* The score of a node that is not split. */
double sl_tree_score(const struct sl_tree_rule *rule, const struct sl_tree_content *content);

/* The score of one split: rows of each class on its left, left[c * stride], without weights; n_left of n. */
double sl_tree_split_score(const struct sl_tree_rule *rule, const struct sl_tree_content *node,
                           const uint32_t *left, size_t stride, size_t n_left, size_t n);

/* A sweep walks one feature's rows in ascending order and keeps the best split it passes. */
struct sl_tree_sweep {
    const struct sl_tree_rule *rule;
    struct sl_tree_content node;
    uint32_t *left;
    int64_t *mass_left;
    size_t n, n_left, min_leaf;
    uint32_t code;
    int64_t left_sum, right_sum; /* of squares, or of m log m */
    double best;                 /* -INFINITY: no split so far */
    uint32_t best_code, next_code, best_n_left;
};

/* The node's arrays, left and mass_left (k) stay the caller's, and the last two are written to. */
void sl_tree_sweep_begin(struct sl_tree_sweep *sweep, const struct sl_tree_rule *rule,
                         const struct sl_tree_content *node, uint32_t *left, int64_t *mass_left,
                         size_t min_leaf);
/* Scores the split between the rows that have passed and the code next. */
void sl_tree_sweep_consider(struct sl_tree_sweep *sweep, uint32_t next);

/* A class's part of a side's sum. */
static inline int64_t sl_tree_term(const struct sl_tree_rule *rule, uint32_t m)
{
    return rule->criterion == SL_TREE_GINI ? (int64_t)m * m : rule->x_log_x[m];
}

/* The next rows: m of class c with this code, in ascending order of codes; mass: of all of them. */
static inline void sl_tree_sweep_move_mass(struct sl_tree_sweep *s, uint32_t code, int c, uint32_t m,
                                           int64_t mass)
{
    if (code != s->code && s->n_left)
        sl_tree_sweep_consider(s, code);
    s->code = code;
    uint32_t left = s->left[c], right = s->node.total[c] - left;
    if (s->node.weight)
        s->mass_left[c] += mass;
    else {
        s->left_sum += sl_tree_term(s->rule, left + m) - sl_tree_term(s->rule, left);
        s->right_sum += sl_tree_term(s->rule, right - m) - sl_tree_term(s->rule, right);
    }
    s->left[c] = left + m;
    s->n_left += m;
}

/* The same of rows without weights of their own. */
static inline void sl_tree_sweep_move(struct sl_tree_sweep *s, uint32_t code, int c, uint32_t m)
{
    sl_tree_sweep_move_mass(s, code, c, m, m);
}

#endif
