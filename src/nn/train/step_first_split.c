/* step_first_split.c - the first dense layer of a step of training, split among threads by features.
 *
 * In small nets a tile of the first layer's weights, the features they meet, and their moments are one
 * thread's: it multiplies the tile with all rows, and later computes its gradient and updates it, so that
 * nothing of the three ever changes core.  What changes is the product, one for each tile, from which each
 * row's sum is made in order.  The tile's features lie together, as rows of the tile's width: floats in stage
 * 0's array, or bytes (step_first_bytes.c). */
#include "core/memory.h"
#include "kernels/convert.h"
#include "kernels/gemm.h"
#include "kernels/sparse_bytes.h"
#include "nn/pass/stage.h"
#include "nn/train/step_first.h"
#include <string.h>

struct split {
    float *partial; /* (tiles of the first layer's weights, batch, out): their share of its output */
    struct sl_byte_rows
        *bytes; /* (tiles): the tile's features; one transposed a thread; NULL: they are floats */
};

/* Where the first layer is most of a net, and nothing changes the rows before it: an image is changed as a
 * whole. */
static int suits(const struct sl_stepper *stepper, const struct sl_view *rows)
{
    enum { WORTH = 1 << 14 }; /* weights */
    const struct sl_stage *first = &stepper->pass->net->stages[1];
    const struct sl_weight_cut *cut = &stepper->weights[1];
    (void)rows;
    return !stepper->augmenter && stepper->pass->net->n_stages > 1 &&
           (first->main->type->flags & SL_AFFINE) && first->main->weights >= WORTH &&
           sl_first_is_plain(stepper) && cut->w_cols == first->out && cut->n_tiles > 1;
}

static int suits_bytes(const struct sl_stepper *stepper, const struct sl_view *rows)
{
    return suits(stepper, rows) && sl_bytes_suit(stepper, rows);
}

static int begin(struct sl_stepper *stepper, const struct sl_view *rows, struct sl_error *err)
{
    size_t out = stepper->pass->net->stages[1].out;
    struct split *split = sl_alloc_zero(1, sizeof *split);
    (void)rows;
    stepper->first_own = split;
    if (!split)
        return sl_fail_memory(err);
    split->partial =
        sl_alloc_zero(stepper->weights[1].n_tiles * stepper->pass->batch, out * sizeof *split->partial);
    return split->partial ? SL_OK : sl_fail_memory(err);
}

static int begin_bytes(struct sl_stepper *stepper, const struct sl_view *rows, struct sl_error *err)
{
    const struct sl_weight_cut *cut = &stepper->weights[1];
    int code = begin(stepper, rows, err);
    if (code)
        return code;
    struct split *split = stepper->first_own;
    return sl_bytes_new(stepper, rows, cut->w_rows, cut->n_tiles, (size_t)stepper->pass->threads,
                        &split->bytes, err);
}

static void end(void *own)
{
    struct split *split = own;
    if (!split)
        return;
    free(split->partial);
    sl_bytes_free(split->bytes);
    free(split);
}

/* A tile's features: rows of tile->rows floats, or of ld_rows bytes. */
static float *tile_floats(const struct sl_job *job, const struct sl_tile *tile)
{
    return job->pass->work[0].out + tile->row0 * job->pass->batch;
}

static uint8_t *tile_bytes(const struct sl_job *job, const struct sl_tile *tile)
{
    const struct sl_byte_rows *bytes = ((const struct split *)job->stepper->first_own)->bytes;
    return bytes->rows + tile->row0 / job->stepper->weights[1].w_rows * job->pass->batch * bytes->ld_rows;
}

/* Product of a tile's features of all rows, those of the last tile of rows that are padding too, with its
 * weights w. */
static int multiply_floats(const struct sl_job *job, const struct sl_tile *tile, const float *w, float *y)
{
    const struct sl_step *step = job->step;
    size_t out = job->pass->net->stages[1].out, rows = job->n_row_tiles * job->pass->row_tile;
    float *x = tile_floats(job, tile);
    sl_view_gather_part(step->view, step->rows, step->n, tile->row0, tile->rows, x);
    memset(x + step->n * tile->rows, 0, (rows - step->n) * tile->rows * sizeof *x);
    return sl_gemm_one(0, 0, rows, out, tile->rows, 1, x, tile->rows, w, out, 0, y, out);
}

