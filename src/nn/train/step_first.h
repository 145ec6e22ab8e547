/* step_first.h - how the rows of a step reach the first layer, and how that is computed. */
#ifndef SL_NN_STEP_FIRST_H
#define SL_NN_STEP_FIRST_H

#include "nn/train/step_private.h"

struct sl_first_type {
    const char *name;
    /* Whether it serves this stepper, whose strategy and cuts are chosen, for such rows (NULL: any). */
    int (*suits)(const struct sl_stepper *stepper, const struct sl_view *rows);
    /* NULL, or takes what memory it wants to stepper->first_own; SL_ENOMEM. */
    int (*begin)(struct sl_stepper *stepper, const struct sl_view *rows, struct sl_error *err);
    void (*end)(void *own);
    /* NULL, or this thread's part of what is done for all rows of the batch before any of them goes forward;
     * all threads meet after it. */
    int (*prepare)(const struct sl_job *job);
    /* NULL, or reads a tile's rows. */
    void (*read)(const struct sl_job *job, struct sl_at *at);
    /* NULL, or this thread's part of what the gradient wants of all rows, when all have met after reading
     * them; they meet again before the gradient. */
    void (*arrange)(const struct sl_job *job);
    /* NULL (like any stage), or the first stage's output on a tile. */
    int (*forward)(const struct sl_job *job, const struct sl_at *at);
    /* NULL (like any stage), or dw = scale dL/dw + keep dw for a tile of its weights; with its first row the
     * biases too, which do not decay. */
    int (*gradient)(const struct sl_job *job, struct sl_tile tile, float scale, float keep, float *dw);
    /* Threads keep their tiles of the first layer's weights from step to step: they are dealt out by turns,
     * as neighbouring parts of images are alike in how much of them is 0, and the next step may begin before
     * others have updated theirs. */
    int keeps_weights;
};

extern const struct sl_first_type sl_first_floats, sl_first_bytes, sl_first_split, sl_first_split_bytes;

/* Nothing changes the rows before the first stage: flatten at most. */
int sl_first_is_plain(const struct sl_stepper *stepper);
/* y (rows, out), columns col0 ... col0 + cols - 1, starts as the first layer's biases. */
void sl_first_biases(const struct sl_job *job, size_t rows, size_t col0, size_t cols, float *y);

/* Rows as bytes (step_first_bytes.c): what the two that take them share ---------------------------------- */

struct sl_byte_rows {
    float value[256];           /* of a byte */
    size_t ld_rows, ld_columns; /* padded: features of a row; rows of the batch */
    uint8_t *rows;              /* (parts, batch, ld_rows) */
    uint8_t *columns;           /* (blocks, width, ld_columns) */
    float *panels;              /* (threads, SL_SPARSE_PANEL) */
};

/* Whether these are bytes with so many zeros that leaving them out pays, and the first layer can. */
int sl_bytes_suit(const struct sl_stepper *stepper, const struct sl_view *rows);
/* Room for parts of so many features, and for blocks of them transposed. */
int sl_bytes_new(const struct sl_stepper *stepper, const struct sl_view *rows, size_t width, size_t parts,
                 size_t blocks, struct sl_byte_rows **out, struct sl_error *err);
void sl_bytes_free(void *bytes);
/* The panel of sl_sparse_product that is the thread's. */
float *sl_bytes_panel(const struct sl_byte_rows *bytes, int thread);
/* Features first ... first + n - 1 of some rows of the step, to rows of ld bytes. */
void sl_bytes_gather(const struct sl_step *step, size_t row0, size_t n_rows, size_t first, size_t n,
                     uint8_t *out, size_t ld);
/* As gradient above, from the tile's features of all rows, transposed. */
int sl_bytes_gradient(const struct sl_job *job, const struct sl_byte_rows *bytes, const uint8_t *columns,
                      struct sl_tile tile, float scale, float keep, float *dw);

#endif
