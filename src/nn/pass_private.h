/* pass_private.h - what pass.c, stage.c, step.c and predict.c share. */
#ifndef SL_NN_PASS_PRIVATE_H
#define SL_NN_PASS_PRIVATE_H

#include "core/barrier.h"
#include "nn/pass.h"

enum {
    SL_LANES_MAX = 8,         /* groups of tiles with a gradient block of their own */
    SL_WEIGHTS_TILE = 1 << 13, /* weights summed over the lanes, or updated, at once */
};

/* What a stage needs beside its description. */
struct sl_stage_work {
    float *out, *d;           /* output, and the gradient of the loss with regard to it */
    int alias;                /* out is another stage's */
    size_t pool;              /* the stage that computes this one's output and pools it in one go; 0: none */
    int32_t *aux;
    int whole_out, whole_d;   /* kept for the whole batch; else for one tile a thread */
    void *plan;
    float *packed;
    size_t lane_at;           /* place of its sum in a lane's gradient block */
    size_t w_rows, w_cols;    /* tile of a dense layer's weight matrix */
    size_t first_tile, n_tiles; /* of its weights */
    double *parts;            /* batchnorm: (n_row_tiles, 4, channels): each tile's share of the statistics */
    float *norm;              /* batchnorm: (threads, SL_NORM_ROWS, channels) */
};

struct sl_pass {
    const struct sl_net *net;
    int training, threads, depth_first;
    int chained;                /* dense layers depth first: a thread takes its rows through all of them */
    size_t batch, row_tile, col_tile, n_row_tiles, n_weight_tiles;
    struct sl_stage_work *work; /* (n_stages) */
    size_t n_cuts, *cuts;       /* stages that need the whole batch: all threads meet before them (training) */
    float *spare;               /* (threads, row_tile, spare_size): a gradient that is added to another */
    size_t spare_size;
    int split;                  /* chained, and threads share the first layer by features (step.c) */
    float *partial;             /* (tiles of the first layer's weights, batch, out): their share of its output */
    struct sl_first_bytes *bytes; /* NULL: the first layer takes floats (step_first.c) */
    const struct sl_augmenter *augmenter; /* NULL: images stay as they are */
    struct sl_looks looks;      /* of predictions, */
    struct sl_augmenter mover;  /* and what moves images for them */
    float *scratch;             /* (threads, scratch_size) */
    size_t scratch_size;
    size_t lanes, lane_size;
    float *lane_grads;          /* (lanes, lane_size) */
    float *grads;               /* (n_params) */
    double *squares;            /* (n_weight_tiles) */
    struct sl_loss_sum *sums;   /* (n_row_tiles) */
    struct sl_barrier barrier;
    _Atomic size_t end;         /* steps before this one are made: fewer where they end early */
};

/* Where a thread is at work. */
struct sl_at {
    struct sl_tile tile;
    size_t skip;  /* rows of the tile before these */
    size_t valid; /* of the rows: the others are padding (training) */
    int thread;
    uint64_t key;
};

void sl_first_free(struct sl_pass *pass);
/* Nothing changes the rows before the first stage: flatten at most. */
int sl_input_is_plain(const struct sl_net *net);

static inline int sl_over_batch(const struct sl_stage *stage)
{
    return stage->main && (stage->main->type->flags & SL_OVER_BATCH);
}

size_t sl_tiles_of(size_t n, size_t tile);

float *sl_stage_out(const struct sl_pass *pass, size_t s, const struct sl_at *at);
float *sl_stage_d(const struct sl_pass *pass, size_t s, const struct sl_at *at);

int sl_stage_pack(const struct sl_pass *pass, size_t s, const float *params, int thread);
/* The gradient of the stage's parameters from the first lane, into which all have been added. */
int sl_stage_unpack(const struct sl_pass *pass, size_t s, int thread);
/* The error for codes of the functions here, or-ed. */
int sl_stage_refused(int refused, struct sl_error *err);
/* sum += a, n floats. */
void sl_add_floats(float *sum, const float *a, size_t n);
/* The layers that work in place on the stage's output. */
void sl_stage_followers(const struct sl_pass *pass, size_t s, const struct sl_at *at);
int sl_stage_forward(const struct sl_pass *pass, size_t s, const float *params, const struct sl_at *at);
void sl_stage_derive(const struct sl_pass *pass, size_t s, const struct sl_at *at);
int sl_stage_backward(const struct sl_pass *pass, size_t s, const float *params, const struct sl_at *at);
/* Adds a tile's gradient of the stage's parameters to a lane's block. */
int sl_stage_gradient(const struct sl_pass *pass, size_t s, const struct sl_at *at, float *lane);

/* Batch normalisation by stage s (norm.c): a tile's share of its statistics, forward and backward, when its
 * input, or its output's gradient, is there; and when all threads have met after that, the statistics of the
 * batch (on the way back, of n rows), which each thread computes for itself, and thread 0 keeps. */
void sl_norm_gather(const struct sl_pass *pass, size_t s, const struct sl_at *at);
void sl_norm_combine(const struct sl_pass *pass, size_t s, const struct sl_step *step, float *params, int thread);
void sl_norm_gather_back(const struct sl_pass *pass, size_t s, const struct sl_at *at);
void sl_norm_combine_back(const struct sl_pass *pass, size_t s, size_t n, int thread);
/* A thread's block of SL_NORM_ROWS (batchnorm.h). */
float *sl_norm_of(const struct sl_pass *pass, size_t s, int thread);

#endif
