/* pass.h - the workspace of a net: buffers for the rows that are taken through its stages.
 *
 * Rows go through in tiles of a fixed number of rows.  Those that are missing in the last tile are padding,
 * zeros, so that a row's numbers do not depend on how many rows come with it.  Each thread works on tiles of
 * its own: a stage's output, and its gradient, lie in one array for the whole batch, or in one tile a thread.
 */
#ifndef SL_NN_PASS_H
#define SL_NN_PASS_H

#include "nn/net/net.h"

/* What a stage needs beside its description.  All is owned by the pass. */
struct sl_stage_work {
    float *out, *d; /* (rows, out): output, and the gradient with regard to it (NULL: it is not wanted) */
    int alias;      /* out is another stage's */
    size_t with;    /* the next stage, where this one is computed in one go with it and has no output of its
                     * own: a pooling, or in prediction a normalisation; 0: it is not */
    float *folded;  /* the latter: weights and biases that do what both do (type->fold) */
    int32_t *aux;   /* (rows, out) or NULL: what a layer's backward wants beside d */
    int whole_out, whole_d; /* rows are the batch's; else row_tile a thread */
    void *recipe;           /* the main layer's, */
    float *packed;          /* its rearranged weights, */
    size_t sum_at;          /* and where its sum begins in a block of sum_size floats */
    double *parts;          /* batch statistics: (n_row_tiles, 4, channels), each tile's share */
    float *norm;            /* batch statistics: (threads, SL_NORM_ROWS, channels) */
};

struct sl_pass {
    const struct sl_net *net;            /* borrowed */
    int threads, training;               /* training: layers do as in training */
    size_t row_tile, n_row_tiles, batch; /* batch = n_row_tiles row_tile rows */
    struct sl_stage_work *work;          /* (n_stages) */
    float *spare; /* (threads, row_tile, spare_size): a gradient that is added to another */
    size_t spare_size;
    float *scratch; /* (threads, scratch_size), of layers */
    size_t scratch_size;
    size_t sum_size; /* floats: the sums of gradients that layers give row by row, of all stages */
};

/* What is asked of a pass, all at once. */
struct sl_pass_options {
    int threads;
    size_t row_tile; /* rows of a tile, at least 1 */
    size_t batch;    /* rows of a batch at most; 0: of one tile */
    int training;    /* dropout and noise act, statistics are the batch's */
    int backward;    /* gradients will pass back */
    int complete; /* each stage and the input have an output and (with backward) a gradient that can be read:
                   * none is computed in one go with the next, or overwritten by it */
    /* NULL: never; or whether stage s's output, or gradient, is kept for the whole batch. */
    int (*keeps_out)(const struct sl_net *net, size_t s);
    int (*keeps_d)(const struct sl_net *net, size_t s);
};

/* The net must outlive the pass.  SL_ENOMEM, SL_EINTERNAL; then *out is NULL. */
int sl_pass_new(const struct sl_net *net, const struct sl_pass_options *options, struct sl_pass **out,
                struct sl_error *err);
void sl_pass_free(struct sl_pass *pass);

/* Rows of a tile for going through without a step of training: enough to use a weight often, few enough to
 * stay in cache. */
size_t sl_pass_rows(const struct sl_net *net);

/* Tiles of so many that n takes. */
static inline size_t sl_tiles_of(size_t n, size_t tile)
{
    return (n + tile - 1) / tile;
}

/* Whether a stage needs all rows of a batch before its own work begins. */
static inline int sl_over_batch(const struct sl_stage *stage)
{
    return stage->main && (stage->main->type->flags & SL_OVER_BATCH);
}

/* Where a thread is at work. */
struct sl_at {
    struct sl_tile tile;
    size_t skip;  /* rows of the tile before these */
    size_t valid; /* of the rows: the others are padding (where gradients are passed back) */
    int thread;
    uint64_t key; /* of the step's random numbers */
};

static inline void sl_all_columns(struct sl_at *at, size_t width)
{
    at->tile.col0 = 0;
    at->tile.cols = width;
}

/* Where the rows of a tile lie in stage s's arrays: (rows, out).  NULL where the pass keeps no such array of
 * it. */
float *sl_pass_out(const struct sl_pass *pass, size_t s, const struct sl_at *at);
float *sl_pass_d(const struct sl_pass *pass, size_t s, const struct sl_at *at);
int32_t *sl_pass_aux(const struct sl_pass *pass, size_t s, const struct sl_at *at);
/* A thread's block of stage s's batch statistics (SL_NORM_ROWS, channels), as batchnorm.h has it; NULL where
 * the stage takes none. */
float *sl_pass_norm(const struct sl_pass *pass, size_t s, int thread);
float *sl_pass_scratch(const struct sl_pass *pass, int thread);

#endif
