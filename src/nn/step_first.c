/* step_first.c - the first dense layer of a step of training, where it is not like the others.
 *
 * Split: in small nets a tile of the first layer's weights, the features they meet, and their moments are one
 * thread's: it multiplies the tile with all rows, and later computes its gradient and updates it, so that
 * nothing of the three ever changes core.  What changes is the product, one for each tile, from which each
 * row's sum is made in order.  The tile's features lie together, as rows of the tile's width.
 * Bytes: where most bytes of the rows are 0 they stay bytes, and only the others are multiplied
 * (kernels/sparse_bytes.h); for the gradient they are transposed. */
#include "core/memory.h"
#include "kernels/convert.h"
#include "kernels/dispatch.h"
#include "kernels/gemm.h"
#include "kernels/sparse_bytes.h"
#include "nn/dense.h"
#include "nn/step_private.h"
#include <string.h>

/* The first layer's rows as bytes. */
struct sl_first_bytes {
    float value[256];           /* of a byte */
    size_t ld_rows, ld_columns; /* padded: features of a tile, or all; rows of the batch */
    uint8_t *rows;              /* (tiles, batch, ld_rows), or (batch, ld_rows) where it is not split */
    uint8_t *columns;           /* (threads, w_rows, ld_columns), or (in, ld_columns) */
    float *panels;              /* (threads, SL_SPARSE_PANEL) */
};

/* All tiles of so many columns, the last one too. */
static int wide_enough(size_t out, size_t tile)
{
    return (out % tile ? out % tile : tile) >= SL_SPARSE_MIN_WIDTH;
}

/* Split, or layer by layer. */
static int takes_bytes(const struct sl_pass *pass, const struct sl_view *train)
{
    const struct sl_stage *first = &pass->net->stages[1];
    return pass->training && !pass->depth_first && (pass->split || !pass->chained) && !pass->augmenter &&
           train->dtype == SL_U8 && train->offset == 0 && sl_input_is_plain(pass->net) &&
           first->main->type == &sl_layer_dense && wide_enough(first->out, pass->col_tile) &&
           wide_enough(first->out, pass->work[1].w_cols) &&
           sl_sparse_density(train->x, train->n * train->d) < sl_sparse_worth();
}

int sl_pass_take_bytes(struct sl_pass *pass, const struct sl_view *train, struct sl_error *err)
{
    if (pass->net->n_stages < 2 || !takes_bytes(pass, train))
        return SL_OK;
    const struct sl_stage_work *work = &pass->work[1];
    struct sl_first_bytes *bytes = sl_alloc_zero(1, sizeof *bytes);
    pass->bytes = bytes;
    if (!bytes)
        return sl_fail_memory(err);
    size_t width = pass->split ? work->w_rows : train->d;
    for (int b = 0; b < 256; b++)
        bytes->value[b] = train->scale * (float)b;
    bytes->ld_rows = sl_sparse_padded(width);
    bytes->ld_columns = sl_sparse_padded(pass->batch);
    bytes->rows = sl_alloc_zero((pass->split ? work->n_tiles : 1) * pass->batch, bytes->ld_rows);
    bytes->columns = sl_alloc_zero((pass->split ? (size_t)pass->threads : 1) * width, bytes->ld_columns);
    bytes->panels = sl_alloc((size_t)pass->threads * SL_SPARSE_PANEL, sizeof *bytes->panels);
    return bytes->rows && bytes->columns && bytes->panels ? SL_OK : sl_fail_memory(err);
}

void sl_first_free(struct sl_pass *pass)
{
    if (!pass->bytes)
        return;
    free(pass->bytes->rows);
    free(pass->bytes->columns);
    free(pass->bytes->panels);
    free(pass->bytes);
}

static float *panel_of(const struct sl_first_bytes *bytes, int thread)
{
    return bytes->panels + (size_t)thread * SL_SPARSE_PANEL;
}

