/* write.c - explanations as files: a line of CSV a row, values as NumPy's arrays or CSV, means for each
 * class.
 */
#include "core/file.h"
#include "core/memory.h"
#include "core/text.h"
#include "explain/sheet.h"
#include <math.h>
#include <shortlist/explain.h>
#include <stdio.h>
#include <string.h>

double sl_explained_error(const struct sl_explained_score *s)
{
    const double wanted = s->score - s->base, missed = fabs(s->sum - wanted);
    const double floor = 1e-4 * (fabs(s->score) + fabs(s->base) + s->size);
    return missed == 0 ? 0 : missed / fmax(fabs(wanted), floor);
}

void sl_explanation_means(const struct sl_explanation *x, double *means, size_t *counts)
{
    const size_t d = sl_model_like(x->model).d, k = (size_t)sl_model_classes(x->model);
    memset(means, 0, k * d * sizeof *means);
    memset(counts, 0, k * sizeof *counts);
    for (size_t p = 0; p < x->n * x->m; p++) {
        double *mean = means + (size_t)x->classes[p] * d;
        counts[x->classes[p]]++;
        for (size_t j = 0; j < d; j++)
            mean[j] += fabs((double)x->explained.values[p * d + j]);
    }
    for (size_t c = 0; c < k; c++)
        for (size_t j = 0; j < d && counts[c]; j++)
            means[c * d + j] /= (double)counts[c];
}

/* Files -------------------------------------------------------------------------------------------- */

struct writer {
    const struct sl_explanation *x;
    const char *folder;
    void (*made)(void *arg, const char *path);
    void *arg;
    struct sl_error *err;
};

/* ,class */
static void put_class(FILE *to, const struct sl_explanation *x, int32_t label)
{
    fputc(',', to);
    if (label >= 0)
        sl_write_csv_field(to, sl_model_class(x->model, label));
}

static void put_number(FILE *to, double value)
{
    fputc(',', to);
    if (isfinite(value))
        fprintf(to, "%.9g", value);
}

/* A class's probability or margin. */
static void put_score(FILE *to, const struct sl_explanation *x, size_t row, int32_t label)
{
    const size_t k = (size_t)sl_model_classes(x->model);
    put_number(to, x->scores && label >= 0 ? (double)x->scores[row * k + (size_t)label] : NAN);
}

/* Number, and name where rows have names. */
static void put_row(FILE *to, const struct sl_explanation *x, size_t row)
{
    const char *id = sl_dataset_row_id(x->data, row);
    fprintf(to, "%llu", (unsigned long long)x->ids[row]);
    if (id) {
        fputc(',', to);
        sl_write_csv_field(to, id);
    }
}

static void put_row_head(FILE *to, const struct sl_explanation *x)
{
    fprintf(to, "row%s", sl_dataset_row_id(x->data, 0) ? ",name" : "");
}

static int write_rows(const struct writer *w)
{
    const struct sl_explanation *x = w->x;
    const char *kind = sl_model_type(x->model)->flags & SL_PROBABILITIES ? "probability" : "score";
    struct sl_sheet csv;
    if (sl_sheet_open(&csv, w->err))
        return SL_ENOMEM;
    put_row_head(csv.to, x);
    fprintf(csv.to,
            ",true,%s_true,predicted,%s_predicted,class,score,base,sum,error,rest,r2,agreement,standard_"
            "error,blank\r\n",
            kind, kind);
    for (size_t p = 0; p < x->n * x->m; p++) {
        const struct sl_explained_score *s = &x->explained.score[p];
        const size_t row = p / x->m;
        const int32_t truth = x->truth ? x->truth[row] : -1;
        put_row(csv.to, x, row);
        put_class(csv.to, x, truth);
        put_score(csv.to, x, row, truth);
        put_class(csv.to, x, x->predicted[row]);
        put_score(csv.to, x, row, x->predicted[row]);
        put_class(csv.to, x, x->classes[p]);
        put_number(csv.to, s->score);
        put_number(csv.to, s->base);
        put_number(csv.to, s->sum);
        put_number(csv.to, sl_explained_error(s));
        put_number(csv.to, s->rest);
        put_number(csv.to, s->fit);
        put_number(csv.to, s->agreement);
        put_number(csv.to, s->deviation);
        fprintf(csv.to, ",%d\r\n", s->blank);
    }
    return sl_sheet_close(&csv, w->folder, "rows.csv", w->made, w->arg, w->err);
}

/* A column's name, or the number that stands for it; 0 where it has neither. */
static int put_name(FILE *to, const struct sl_model *model, size_t column)
{
    const char *name = sl_model_feature(model, column);
    const enum sl_indices indices = sl_model_indices(model);
    if (name)
        sl_write_csv_field(to, name);
    else if (indices)
        fprintf(to, "%zu", sl_feature_number(indices, column));
    return name || indices;
}

/* ,NAME of each column. */
static void put_columns(FILE *to, const struct sl_explanation *x)
{
    const size_t d = sl_model_like(x->model).d;
    for (size_t j = 0; j < d; j++) {
        fputc(',', to);
        if (!put_name(to, x->model, j))
            fprintf(to, "x%zu", j);
    }
    fputs("\r\n", to);
}

static int write_values_csv(const struct writer *w)
{
    const struct sl_explanation *x = w->x;
    const size_t d = sl_model_like(x->model).d;
    struct sl_sheet csv;
    if (sl_sheet_open(&csv, w->err))
        return SL_ENOMEM;
    put_row_head(csv.to, x);
    fputs(",class", csv.to);
    put_columns(csv.to, x);
    for (size_t p = 0; p < x->n * x->m; p++) {
        put_row(csv.to, x, p / x->m);
        put_class(csv.to, x, x->classes[p]);
        for (size_t j = 0; j < d; j++)
            fprintf(csv.to, ",%.9g", (double)x->explained.values[p * d + j]);
        fputs("\r\n", csv.to);
    }
    return sl_sheet_close(&csv, w->folder, "values.csv", w->made, w->arg, w->err);
}

