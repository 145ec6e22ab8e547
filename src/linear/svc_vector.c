/* svc_vector.c - weights in floats or doubles, and one row: see svc_vector.h.  O(ld) a row and vector, or
 * O(its entries). */
#include "linear/svc_vector.h"
#include "kernels/skinny.h"
#include "kernels/sparse_row.h"
#include <float.h>
#include <math.h>

void sl_svc_vector_renew(struct sl_svc_vector *v, const struct sl_svc_rows *rows, double longest, double tol)
{
    double norm = 0;
    for (size_t j = 0; j < rows->d; j++)
        v->w[j] *= rows->unit * rows->unit;
    for (size_t j = 0; j < rows->size; j++) {
        norm += sl_svc_penalty(rows, j) * v->w[j] * v->w[j];
        v->floats[j] = (float)v->w[j];
    }
    v->precise = !((double)FLT_EPSILON * (1 + sqrt(norm * longest)) < tol);
}

void sl_svc_vector_add(struct sl_svc_vector *v, const struct sl_svc_rows *rows, size_t i, double a)
{
    const double stored = a * (rows->unit * rows->unit);
    if (v->precise) {
        double intercept = v->w[rows->d];
        sl_svc_add(rows, i, stored, v->w);
        v->w[rows->d] = intercept + a * rows->constant;
        return;
    }
    if (rows->sparse) {
        const struct sl_sparse_row x = sl_svc_sparse_row(rows, i);
        sl_srow_add(v->floats, (float)stored, &x);
    } else if (rows->bytes)
        sl_skinny_row_add_bytes(v->floats, (float)stored, sl_svc_row(rows, i), rows->ld);
    else
        sl_skinny_row_add(v->floats, (float)stored, sl_svc_row(rows, i), rows->ld);
    v->floats[rows->d] += (float)(a * rows->constant);
}

void sl_svc_vector_scores(const struct sl_svc_vector *const *v, size_t n, const struct sl_svc_rows *rows,
                          size_t i, double *scores)
{
    const float *w[SL_SVC_GROUP];
    float z[SL_SVC_GROUP];
    size_t which[SL_SVC_GROUP], fast = 0;
    for (size_t c = 0; c < n; c++) {
        if (v[c]->precise)
            scores[c] = sl_svc_score(rows, i, v[c]->w);
        else {
            w[fast] = v[c]->floats;
            which[fast++] = c;
        }
    }
    if (rows->sparse) {
        const struct sl_sparse_row x = sl_svc_sparse_row(rows, i);
        for (size_t s = 0; s < fast; s++)
            z[s] = sl_srow_dot_f32(&x, w[s]);
    } else if (rows->bytes)
        sl_skinny_row_dot_bytes(sl_svc_row(rows, i), w, fast, rows->ld, z);
    else
        sl_skinny_row_dot(sl_svc_row(rows, i), w, fast, rows->ld, z);
    for (size_t s = 0; s < fast; s++)
        scores[which[s]] = (double)z[s] + rows->constant * (double)w[s][rows->d];
}

void sl_svc_vector_prefetch(const struct sl_svc_rows *rows, size_t i)
{
    const char *x = sl_svc_row(rows, i);
    size_t width = rows->ld * (rows->bytes ? 1 : sizeof(float));
    for (size_t at = 0; at < width && at < 4096; at += 64)
        __builtin_prefetch(x + at);
}