/* Features first ... first + n - 1 of some rows of the step, to rows of ld bytes. */
static void gather_bytes(const struct sl_step *step, size_t row0, size_t n_rows, size_t first, size_t n,
                         uint8_t *out, size_t ld)
{
    enum { AHEAD = 8, LINE = 64 }; /* rows; the order is random, so that no hardware foresees it */
    const uint8_t *x = step->view->x;
    for (size_t i = 0; i < n_rows; i++) {
        const uint8_t *later =
            x + step->rows[row0 + (i + AHEAD < n_rows ? i + AHEAD : i)] * step->view->d + first;
        for (size_t j = 0; j < n; j += LINE)
            __builtin_prefetch(later + j);
        memcpy(out + i * ld, x + step->rows[row0 + i] * step->view->d + first, n);
        memset(out + i * ld + n, 0, ld - n);
    }
}

struct sl_tile sl_weights_tile(const struct sl_pass *pass, size_t s, size_t t)
{
    const struct sl_stage *stage = &pass->net->stages[s];
    const struct sl_stage_work *work = &pass->work[s];
    size_t across = sl_tiles_of(stage->out, work->w_cols);
    struct sl_tile tile = {.row0 = t / across * work->w_rows, .col0 = t % across * work->w_cols};
    tile.rows = stage->in - tile.row0 < work->w_rows ? stage->in - tile.row0 : work->w_rows;
    tile.cols = stage->out - tile.col0 < work->w_cols ? stage->out - tile.col0 : work->w_cols;
    return tile;
}

/* Split by features -------------------------------------------------------------------------------- */

/* A tile's features: rows of tile->rows floats, or of ld_rows bytes. */
static float *tile_floats(const struct sl_pass *pass, const struct sl_tile *tile)
{
    return pass->work[0].out + tile->row0 * pass->batch;
}

static uint8_t *tile_bytes(const struct sl_pass *pass, const struct sl_tile *tile)
{
    return pass->bytes->rows + tile->row0 / pass->work[1].w_rows * pass->batch * pass->bytes->ld_rows;
}

static int multiply_tile(const struct sl_job *job, const struct sl_tile *tile, float *y)
{
    struct sl_pass *pass = job->pass;
    const struct sl_step *step = job->step;
    size_t out = pass->net->stages[1].out, rows = job->n_row_tiles * pass->row_tile;
    const float *w = job->params + pass->net->stages[1].main->params_at + tile->row0 * out;
    if (pass->bytes) {
        const struct sl_first_bytes *bytes = pass->bytes;
        uint8_t *x = tile_bytes(pass, tile);
        gather_bytes(step, 0, step->n, tile->row0, tile->rows, x, bytes->ld_rows);
        sl_sparse_product(x, step->n, tile->rows, bytes->ld_rows, bytes->value, w, out, out, 0, y, out,
                          panel_of(bytes, job->thread));
        memset(y + step->n * out, 0, (rows - step->n) * out * sizeof *y);
        return SL_OK;
    }
    float *x = tile_floats(pass, tile);
    sl_view_gather_part(step->view, step->rows, step->n, tile->row0, tile->rows, x);
    memset(x + step->n * tile->rows, 0, (rows - step->n) * tile->rows * sizeof *x);
    return sl_gemm_one(0, 0, rows, out, tile->rows, 1, x, tile->rows, w, out, 0, y, out);
}

int sl_first_multiply(const struct sl_job *job)
{
    struct sl_pass *pass = job->pass;
    struct sl_deal deal = sl_deal_weights(job, 1);
    int code = SL_OK;
    for (size_t t = deal.begin; t < deal.end; t += deal.stride) {
        struct sl_tile tile = sl_weights_tile(pass, 1, t);
        code |= multiply_tile(job, &tile, pass->partial + t * pass->batch * pass->net->stages[1].out);
    }
    return code;
}

static void start_with_biases(const struct sl_job *job, size_t rows, size_t col0, size_t cols, float *y)
{
    const struct sl_layer *layer = job->pass->net->stages[1].main;
    for (size_t i = 0; i < rows; i++)
        memcpy(y + i * layer->fan_out, job->params + layer->params_at + layer->weights + col0,
               cols * sizeof *y);
}

void sl_first_add(const struct sl_job *job, struct sl_at *at)
{
    const struct sl_pass *pass = job->pass;
    size_t out = pass->net->stages[1].out;
    const float *part = pass->partial + at->tile.row0 * out;
    float *y = sl_stage_out(pass, 1, at);
    start_with_biases(job, at->tile.rows, 0, out, y);
    for (size_t t = 0; t < pass->work[1].n_tiles; t++)
        sl_add_floats(y, part + t * pass->batch * out, at->tile.rows * out);
    at->tile.col0 = 0;
    at->tile.cols = out;
    sl_stage_followers(pass, 1, at);
}

