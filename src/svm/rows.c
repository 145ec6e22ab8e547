/* rows.c - the rows that kernel values are taken with, as the kernels want them.
 *
 * Bytes stay bytes, with their sums and squared norms.  Floats are centred for the rbf kernel, which moves no
 * distance but keeps |a|^2 + |b|^2 - 2 a.b from cancelling. */
#include "svm/rows.h"
#include "core/memory.h"
#include "kernels/bytegram.h"
#include "kernels/convert.h"
#include <math.h>
#include <string.h>

void sl_svm_rows_release(struct sl_svm_rows *rows)
{
    free(rows->bytes);
    free(rows->sum);
    free(rows->norm);
    free(rows->floats);
    free(rows->mean);
    free(rows->fnorm);
    *rows = (struct sl_svm_rows){0};
}

static size_t row_number(const uint32_t *order, size_t first, size_t i)
{
    return order ? order[i] : first + i;
}

/* sums and norms of the bytes. */
static void sum_bytes(struct sl_svm_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        const int8_t *x = rows->bytes + i * rows->d;
        int32_t sum = 0, norm = 0;
        for (size_t t = 0; t < rows->d; t++) {
            sum += x[t] + 128;
            norm += (x[t] + 128) * (x[t] + 128);
        }
        rows->sum[i] = sum;
        rows->norm[i] = norm;
    }
}

static int alloc_bytes(struct sl_svm_rows *rows, double scale, double offset)
{
    rows->scale = scale;
    rows->offset = offset;
    rows->bytes = sl_alloc(rows->n * rows->d, 1);
    rows->sum = sl_alloc(rows->n, sizeof *rows->sum);
    rows->norm = sl_alloc(rows->n, sizeof *rows->norm);
    return rows->bytes && rows->sum && rows->norm ? SL_OK : SL_ENOMEM;
}

static int alloc_floats(struct sl_svm_rows *rows)
{
    rows->scale = 1;
    rows->floats = sl_alloc(rows->n * rows->d, sizeof *rows->floats);
    rows->fnorm = sl_alloc(rows->n, sizeof *rows->fnorm);
    if (rows->kernel.kind == SL_SVM_RBF)
        rows->mean = sl_alloc(rows->d, sizeof *rows->mean);
    return rows->floats && rows->fnorm && (rows->mean || rows->kernel.kind != SL_SVM_RBF) ? SL_OK : SL_ENOMEM;
}

static int holds_bytes(const struct sl_view *view)
{
    return view->dtype == SL_U8 && view->d <= SL_BYTEGRAM_MAX_D;
}

static void norm_floats(struct sl_svm_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        const float *x = rows->floats + i * rows->d;
        double s = 0;
        for (size_t t = 0; t < rows->d; t++)
            s += (double)x[t] * (double)x[t];
        rows->fnorm[i] = (float)s;
    }
}

static int init_bytes(struct sl_svm_rows *rows, const struct sl_view *view, const uint32_t *order,
                      size_t first)
{
    const size_t d = rows->d;
    if (alloc_bytes(rows, view->scale, view->offset))
        return SL_ENOMEM;
    for (size_t i = 0; i < rows->n; i++) {
        const uint8_t *x = (const uint8_t *)view->x + row_number(order, first, i) * d;
        sl_bytes_centre(x, d, rows->bytes + i * d);
        sl_bytes_sums(x, 1, d, rows->sum + i, rows->norm + i);
    }
    return 0;
}

static int means(struct sl_svm_rows *rows)
{
    double *sum = sl_alloc_zero(rows->d, sizeof *sum);
    if (!sum)
        return SL_ENOMEM;
    for (size_t i = 0; i < rows->n; i++)
        for (size_t t = 0; t < rows->d; t++)
            sum[t] += rows->floats[i * rows->d + t];
    for (size_t t = 0; t < rows->d; t++)
        rows->mean[t] = (float)(sum[t] / (double)rows->n);
    free(sum);
    return 0;
}

static void centre(struct sl_svm_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++)
        for (size_t t = 0; t < rows->d; t++)
            rows->floats[i * rows->d + t] -= rows->mean[t];
}

static int init_floats(struct sl_svm_rows *rows, const struct sl_view *view, const uint32_t *order,
                       size_t first, const float *mean)
{
    const size_t d = rows->d;
    if (alloc_floats(rows))
        return SL_ENOMEM;
    for (size_t i = 0; i < rows->n; i++)
        sl_view_block(view, row_number(order, first, i), 1, rows->floats + i * d);
    if (rows->mean) {
        if (mean)
            memcpy(rows->mean, mean, d * sizeof *mean);
        else if (means(rows))
            return SL_ENOMEM;
        centre(rows);
    }
    norm_floats(rows);
    return 0;
}

int sl_svm_rows_init(struct sl_svm_rows *rows, const struct sl_svm_kernel *kernel, const struct sl_view *view,
                     const uint32_t *order, size_t first, size_t n, const float *mean)
{
    *rows = (struct sl_svm_rows){.kernel = *kernel, .n = n, .d = view->d};
    if ((holds_bytes(view) ? init_bytes(rows, view, order, first)
                           : init_floats(rows, view, order, first, mean)) == 0)
        return 0;
    sl_svm_rows_release(rows);
    return SL_ENOMEM;
}

