/* search.h - the search for a node's best split: what its ways (split.c, drawn.c) share. */
#ifndef SL_TREES_SEARCH_H
#define SL_TREES_SEARCH_H

#include "trees/growth.h"
#include "trees/space.h"

/* What a node is before it is split: which classes, how many rows of each. */
struct sl_tree_sight {
    const uint32_t *rows;
    size_t held;  /* entries of rows, which stand for */
    size_t n;     /* so many rows */
    int k;        /* classes in the node */
    double score; /* of the node unsplit */
};

/* From here on sorting costs more than a histogram's 256 bytes (measured). */
enum { SL_TREE_FEW_ROWS = 176 };

/* What the threads that search one node share, and one thread's part of it. */
struct sl_tree_search {
    const struct sl_tree_growth *g;
    const struct sl_tree_sight *sight;
    const struct sl_tree_space *seen; /* the space that looked at the node */
    struct sl_tree_space *space;
    struct sl_tree_split best;
    uint32_t next; /* the code behind the best split, of which its threshold is told at the end */
};

struct sl_tree_content sl_tree_content_of(const struct sl_tree_growth *growth,
                                          const struct sl_tree_sight *sight,
                                          const struct sl_tree_space *seen);

/* Keeps the better one; of equal ones that of the lowest feature.  Is it the new one? */
int sl_tree_take(struct sl_tree_split *best, const struct sl_tree_split *split);

/* A sweep of one feature's rows, and what it found: splits that the best one so far beats are passed over. */
void sl_tree_search_begin(struct sl_tree_search *s, size_t feature, struct sl_tree_sweep *sweep);
void sl_tree_search_end(struct sl_tree_search *s, const struct sl_tree_sweep *sweep, size_t feature);
/* After all sweeps: the threshold of what sl_tree_search_end took. */
void sl_tree_search_tell_threshold(struct sl_tree_search *s);

/* Each side holds one class: no split can score more.  With weights the sums are rounded: never. */
int sl_tree_search_is_perfect(const struct sl_tree_search *s);
/* Do the kernels' scores tell which features need no sweep? */
int sl_tree_search_is_screened(const struct sl_tree_search *s);
/* Can a feature whose score is about this be the best? */
int sl_tree_search_may_win(const struct sl_tree_search *s, size_t feature, float about);

/* The feature of one lane of sl_sort_keys' keys, or of sl_hist_count's histogram. */
void sl_tree_search_keys(struct sl_tree_search *s, const int16_t *keys, int lane, size_t feature);
void sl_tree_search_histogram(struct sl_tree_search *s, const uint16_t *hist, int lane, size_t feature);

#endif
