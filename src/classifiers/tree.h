/* tree.h - what the files of the decision tree share.
 *
 *   tree.c         hyperparameters, fit, descriptor
 *   tree_codes.c   features as ordered whole numbers, bytes where 256 are enough
 *   tree_grow.c    nodes, depth first or best first; threads
 *   tree_split.c   the best split of a node: which features, by which of the kernels
 *   tree_sweep.c   the exact score of every split of one feature
 *   tree_prune.c   minimal cost-complexity pruning
 *   tree_model.c   the finished tree: made of the grown one, saved, loaded
 *   tree_predict.c rows walked down it: predict, scores
 *
 * Everything that decides is exact: a score is one double computed from whole counts alone, so that it
 * does not matter which strategy or thread computed it, and ties go to the lowest feature, then to the
 * lowest threshold. */
#ifndef SL_CLASSIFIERS_TREE_H
#define SL_CLASSIFIERS_TREE_H

#include <shortlist/classifier.h>

enum sl_tree_criterion { SL_TREE_GINI, SL_TREE_ENTROPY };
enum sl_tree_splitter { SL_TREE_BEST, SL_TREE_RANDOM };
enum { SL_TREE_ALL = 0, SL_TREE_SQRT = -1, SL_TREE_LOG2 = -2 }; /* max_features' words */

struct sl_tree_config {
    int criterion, splitter;
    int max_depth; /* 0: none */
    int min_samples_split, min_samples_leaf;
    double max_features; /* a word, < 1 a share, else a number */
    double min_impurity_decrease;
    int max_leaf_nodes; /* 0: none */
    double ccp_alpha;
    int balanced; /* class_weight */
};

/* Features as codes: whole numbers in the order of the values.  Bytes are their own codes; a float's
 * code is its rank among the distinct values of its column. */
struct sl_tree_codes {
    size_t n, d;
    const uint8_t *bytes; /* (n, d), or NULL where a column has more than 256 values */
    uint32_t *ranks;      /* (d, n), or NULL */
    uint8_t *own_bytes;   /* (n, d): bytes made from floats */
    float *values;        /* all columns' distinct values, ascending; NULL: the code is the value */
    size_t *first_value;  /* (d + 1): where a column's values begin */
};

int sl_tree_codes_make(const struct sl_view *view, int threads, struct sl_tree_codes *codes,
                       struct sl_error *err);
void sl_tree_codes_release(struct sl_tree_codes *codes);
double sl_tree_value(const struct sl_tree_codes *codes, size_t feature, uint32_t code);
/* The threshold half-way between two codes: value(low) <= threshold < value(high). */
float sl_tree_middle(const struct sl_tree_codes *codes, size_t feature, uint32_t low, uint32_t high);

/* How splits are scored.  A score grows with purity:
 *   gini     sum_c L_c^2 / n_L + sum_c R_c^2 / n_R              n minus n times the mean Gini impurity
 *   entropy  sum_c L_c log2 L_c - n_L log2 n_L + ... of R        minus n times the mean entropy, in bits
 * with counts multiplied by the classes' weights where there are any. */
struct sl_tree_rule {
    enum sl_tree_criterion criterion;
    const double *weight; /* (k) of each class, or NULL: all 1 */
    int64_t *x_log_x;     /* (n + 1): m log2 m in units of 1 / unit: sums are exact in any order */
    double unit;
};

struct sl_tree_split {
    double score;                   /* < 0 only for entropy; -INFINITY: there is no split */
    uint32_t feature, code, n_left; /* code: the largest that goes left */
    float threshold;
};

/* A node holds rows[start] ... rows[start + n - 1].  A node in slot s has its left child in s + 1 and its
 * right child in s + 2 n_left: room for any tree below the left child, the same whoever grows it. */
struct sl_tree_node {
    uint32_t start, n;
    int32_t depth;
    int32_t is_split;
    struct sl_tree_split split;
    double gain; /* decrease of the total weighted impurity by the split, divided by the total weight */
};

/* One thread's memory. */
struct sl_tree_space {
    int32_t *local;  /* (k): a class's number among those of the node, or -1 */
    int32_t *class;  /* (k): the other way round */
    uint32_t *total; /* (k): rows of each of the node's classes */
    double *weight;  /* (k): their weights */
    uint8_t *label;  /* (n): rows' classes, numbered in the node */
    uint32_t *left;  /* (k): sweep's counts */
    uint16_t *hist;  /* see kernels/histogram.h; NULL without bytes */
    int16_t *keys;
    uint64_t *sorted, *spare; /* (n): code << 32 | class */
    uint32_t *order;          /* (d): random order of features */
};

struct sl_tree_growth {
    const struct sl_tree_config *config;
    const struct sl_fit *fit;
    size_t n, d;
    int k;
    const int32_t *y;
    struct sl_tree_codes codes;
    struct sl_tree_rule rule;
    double *weight; /* (k) or NULL */
    double total_weight;
    size_t n_features;                /* looked at in a node; d: all */
    uint32_t *rows, *scratch, *stack; /* (n) */
    struct sl_tree_node *nodes;       /* (2 n - 1) slots */
    int threads;
    struct sl_tree_space *spaces; /* (threads) */
    int code;                     /* the first failure of any thread */
};

/* What a node is before it is split: which classes, how many rows of each. */
struct sl_tree_sight {
    const uint32_t *rows;
    size_t n;
    int k;        /* classes in the node */
    double score; /* of the node unsplit */
};

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
    double best;
    uint32_t best_code, next_code, best_n_left;
};

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
/* The score of a node that is not split. */
double sl_tree_score(const struct sl_tree_rule *rule, int k, const uint32_t *total, const double *weight);

int sl_tree_rule_make(struct sl_tree_rule *rule, enum sl_tree_criterion criterion, const double *weight,
                      size_t n);

/* Counts the node's classes into the space; threads > 1: features are shared between spaces. */
void sl_tree_look(const struct sl_tree_growth *g, const struct sl_tree_node *node,
                  struct sl_tree_space *space, struct sl_tree_sight *sight);
int sl_tree_best_split(struct sl_tree_growth *g, const struct sl_tree_node *node,
                       const struct sl_tree_sight *sight, struct sl_tree_space *spaces, int threads,
                       struct sl_tree_split *best);

int sl_tree_grow(struct sl_tree_growth *g);
int sl_tree_prune(struct sl_tree_growth *g, double alpha);

/* The finished tree.  Nodes in preorder: the left child follows its parent. */
struct sl_tree_inner {
    int32_t feature; /* -1: a leaf */
    float threshold; /* <= goes left */
    int32_t right;   /* node, or the leaf's number */
};

struct sl_tree_model {
    enum sl_dtype dtype;
    size_t d, n_nodes, n_leaves;
    int k;
    struct sl_tree_inner *nodes; /* (n_nodes) */
    float *share;                /* (n_leaves, k) */
    int32_t *label;              /* (n_leaves) */
};

int sl_tree_model_make(const struct sl_tree_growth *g, double *impurity, struct sl_tree_model **out);
void sl_tree_model_free(void *model);
int sl_tree_predict(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                    struct sl_error *err);
int sl_tree_scores(const void *model, const struct sl_view *x, int threads, float *scores,
                   struct sl_error *err);
void sl_tree_save(const void *model, struct sl_writer *w);
int sl_tree_load(struct sl_reader *r, const struct sl_view *like, const void *config, void **model,
                 struct sl_error *err);

#endif
