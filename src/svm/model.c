/* model.c - the fitted support vector machine: making, saving, loading. */
#include "svm/model.h"
#include "core/memory.h"
#include "kernels/skinny.h"
#include <float.h>
#include <math.h>
#include <string.h>

void sl_svm_model_free(void *vmodel)
{
    struct sl_svm_model *model = vmodel;
    if (!model)
        return;
    free(model->label);
    free(model->rho);
    free(model->weights);
    sl_svm_rows_release(&model->sv);
    free(model->first);
    free(model->coef);
    free(model);
}

size_t sl_svm_coef_at(const struct sl_svm_model *model, int c)
{
    size_t padded = 0;
    for (int b = 0; b < c; b++)
        padded += sl_lanes(model->first[b + 1] - model->first[b]);
    return padded * (size_t)(model->present - 1);
}

static struct sl_svm_model *model_alloc(int k, int present, size_t d)
{
    struct sl_svm_model *model = sl_alloc_zero(1, sizeof *model);
    if (!model)
        return NULL;
    model->k = k;
    model->present = present;
    model->d = d;
    model->label = sl_alloc_zero((size_t)present, sizeof *model->label);
    model->rho = sl_alloc_zero(sl_svm_pairs(present), sizeof *model->rho);
    model->first = sl_alloc_zero((size_t)present + 1, sizeof *model->first);
    if (!model->label || !model->rho || !model->first) {
        sl_svm_model_free(model);
        return NULL;
    }
    return model;
}

/* w (d) += beta * row i, as a real vector; the offset drops out, for the betas of a pair sum to 0. */
static void add_row(const struct sl_svm_rows *rows, size_t i, double beta, double *w)
{
    const size_t d = rows->d;
    if (rows->bytes)
        for (size_t t = 0; t < d; t++)
            w[t] += beta * rows->bytes[i * d + t];
    else
        for (size_t t = 0; t < d; t++)
            w[t] += beta * (double)rows->floats[i * d + t];
}

/* The weight vector of each pair: sum of beta_i x_i. */
static int make_weights(struct sl_svm_model *model, const struct sl_svm_rows *rows, const uint32_t *at,
                        const struct sl_svm_dual *dual)
{
    const int present = dual->present;
    const size_t d = rows->d, ld = sl_lanes(d), width = (size_t)(present - 1);
    double *w = sl_alloc(d, sizeof *w);
    model->weights = sl_alloc_zero(sl_svm_pairs(present) * ld, sizeof *model->weights);
    if (!w || !model->weights) {
        free(w);
        return -1;
    }
    float *out = model->weights;
    for (int a = 0; a < present; a++)
        for (int b = a + 1; b < present; b++, out += ld) {
            memset(w, 0, d * sizeof *w);
            for (size_t i = dual->first[a]; i < dual->first[a + 1]; i++)
                if (dual->beta[i * width + (size_t)(b - 1)] != 0)
                    add_row(rows, at ? at[i] : i, dual->beta[i * width + (size_t)(b - 1)], w);
            for (size_t i = dual->first[b]; i < dual->first[b + 1]; i++)
                if (dual->beta[i * width + (size_t)a] != 0)
                    add_row(rows, at ? at[i] : i, dual->beta[i * width + (size_t)a], w);
            for (size_t t = 0; t < d; t++)
                out[t] = (float)(rows->scale * w[t]);
        }
    free(w);
    return 0;
}

static int is_vector(const double *beta, size_t width)
{
    for (size_t o = 0; o < width; o++)
        if (beta[o] != 0)
            return 1;
    return 0;
}

/* The betas of the chosen rows of the dual, tile by tile. */
static int place_coefficients(struct sl_svm_model *model, const struct sl_svm_dual *dual,
                              const uint32_t *chosen)
{
    const size_t width = (size_t)(dual->present - 1);
    float *out = model->coef = sl_alloc_zero(sl_svm_coef_at(model, model->present), sizeof *model->coef);
    if (!out)
        return -1;
    for (int c = 0; c < model->present; c++)
        for (size_t at = model->first[c]; at < model->first[c + 1]; at += SL_SVM_TILE) {
            const size_t left = model->first[c + 1] - at, n = left < SL_SVM_TILE ? left : SL_SVM_TILE;
            for (size_t s = 0; s < n; s++)
                for (size_t o = 0; o < width; o++)
                    out[o * sl_lanes(n) + s] = (float)dual->beta[chosen[at + s] * width + o];
            out += width * sl_lanes(n);
        }
    return 0;
}