static int write_means(const struct writer *w)
{
    const struct sl_explanation *x = w->x;
    const size_t d = sl_model_like(x->model).d, k = (size_t)sl_model_classes(x->model);
    double *means = sl_alloc(k, d * sizeof *means);
    size_t *counts = sl_alloc(k, sizeof *counts);
    struct sl_sheet csv = {0};
    int code = means && counts ? sl_sheet_open(&csv, w->err) : sl_fail_memory(w->err);
    if (!code) {
        sl_explanation_means(x, means, counts);
        fputs("class,rows", csv.to);
        put_columns(csv.to, x);
        for (size_t c = 0; c < k; c++) {
            if (!counts[c])
                continue;
            sl_write_csv_field(csv.to, sl_model_class(x->model, (int)c));
            fprintf(csv.to, ",%zu", counts[c]);
            for (size_t j = 0; j < d; j++)
                fprintf(csv.to, ",%.9g", means[c * d + j]);
            fputs("\r\n", csv.to);
        }
        code = sl_sheet_close(&csv, w->folder, "mean.csv", w->made, w->arg, w->err);
    }
    free(means);
    free(counts);
    return code;
}

/* The head of an array of format 1.0, padded so that the values begin at a multiple of 64 bytes. */
static char *npy_head(const struct sl_explanation *x, size_t *size)
{
    enum { FIXED = 10, ALIGN = 64 };
    const struct sl_view like = sl_model_like(x->model);
    char shape[128], text[256];
    if (like.image.height)
        snprintf(shape, sizeof shape, "%zu, %zu, %d, %d, %d", x->n, x->m, like.image.height, like.image.width,
                 like.image.channels);
    else
        snprintf(shape, sizeof shape, "%zu, %zu, %zu", x->n, x->m, like.d);
    int used =
        snprintf(text, sizeof text, "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }", shape);
    *size = (FIXED + (size_t)used + 1 + ALIGN - 1) / ALIGN * ALIGN;
    const size_t room = *size - FIXED;
    char *head = sl_alloc(*size, 1);
    if (!head)
        return NULL;
    memset(head, ' ', *size);
    memcpy(head, "\x93NUMPY\x01\x00", 8);
    head[8] = (char)(room & 0xff);
    head[9] = (char)(room >> 8);
    memcpy(head + FIXED, text, (size_t)used);
    head[*size - 1] = '\n';
    return head;
}

static int write_values_npy(const struct writer *w)
{
    const struct sl_explanation *x = w->x;
    const size_t d = sl_model_like(x->model).d;
    struct sl_file_part parts[2] = {{0}, {x->explained.values, x->n * x->m * d * sizeof(float)}};
    char *head = npy_head(x, &parts[0].size), *path = sl_format("%s/values.npy", w->folder);
    parts[0].bytes = head;
    int code = head && path ? sl_file_write_parts(path, parts, 2, w->err) : sl_fail_memory(w->err);
    if (!code && w->made)
        w->made(w->arg, path);
    free(head);
    free(path);
    return code;
}

int sl_explanation_write(const struct sl_explanation *x, const char *folder, enum sl_values_format format,
                         void (*made)(void *arg, const char *path), void *arg, struct sl_error *err)
{
    const struct writer w = {x, folder, made, arg, err};
    int code = sl_folder_make(folder, err);
    if (!code)
        code = write_rows(&w);
    if (!code)
        code = format == SL_VALUES_CSV ? write_values_csv(&w) : write_values_npy(&w);
    return code ? code : write_means(&w);
}

int sl_importance_write(const struct sl_model *model, const struct sl_importance *importance,
                        const char *folder, void (*made)(void *arg, const char *path), void *arg,
                        struct sl_error *err)
{
    const size_t d = sl_model_like(model).d;
    uint32_t *order = sl_alloc(d, sizeof *order);
    struct sl_sheet csv = {0};
    int code = order ? sl_folder_make(folder, err) : sl_fail_memory(err);
    if (!code)
        code = sl_sheet_open(&csv, err);
    if (!code) {
        sl_importance_order(importance, d, order);
        fputs("column,name,importance,deviation\r\n", csv.to);
        for (size_t i = 0; i < d; i++) {
            fprintf(csv.to, "%u,", order[i]);
            put_name(csv.to, model, order[i]);
            fprintf(csv.to, ",%.9g,%.9g\r\n", importance[order[i]].mean, importance[order[i]].deviation);
        }
        code = sl_sheet_close(&csv, folder, "importance.csv", made, arg, err);
    }
    free(order);
    return code;
}

int sl_faithfulness_write(const struct sl_faithfulness *faithfulness, const char *folder,
                          void (*made)(void *arg, const char *path), void *arg, struct sl_error *err)
{
    enum { STEPS = sizeof faithfulness->curve[0] / sizeof *faithfulness->curve[0] };
    struct sl_sheet csv;
    int code = sl_folder_make(folder, err);
    if (!code)
        code = sl_sheet_open(&csv, err);
    if (code)
        return code;
    fputs("share,deletion,insertion,random_deletion,random_insertion\r\n", csv.to);
    for (int step = 0; step < STEPS; step++) {
        fprintf(csv.to, "%.4g", (double)step / (STEPS - 1));
        for (int c = 0; c < SL_N_CURVES; c++)
            fprintf(csv.to, ",%.9g", faithfulness->curve[c][step]);
        fputs("\r\n", csv.to);
    }
    return sl_sheet_close(&csv, folder, "curves.csv", made, arg, err);
}
