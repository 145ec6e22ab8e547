/* growth.h - a tree while it grows: on what, by which options, and the nodes so far. */
#ifndef SL_TREES_GROWTH_H
#define SL_TREES_GROWTH_H

#include "kernels/keys.h"
#include "trees/codes.h"
#include "trees/sweep.h"
#include <shortlist/rng.h>
#include <signal.h>

enum sl_tree_splitter { SL_TREE_BEST, SL_TREE_RANDOM };
enum { SL_TREE_ALL = 0, SL_TREE_SQRT = -1, SL_TREE_LOG2 = -2 }; /* max_features' words */
enum { SL_TREE_ROWS_MAX = INT32_MAX / 2 };                      /* of a sample */

/* Classifiers keep it in their configuration, so a number is an int or a double. */
struct sl_tree_options {
    int criterion;                /* enum sl_tree_criterion */
    int splitter;                 /* enum sl_tree_splitter */
    int max_depth;                /* 0: none */
    int min_samples_split;        /* rows that a node needs to be split, >= 2 */
    int min_samples_leaf;         /* rows that a leaf needs, >= 1 */
    double max_features;          /* drawn for each split: a word, < 1 a share, else a number <= d */
    double min_impurity_decrease; /* of the whole tree's */
    int max_leaf_nodes;           /* >= 2: so many leaves at most, the best splits first; 0: none */
    int balanced;                 /* classes of the sample count alike; class_weight is NULL */
    const double *class_weight;   /* (k), each > 0, or NULL: all 1 */
    const struct sl_rng *rng;     /* nodes' streams are split from it, nothing is drawn from it; read where
                                     features or thresholds are drawn, else it may be NULL */
    int threads;                  /* >= 1 */
    const volatile sig_atomic_t *cancel; /* NULL, or a flag: when it is raised the growth ends */
};

/* What a tree is grown on.  All of it stays the caller's; any number of samples may share codes and labels.
 * A row may stand in it more than once, as in a bootstrap, and then counts as many times.  The order of the
 * rows decides nothing, and the tree is the one that would be grown on these rows alone. */
struct sl_tree_sample {
    const struct sl_tree_codes *codes;
    const int32_t *y;     /* (codes->n): of each row of the view, 0 ... k - 1 */
    const double *weight; /* (codes->n): of each row of the view, above 0; NULL: all 1 */
    int k;
    const uint32_t
        *rows; /* (n): numbers of rows of the view that was coded; NULL: all of them, and n is codes->n */
    size_t n;  /* 1 ... SL_TREE_ROWS_MAX */
};

struct sl_tree_split {
    double score;                   /* < 0 only for entropy; -INFINITY: there is no split */
    uint32_t feature, code, n_left; /* code: the largest that goes left */
    float threshold;
};

/* A node holds rows[start] ... rows[start + held - 1], which stand for n rows.  A node in slot s has its left
 * child in s + 1 and its right child in s + 2 n_left: room for any tree below the left child, the same
 * whoever grows it. */
struct sl_tree_node {
    uint32_t start, held, n;
    int32_t depth : 31;
    uint32_t is_split : 1;
    struct sl_tree_split split;
    double gain; /* decrease of the total weighted impurity by the split, divided by the total weight */
};

/* Owns its arrays; the sample's stay the caller's and must outlive it. */
struct sl_tree_growth {
    struct sl_tree_sample sample;
    struct sl_tree_options options;
    size_t n, d;
    int k;
    const struct sl_tree_codes *codes;
    const int32_t *y; /* (codes->n) labels in the order of the codes */
    struct sl_tree_rule rule;
    int64_t *units; /* (codes->n) mass of each row of the sample, in that order; NULL: all 1 */
    double *weight; /* (k) of a unit of each class, or NULL: all 1 */
    double total_weight;
    size_t n_features; /* looked at in a node; d: all */
    int draws;         /* features or thresholds (sl_tree_draws) */
    int repeats;       /* an entry of rows may stand for more than one of its row */
    uint32_t *rows;    /* (n): entries (kernels/keys.h) of rows as the codes number them, node by node,
                          and in each class by class */
    struct sl_tree_node *nodes; /* (2 n) slots, the root's first */
};

/* A row of a bootstrap that was drawn more than once is looked at once where the search allows it. */
_Static_assert(SL_TREE_ROWS_MAX < 1 << SL_ENTRY_TIMES_SHIFT, "numbers of rows and times share 32 bits");

/* Do nodes look at features or thresholds that are drawn?  d: features. */
int sl_tree_draws(const struct sl_tree_options *options, size_t d);

/* The root alone.  SL_OK or SL_ENOMEM; release it either way. */
int sl_tree_growth_init(struct sl_tree_growth *growth, const struct sl_tree_sample *sample,
                        const struct sl_tree_options *options);
void sl_tree_growth_release(struct sl_tree_growth *growth);

static inline uint32_t sl_tree_left(uint32_t slot)
{
    return slot + 1;
}

static inline uint32_t sl_tree_right(uint32_t slot, uint32_t n_left)
{
    return slot + 2 * n_left;
}

/* Counts a node's rows of each class into total (k), and their mass into mass (k). */
void sl_tree_count(const struct sl_tree_growth *growth, const struct sl_tree_node *node, uint32_t *total,
                   int64_t *mass);
/* The same; returns their weight. */
double sl_tree_totals(const struct sl_tree_growth *growth, const struct sl_tree_node *node, uint32_t *total,
                      int64_t *mass);

#endif