int sl_svm_rows_room(struct sl_svm_rows *rows, const struct sl_svm_rows *like, size_t n)
{
    *rows = (struct sl_svm_rows){.kernel = like->kernel, .n = n, .d = like->d};
    if ((like->bytes ? alloc_bytes(rows, like->scale, like->offset) : alloc_floats(rows)) == 0)
        return 0;
    sl_svm_rows_release(rows);
    return SL_ENOMEM;
}

void sl_svm_rows_put(struct sl_svm_rows *rows, size_t at, const struct sl_svm_rows *from, size_t i)
{
    const size_t d = rows->d;
    if (rows->bytes) {
        memcpy(rows->bytes + at * d, from->bytes + i * d, d);
        rows->sum[at] = from->sum[i];
        rows->norm[at] = from->norm[i];
    } else {
        memcpy(rows->floats + at * d, from->floats + i * d, d * sizeof(float));
        rows->fnorm[at] = from->fnorm[i];
    }
}

void sl_svm_rows_save(const struct sl_svm_rows *rows, struct sl_writer *w)
{
    const size_t size = rows->n * rows->d;
    if (rows->bytes) {
        sl_put_bytes(w, rows->bytes, size);
        return;
    }
    sl_put_f32s(w, rows->floats, size);
    if (rows->mean)
        sl_put_f32s(w, rows->mean, rows->d);
}

static int load_floats(struct sl_svm_rows *rows, struct sl_reader *r)
{
    if (alloc_floats(rows)) {
        r->no_memory = 1;
        return SL_ENOMEM;
    }
    sl_get_f32s(r, rows->floats, rows->n * rows->d);
    if (rows->mean)
        sl_get_f32s(r, rows->mean, rows->d);
    norm_floats(rows);
    return r->failed ? -1 : 0;
}

static int load_bytes(struct sl_svm_rows *rows, const struct sl_view *like, struct sl_reader *r)
{
    if (alloc_bytes(rows, like->scale, like->offset)) {
        r->no_memory = 1;
        return SL_ENOMEM;
    }
    sl_get_bytes(r, rows->bytes, rows->n * rows->d);
    sum_bytes(rows);
    return r->failed ? -1 : 0;
}

int sl_svm_rows_load(struct sl_svm_rows *rows, const struct sl_svm_kernel *kernel, const struct sl_view *like,
                     size_t n, struct sl_reader *r)
{
    *rows = (struct sl_svm_rows){.kernel = *kernel, .n = n, .d = like->d};
    if ((holds_bytes(like) ? load_bytes(rows, like, r) : load_floats(rows, r)) == 0)
        return 0;
    sl_svm_rows_release(rows);
    return SL_ENOMEM;
}

int sl_svm_left_init(struct sl_svm_left *left, const struct sl_svm_rows *like, size_t max)
{
    const size_t d = like->d;
    int failed = 0;
    *left = (struct sl_svm_left){0};
    if (like->bytes) {
        left->bytes = sl_alloc(max * d, 1);
        left->sum = sl_alloc(max, sizeof *left->sum);
        left->norm = sl_alloc(max, sizeof *left->norm);
        failed |= !left->bytes || !left->sum || !left->norm;
    } else {
        left->floats = sl_alloc(max * d, sizeof *left->floats);
        left->fnorm = sl_alloc(max, sizeof *left->fnorm);
        failed |= !left->floats || !left->fnorm;
    }
    if (failed)
        sl_svm_left_release(left);
    return failed ? SL_ENOMEM : SL_OK;
}

void sl_svm_left_release(struct sl_svm_left *left)
{
    free(left->bytes);
    free(left->sum);
    free(left->norm);
    free(left->floats);
    free(left->fnorm);
    *left = (struct sl_svm_left){0};
}

void sl_svm_left_take(struct sl_svm_left *left, const struct sl_svm_rows *from, const uint32_t *index,
                      size_t m)
{
    const size_t d = from->d;
    left->m = m;
    for (size_t i = 0; i < m; i++) {
        const size_t row = row_number(index, 0, i);
        if (from->bytes) {
            sl_bytes_restore(from->bytes + row * d, d, left->bytes + i * d);
            left->sum[i] = from->sum[row];
            left->norm[i] = from->norm[row];
        } else {
            memcpy(left->floats + i * d, from->floats + row * d, d * sizeof(float));
            left->fnorm[i] = from->fnorm[row];
        }
    }
}

double sl_svm_norm(const struct sl_svm_rows *rows, size_t i)
{
    const double s = rows->scale, o = rows->offset;
    return rows->bytes ? s * s * rows->norm[i] + 2 * s * o * rows->sum[i] + o * o * (double)rows->d
                       : (double)rows->fnorm[i];
}

double sl_svm_largest_norm(const struct sl_svm_rows *rows)
{
    double largest = 0;
    for (size_t i = 0; i < rows->n; i++)
        largest = fmax(largest, sl_svm_norm(rows, i));
    return largest;
}