static int multiply_bytes(const struct sl_job *job, const struct sl_tile *tile, const float *w, float *y)
{
    const struct sl_byte_rows *bytes = ((const struct split *)job->stepper->first_own)->bytes;
    const struct sl_step *step = job->step;
    size_t out = job->pass->net->stages[1].out, rows = job->n_row_tiles * job->pass->row_tile;
    uint8_t *x = tile_bytes(job, tile);
    sl_bytes_gather(step, 0, step->n, tile->row0, tile->rows, x, bytes->ld_rows);
    sl_sparse_product(x, step->n, tile->rows, bytes->ld_rows, bytes->value, w, out, out, 0, y, out,
                      sl_bytes_panel(bytes, job->thread));
    memset(y + step->n * out, 0, (rows - step->n) * out * sizeof *y);
    return SL_OK;
}

/* The products of this thread's tiles. */
static int multiply(const struct sl_job *job)
{
    const struct split *split = job->stepper->first_own;
    const struct sl_stage *first = &job->pass->net->stages[1];
    size_t n = job->stepper->weights[1].n_tiles;
    int code = SL_OK;
    for (size_t t = (size_t)job->thread; t < n; t += (size_t)job->threads) {
        struct sl_tile tile = sl_weights_tile(job->stepper, 1, t);
        const float *w = job->params + first->main->params_at + tile.row0 * first->out;
        float *y = split->partial + t * job->pass->batch * first->out;
        code |= (split->bytes ? multiply_bytes : multiply_floats)(job, &tile, w, y);
    }
    return code;
}

/* A row's sum over the tiles. */
static int add_products(const struct sl_job *job, const struct sl_at *at)
{
    const struct split *split = job->stepper->first_own;
    size_t out = job->pass->net->stages[1].out;
    const float *part = split->partial + at->tile.row0 * out;
    float *y = sl_pass_out(job->pass, 1, at);
    sl_first_biases(job, at->tile.rows, 0, out, y);
    for (size_t t = 0; t < job->stepper->weights[1].n_tiles; t++)
        sl_add_floats(y, part + t * job->pass->batch * out, at->tile.rows * out);
    sl_stage_followers(job->pass, 1, at);
    return SL_OK;
}

static int gradient(const struct sl_job *job, struct sl_tile tile, float scale, float keep, float *dw)
{
    const struct sl_layer *layer = job->pass->net->stages[1].main;
    /* gradient_tile adds row0; still inside, as batch >= 1 */
    return layer->type->gradient_tile(layer, tile_floats(job, &tile) - tile.row0, tile.rows,
                                      job->pass->work[1].d, job->step->n, scale, keep, dw, tile);
}

static int gradient_bytes(const struct sl_job *job, struct sl_tile tile, float scale, float keep, float *dw)
{
    const struct sl_byte_rows *bytes = ((const struct split *)job->stepper->first_own)->bytes;
    size_t width = job->stepper->weights[1].w_rows;
    uint8_t *columns = bytes->columns + (size_t)job->thread * width * bytes->ld_columns;
    sl_sparse_transpose(tile_bytes(job, &tile), job->step->n, tile.rows, bytes->ld_rows, columns,
                        bytes->ld_columns);
    return sl_bytes_gradient(job, bytes, columns, tile, scale, keep, dw);
}

const struct sl_first_type sl_first_split = {
    .name = "split",
    .suits = suits,
    .begin = begin,
    .end = end,
    .prepare = multiply,
    .forward = add_products,
    .gradient = gradient,
    .keeps_weights = 1,
};

const struct sl_first_type sl_first_split_bytes = {
    .name = "split bytes",
    .suits = suits_bytes,
    .begin = begin_bytes,
    .end = end,
    .prepare = multiply,
    .forward = add_products,
    .gradient = gradient_bytes,
    .keeps_weights = 1,
};