/* The rows that have a coefficient. */
static int choose_vectors(struct sl_svm_model *model, const struct sl_svm_dual *dual, uint32_t *chosen)
{
    const size_t width = (size_t)(dual->present - 1);
    size_t n = 0;
    for (int c = 0; c < dual->present; c++) {
        model->first[c] = n;
        for (size_t i = dual->first[c]; i < dual->first[c + 1]; i++)
            if (is_vector(dual->beta + i * width, width))
                chosen[n++] = (uint32_t)i;
    }
    model->first[dual->present] = n;
    return place_coefficients(model, dual, chosen);
}

static size_t count_vectors(const struct sl_svm_dual *dual)
{
    const size_t width = (size_t)(dual->present - 1);
    size_t n = 0;
    for (size_t i = 0; i < dual->first[dual->present]; i++)
        n += (size_t)is_vector(dual->beta + i * width, width);
    return n;
}

int sl_svm_model_new_bare(const struct sl_svm_rows *rows, const uint32_t *at, const struct sl_svm_dual *dual,
                          int k, int break_ties, uint32_t *chosen, struct sl_svm_model **out)
{
    const size_t pairs = sl_svm_pairs(dual->present);
    struct sl_svm_model *model = model_alloc(k, dual->present, rows->d);
    *out = NULL;
    if (!model)
        return -1;
    model->kernel = rows->kernel;
    model->break_ties = break_ties;
    memcpy(model->label, dual->label, (size_t)dual->present * sizeof *model->label);
    for (size_t p = 0; p < pairs; p++)
        model->rho[p] = (float)dual->rho[p];
    const int collapse = rows->kernel.kind == SL_SVM_LINEAR && pairs <= count_vectors(dual);
    if (collapse ? make_weights(model, rows, at, dual) : choose_vectors(model, dual, chosen)) {
        sl_svm_model_free(model);
        return -1;
    }
    *out = model;
    return 0;
}

int sl_svm_model_new(const struct sl_view *train, const struct sl_svm_rows *rows,
                     const struct sl_svm_dual *dual, int break_ties, struct sl_svm_model **out)
{
    uint32_t *chosen = sl_alloc(rows->n, sizeof *chosen);
    int failed = !chosen || sl_svm_model_new_bare(rows, NULL, dual, train->k, break_ties, chosen, out);
    if (!chosen)
        *out = NULL;
    if (!failed && !(*out)->weights) {
        const size_t n = (*out)->first[dual->present];
        for (size_t s = 0; s < n; s++)
            chosen[s] = dual->order[chosen[s]];
        failed = sl_svm_rows_init(&(*out)->sv, &rows->kernel, train, chosen, 0, n, rows->mean);
    }
    free(chosen);
    if (failed) {
        sl_svm_model_free(*out);
        *out = NULL;
    }
    return failed ? -1 : 0;
}

size_t sl_svm_vectors_bytes(const struct sl_svm_model *model, const struct sl_svm_rows *rows)
{
    const size_t n = model->first[model->present], size = rows->bytes ? 1 : sizeof(float);
    return model->weights ? 0 : n * rows->d * size + (rows->mean ? rows->d * sizeof(float) : 0);
}

void sl_svm_model_save(const void *vmodel, struct sl_writer *w)
{
    const struct sl_svm_model *model = vmodel;
    const size_t pairs = sl_svm_pairs(model->present), n = model->sv.n;
    sl_put_i32(w, model->present);
    sl_put_i32s(w, model->label, (size_t)model->present);
    sl_put_f64(w, model->kernel.gamma);
    sl_put_f32s(w, model->rho, pairs);
    sl_put_u8(w, model->weights != NULL);
    if (model->weights) {
        for (size_t p = 0; p < pairs; p++)
            sl_put_f32s(w, model->weights + p * sl_lanes(model->d), model->d);
        return;
    }
    sl_put_u64(w, n);
    for (int c = 0; c < model->present; c++)
        sl_put_u64(w, model->first[c + 1] - model->first[c]);
    sl_put_f32s(w, model->coef, sl_svm_coef_at(model, model->present));
    sl_svm_rows_save(&model->sv, w);
}

