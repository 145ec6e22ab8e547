/* model.h - boosted trees: what predictions and explanations read. */
#ifndef SL_BOOSTING_MODEL_H
#define SL_BOOSTING_MODEL_H

#include <shortlist/pack.h>
#include <shortlist/view.h>

/* Codes of categories, 0 ... 255. */
struct sl_boost_set {
    uint64_t bits[4];
};

static inline int sl_boost_has(const struct sl_boost_set *set, unsigned code)
{
    return (int)(set->bits[code / 64] >> code % 64 & 1);
}

static inline void sl_boost_put(struct sl_boost_set *set, unsigned code)
{
    set->bits[code / 64] |= 1ull << code % 64;
}

/* A node of a tree; in preorder, so that a left child follows its parent at once. */
struct sl_boost_node {
    int32_t feature; /* -1: a leaf */
    union {
        float value; /* of a leaf; else the threshold: <= goes left */
        int32_t set; /* where has_set: which of the tree's sets goes left */
    };
    int32_t right;        /* node */
    uint8_t missing_left; /* a missing value goes left */
    uint8_t has_set;      /* the feature is a category */
};

struct sl_boost_tree {
    size_t n;
    struct sl_boost_node *nodes; /* (n) */
    size_t n_sets;
    struct sl_boost_set *sets; /* (n_sets), in the order of their nodes */
    uint32_t *n_rows;          /* (n): training rows that came through */
    float
        *gain; /* (n): what the node's split takes from the loss, twice; 0: a leaf. NULL: the file had none */
};

/* Trees that several models may have in common: (iterations, outputs). */
struct sl_boost_trees {
    _Atomic int users;
    size_t n, room;
    struct sl_boost_tree *tree; /* (n) */
};

/* The sum of a baseline and the trees' leaves, for each output.  Two classes have one output, the logit of
 * the second; others one each, of which probabilities are the softmax; one class alone has none. */
struct sl_boost {
    enum sl_dtype dtype; /* of the training rows */
    size_t d, n_iter;
    int k, n_present, n_outputs;
    int32_t *present; /* (n_present): the classes that have training rows, ascending */
    float *baseline;  /* (n_outputs) */
    struct sl_boost_trees *trees;
};

static inline int sl_boost_outputs(int n_present)
{
    return n_present > 2 ? n_present : n_present - 1;
}

/* A model without trees of n_present classes that are yet to be filled in; NULL when out of memory. */
struct sl_boost *sl_boost_new(const struct sl_view *like, int n_present);
/* The same, of its first n_iter iterations, with trees in common. */
struct sl_boost *sl_boost_prefix(const struct sl_boost *boost, size_t n_iter);
void sl_boost_free(void *boost); /* struct sl_boost *, or NULL */

/* Adds a tree, which it takes over.  SL_ENOMEM. */
int sl_boost_add(struct sl_boost *boost, struct sl_boost_tree tree);
void sl_boost_tree_release(struct sl_boost_tree *tree);

/* raw[i] += the leaf's value of row rows[i] of x (rows NULL: i), i < n. */
void sl_boost_tree_apply(const struct sl_boost_tree *tree, const struct sl_view *x, const uint32_t *rows,
                         size_t n, float *raw);

/* Whether an inner node of the tree sends row i of x, of the model's dtype, to its left child. */
int sl_boost_goes_left(const struct sl_boost_tree *tree, size_t node, const struct sl_view *x, size_t i);

/* labels (n), scores (n, k): probabilities.  SL_EUSAGE where the rows differ from the training rows in type
 * or width. */
int sl_boost_predict(const void *boost, const struct sl_view *x, int threads, int32_t *labels,
                     struct sl_error *err);
int sl_boost_scores(const void *boost, const struct sl_view *x, int threads, float *scores,
                    struct sl_error *err);
/* scores (n, k) before the softmax: the sums of the trees; of two classes the logit of the second, and its
 * negative; -infinity for a class without training rows. */
int sl_boost_margins(const struct sl_boost *boost, const struct sl_view *x, int threads, float *scores,
                     struct sl_error *err);

void sl_boost_save(const void *boost, struct sl_writer *w);
/* like: dtype, d, k and codes of the training view.  SL_EDATA when the record does not hold such a model:
 * every child comes after its parent, so that no walk can loop. */
int sl_boost_load(struct sl_reader *r, const struct sl_view *like, struct sl_boost **out,
                  struct sl_error *err);

#endif
