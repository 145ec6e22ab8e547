/* step_first_bytes.c - a first dense layer of a step of training that multiplies only bytes that are not 0.
 *
 * Where most bytes of the rows are 0 they stay bytes, and only the others are multiplied
 * (kernels/sparse_bytes.h); for the gradient they are transposed. */
#include "core/memory.h"
#include "kernels/dispatch.h"
#include "kernels/sparse_bytes.h"
#include "nn/pass/stage.h"
#include "nn/train/step_first.h"
#include <string.h>

/* All tiles of so many columns, the last one too. */
static int wide_enough(size_t out, size_t tile)
{
    return (out % tile ? out % tile : tile) >= SL_SPARSE_MIN_WIDTH;
}

int sl_bytes_suit(const struct sl_stepper *stepper, const struct sl_view *rows)
{
    const struct sl_net *net = stepper->pass->net;
    if (net->n_stages < 2 || !rows)
        return 0;
    const struct sl_stage *first = &net->stages[1];
    return !stepper->augmenter && rows->dtype == SL_U8 && rows->offset == 0 && sl_first_is_plain(stepper) &&
           (first->main->type->flags & SL_AFFINE) && wide_enough(first->out, stepper->cut.cols) &&
           wide_enough(first->out, stepper->weights[1].w_cols) &&
           sl_sparse_density(rows->x, rows->n * rows->d) < sl_sparse_worth();
}

int sl_bytes_new(const struct sl_stepper *stepper, const struct sl_view *rows, size_t width, size_t parts,
                 size_t blocks, struct sl_byte_rows **out, struct sl_error *err)
{
    size_t batch = stepper->pass->batch;
    struct sl_byte_rows *bytes = sl_alloc_zero(1, sizeof *bytes);
    *out = bytes;
    if (!bytes)
        return sl_fail_memory(err);
    for (int b = 0; b < 256; b++)
        bytes->value[b] = rows->scale * (float)b;
    bytes->ld_rows = sl_sparse_padded(width);
    bytes->ld_columns = sl_sparse_padded(batch);
    bytes->rows = sl_alloc_zero(parts * batch, bytes->ld_rows);
    bytes->columns = sl_alloc_zero(blocks * width, bytes->ld_columns);
    bytes->panels = sl_alloc((size_t)stepper->pass->threads * SL_SPARSE_PANEL, sizeof *bytes->panels);
    return bytes->rows && bytes->columns && bytes->panels ? SL_OK : sl_fail_memory(err);
}

void sl_bytes_free(void *vbytes)
{
    struct sl_byte_rows *bytes = vbytes;
    if (!bytes)
        return;
    free(bytes->rows);
    free(bytes->columns);
    free(bytes->panels);
    free(bytes);
}

float *sl_bytes_panel(const struct sl_byte_rows *bytes, int thread)
{
    return bytes->panels + (size_t)thread * SL_SPARSE_PANEL;
}

void sl_bytes_gather(const struct sl_step *step, size_t row0, size_t n_rows, size_t first, size_t n,
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

SL_CLONED_VOID(static, multiply_by, (float *a, size_t n, float factor), (a, n, factor))
{
    for (size_t i = 0; i < n; i++)
        a[i] *= factor;
}

int sl_bytes_gradient(const struct sl_job *job, const struct sl_byte_rows *bytes, const uint8_t *columns,
                      struct sl_tile tile, float scale, float keep, float *dw)
{
    const struct sl_layer *layer = job->pass->net->stages[1].main;
    const float *dy = job->pass->work[1].d;
    size_t out = layer->fan_out, n = job->step->n;
    float *to = dw + tile.row0 * out + tile.col0, value[256];
    if (tile.row0 == 0)
        layer->type->gradient_biases(layer, dy, n, scale, keep, dw, tile);
    for (size_t i = 0; keep != 0 && keep != 1 && i < tile.rows; i++)
        multiply_by(to + i * out, tile.cols, keep);
    for (int b = 0; b < 256; b++)
        value[b] = scale * bytes->value[b];
    sl_sparse_product(columns, tile.rows, n, bytes->ld_columns, value, dy + tile.col0, out, tile.cols,
                      keep != 0, to, out, sl_bytes_panel(bytes, job->thread));
    return SL_OK;
}

/* All features together: layer by layer -------------------------------------------------------------- */

static int begin(struct sl_stepper *stepper, const struct sl_view *rows, struct sl_error *err)
{
    struct sl_byte_rows *bytes;
    int code = sl_bytes_new(stepper, rows, rows->d, 1, 1, &bytes, err);
    stepper->first_own = bytes;
    return code;
}

static void read_rows(const struct sl_job *job, struct sl_at *at)
{
    const struct sl_byte_rows *bytes = job->stepper->first_own;
    sl_bytes_gather(job->step, at->tile.row0, at->valid, 0, job->step->view->d,
                    bytes->rows + at->tile.row0 * bytes->ld_rows, bytes->ld_rows);
}

static void transpose(const struct sl_job *job)
{
    enum { COLUMNS = 16 };
    const struct sl_byte_rows *bytes = job->stepper->first_own;
    size_t d = job->step->view->d, blocks = sl_tiles_of(d, COLUMNS);
    size_t from = sl_share_start(job, blocks) * COLUMNS, end = sl_share_end(job, blocks) * COLUMNS;
    end = end < d ? end : d;
    if (from < end)
        sl_sparse_transpose(bytes->rows + from, job->step->n, end - from, bytes->ld_rows,
                            bytes->columns + from * bytes->ld_columns, bytes->ld_columns);
}

static int forward(const struct sl_job *job, const struct sl_at *at)
{
    const struct sl_byte_rows *bytes = job->stepper->first_own;
    const struct sl_stage *first = &job->pass->net->stages[1];
    const float *w = job->params + first->main->params_at + at->tile.col0;
    float *y = sl_pass_out(job->pass, 1, at) + at->tile.col0;
    sl_first_biases(job, at->tile.rows, at->tile.col0, at->tile.cols, y);
    sl_sparse_product(bytes->rows + at->tile.row0 * bytes->ld_rows, at->valid, first->in, bytes->ld_rows,
                      bytes->value, w, first->out, at->tile.cols, 1, y, first->out,
                      sl_bytes_panel(bytes, at->thread));
    sl_stage_followers(job->pass, 1, at);
    return SL_OK;
}

static int gradient(const struct sl_job *job, struct sl_tile tile, float scale, float keep, float *dw)
{
    const struct sl_byte_rows *bytes = job->stepper->first_own;
    return sl_bytes_gradient(job, bytes, bytes->columns + tile.row0 * bytes->ld_columns, tile, scale, keep,
                             dw);
}

const struct sl_first_type sl_first_bytes = {
    .name = "bytes",
    .suits = sl_bytes_suit,
    .begin = begin,
    .end = sl_bytes_free,
    .read = read_rows,
    .arrange = transpose,
    .forward = forward,
    .gradient = gradient,
};