static void read_vectors(struct sl_svm_model *model, struct sl_reader *r, const struct sl_view *like)
{
    const size_t width = (size_t)(model->present - 1);
    const size_t n = sl_get_count(r, 0, INT32_MAX, like->d * (like->dtype == SL_U8 ? 1 : 4) + 4 * width);
    for (int c = 0; c < model->present; c++)
        model->first[c + 1] = model->first[c] + sl_get_count(r, 0, n - model->first[c], 0);
    if (r->failed || model->first[model->present] != n) {
        r->failed = 1;
        return;
    }
    const size_t coefs = sl_svm_coef_at(model, model->present);
    model->coef = coefs <= (r->size - r->at) / sizeof(float) ? sl_alloc(coefs, sizeof *model->coef) : NULL;
    if (!model->coef) {
        r->failed = 1;
        r->no_memory = coefs <= (r->size - r->at) / sizeof(float);
        return;
    }
    sl_get_f32s(r, model->coef, coefs);
    if (sl_svm_rows_load(&model->sv, &model->kernel, like, n, r))
        r->failed = 1;
}

static void read_weights(struct sl_svm_model *model, struct sl_reader *r)
{
    const size_t pairs = sl_svm_pairs(model->present), d = model->d, ld = sl_lanes(d);
    if (r->failed || (pairs && d > (r->size - r->at) / sizeof(float) / pairs)) {
        r->failed = 1;
        return;
    }
    model->weights = sl_alloc_zero(pairs * ld, sizeof *model->weights);
    if (!model->weights) {
        r->failed = r->no_memory = 1;
        return;
    }
    for (size_t p = 0; p < pairs; p++)
        sl_get_f32s(r, model->weights + p * ld, d);
}

/* Kernel values of the support vectors, and what all coefficients can add up to with them. */
int sl_svm_model_check_norm(const struct sl_svm_model *model, double norm, struct sl_error *err)
{
    double largest, sum = 0;
    if (model->weights)
        return SL_OK;
    int code = sl_svm_check_range(&model->kernel, norm, &largest, err);
    for (size_t i = 0; i < sl_svm_coef_at(model, model->present); i++)
        sum += fabs((double)model->coef[i]);
    if (!code && !(largest * sum <= (double)FLT_MAX))
        code =
            sl_fail(err, SL_EDIVERGED, "decisions are beyond the range of float numbers: scale the features");
    return code;
}

int sl_svm_model_check(const struct sl_svm_model *model, struct sl_error *err)
{
    return sl_svm_model_check_norm(model, sl_svm_largest_norm(&model->sv), err);
}

static int is_sound(const struct sl_svm_model *model)
{
    for (int c = 0; c < model->present; c++)
        if (model->label[c] < (c ? model->label[c - 1] + 1 : 0) || model->label[c] >= model->k)
            return 0;
    return model->kernel.gamma > 0 && sl_svm_model_check(model, NULL) == SL_OK;
}

int sl_svm_model_load(struct sl_reader *r, const struct sl_view *like, const struct sl_svm_kernel *kernel,
                      int break_ties, struct sl_svm_model **out, struct sl_error *err)
{
    const int present = sl_get_i32(r);
    *out = NULL;
    if (r->failed || present < 1 || present > like->k ||
        sl_svm_pairs(present) > (r->size - r->at) / sizeof(float))
        return sl_fail(err, SL_EDATA, "the record does not hold an svm model");
    struct sl_svm_model *model = model_alloc(like->k, present, like->d);
    if (!model)
        return sl_fail_memory(err);
    const size_t pairs = sl_svm_pairs(present);
    sl_get_i32s(r, model->label, (size_t)present);
    const double gamma = sl_get_f64(r);
    model->kernel = *kernel;
    if (kernel->kind != SL_SVM_LINEAR)
        model->kernel.gamma = gamma;
    model->break_ties = break_ties;
    sl_get_f32s(r, model->rho, pairs);
    const int weights = sl_get_u8(r);
    if (weights == 1 && kernel->kind == SL_SVM_LINEAR) {
        read_weights(model, r);
    } else if (weights == 0 && !r->failed) {
        read_vectors(model, r, like);
    } else {
        r->failed = 1;
    }
    if (r->failed || !is_sound(model)) {
        sl_svm_model_free(model);
        return sl_reader_fail(r, err, "the record does not hold an svm model");
    }
    *out = model;
    return SL_OK;
}