/* Bytes, all features together --------------------------------------------------------------------- */

void sl_first_read(const struct sl_job *job, const struct sl_at *at)
{
    const struct sl_first_bytes *bytes = job->pass->bytes;
    gather_bytes(job->step, at->tile.row0, at->valid, 0, job->step->view->d,
                 bytes->rows + at->tile.row0 * bytes->ld_rows, bytes->ld_rows);
}

void sl_first_transpose(const struct sl_job *job)
{
    enum { COLUMNS = 16 };
    const struct sl_first_bytes *bytes = job->pass->bytes;
    size_t d = job->step->view->d, blocks = sl_tiles_of(d, COLUMNS);
    size_t from = sl_share_start(job, blocks) * COLUMNS, end = sl_share_end(job, blocks) * COLUMNS;
    end = end < d ? end : d;
    if (from < end)
        sl_sparse_transpose(bytes->rows + from, job->step->n, end - from, bytes->ld_rows,
                            bytes->columns + from * bytes->ld_columns, bytes->ld_columns);
}

void sl_first_forward(const struct sl_job *job, const struct sl_at *at)
{
    const struct sl_pass *pass = job->pass;
    const struct sl_first_bytes *bytes = pass->bytes;
    size_t in = pass->net->stages[1].in, out = pass->net->stages[1].out;
    const float *w = job->params + pass->net->stages[1].main->params_at + at->tile.col0;
    float *y = sl_stage_out(pass, 1, at) + at->tile.col0;
    start_with_biases(job, at->tile.rows, at->tile.col0, at->tile.cols, y);
    sl_sparse_product(bytes->rows + at->tile.row0 * bytes->ld_rows, at->valid, in, bytes->ld_rows,
                      bytes->value, w, out, at->tile.cols, 1, y, out, panel_of(bytes, at->thread));
    sl_stage_followers(pass, 1, at);
}

/* Gradient ----------------------------------------------------------------------------------------- */

/* This thread's tile, transposed, where it is split; else all threads have done it together. */
static const uint8_t *columns_of(const struct sl_job *job, const struct sl_tile *tile)
{
    const struct sl_pass *pass = job->pass;
    const struct sl_first_bytes *bytes = pass->bytes;
    if (!pass->split)
        return bytes->columns + tile->row0 * bytes->ld_columns;
    uint8_t *columns = bytes->columns + (size_t)job->thread * pass->work[1].w_rows * bytes->ld_columns;
    sl_sparse_transpose(tile_bytes(pass, tile), job->step->n, tile->rows, bytes->ld_rows, columns,
                        bytes->ld_columns);
    return columns;
}

SL_CLONES
static void multiply_by(float *a, size_t n, float factor)
{
    for (size_t i = 0; i < n; i++)
        a[i] *= factor;
}

int sl_first_gradient(const struct sl_job *job, struct sl_tile tile, float scale, float keep, float *dw)
{
    const struct sl_pass *pass = job->pass;
    const struct sl_layer *layer = pass->net->stages[1].main;
    const float *dy = pass->work[1].d;
    size_t out = layer->fan_out, n = job->step->n;
    float *to = dw + tile.row0 * out + tile.col0, value[256];
    if (!pass->bytes) /* gradient_tile adds row0; still inside, as batch >= 1 */
        return layer->type->gradient_tile(layer, tile_floats(pass, &tile) - tile.row0, tile.rows, dy, n,
                                          scale, keep, dw, tile);
    if (tile.row0 == 0)
        sl_dense_biases_gradient(layer, dy, n, scale, keep, dw, tile);
    for (size_t i = 0; keep != 0 && keep != 1 && i < tile.rows; i++)
        multiply_by(to + i * out, tile.cols, keep);
    for (int b = 0; b < 256; b++)
        value[b] = scale * pass->bytes->value[b];
    sl_sparse_product(columns_of(job, &tile), tile.rows, n, pass->bytes->ld_columns, value, dy + tile.col0,
                      out, tile.cols, keep != 0, to, out, panel_of(pass->bytes, job->thread));
    return SL_OK;
}
