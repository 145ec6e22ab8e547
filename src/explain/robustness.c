/* robustness.c - how many disturbed rows a model still predicts right.
 *
 * A block of rows at a time: disturbed on threads, a row each, then predicted.  Cost: for each distortion and
 * strength one prediction of all rows, and one pass of the distortion over them. */
#include "core/cores.h"
#include "core/memory.h"
#include "core/threads.h"
#include <math.h>
#include <shortlist/robustness.h>
#include <string.h>

enum { BLOCK = 1024 };

struct job {
    const struct sl_model *model;
    const struct sl_view *rows;
    const int32_t *truth;
    const struct sl_robustness_options *options;
    float white;
    void *disturbed; /* (BLOCK, d) of the rows' type */
    float *scratch;  /* (threads, 2, d) */
    int32_t *labels; /* (BLOCK) */
    int threads;
};

/* The largest value that images of such rows have: 255, or of floats that are shares 1. */
static float white_of(const struct sl_view *v)
{
    for (size_t i = 0; v->dtype == SL_F32 && i < v->n * v->d; i++)
        if (((const float *)v->x)[i] > 1)
            return 255;
    for (size_t i = 0; v->dtype == SL_F64 && i < v->n * v->d; i++)
        if (((const double *)v->x)[i] > 1)
            return 255;
    return v->dtype == SL_U8 ? 255 : 1;
}

static void take_row(const struct sl_view *v, size_t row, float *to)
{
    for (size_t j = 0; j < v->d; j++)
        to[j] = v->dtype == SL_U8    ? (float)((const uint8_t *)v->x)[row * v->d + j]
                : v->dtype == SL_F32 ? ((const float *)v->x)[row * v->d + j]
                                     : (float)((const double *)v->x)[row * v->d + j];
}

static void put_row(const struct sl_view *v, size_t row, const float *from, void *to)
{
    for (size_t j = 0; j < v->d; j++)
        if (v->dtype == SL_U8)
            ((uint8_t *)to)[row * v->d + j] = (uint8_t)lrintf(from[j]);
        else if (v->dtype == SL_F32)
            ((float *)to)[row * v->d + j] = from[j];
        else
            ((double *)to)[row * v->d + j] = (double)from[j];
}

static int disturb(const struct job *job, size_t distortion, double strength, size_t first, size_t n,
                   struct sl_error *err)
{
    const size_t d = job->rows->d;
    const int threads = sl_threads_for(64. * (double)(n * d), job->threads);
    int failed = 0;
#pragma omp parallel for num_threads(threads) schedule(static) reduction(| : failed)
    for (int t = 0; t < threads; t++) {
        float *in = job->scratch + 2 * (size_t)t * d;
        struct sl_error own;
        for (size_t i = n * (size_t)t / (size_t)threads; i < n * (size_t)(t + 1) / (size_t)threads; i++) {
            take_row(job->rows, first + i, in);
            failed |= sl_distort(distortion, strength, &job->rows->image, job->white, job->options->seed,
                                 first + i, in, in + d, &own) != SL_OK;
            put_row(job->rows, i, in + d, job->disturbed);
        }
    }
    return failed ? sl_fail_memory(err) : SL_OK;
}

/* How many of n rows from first on, which view holds, are right. */
static int count_right(const struct job *job, const struct sl_view *view, size_t first, size_t *right,
                       struct sl_error *err)
{
    int code = sl_model_predict(job->model, view, job->threads, job->labels, err);
    for (size_t i = 0; i < view->n && !code; i++)
        *right += job->labels[i] == job->truth[first + i];
    return code;
}

static int measure_block(const struct job *job, size_t first, size_t n, struct sl_robustness *out,
                         struct sl_error *err)
{
    struct sl_view view = *job->rows;
    const size_t row = view.d * (view.dtype == SL_U8    ? 1
                                 : view.dtype == SL_F32 ? sizeof(float)
                                                        : sizeof(double));
    view.n = n;
    view.y = NULL;
    view.weight = NULL;
    view.x = (const char *)job->rows->x + first * row;
    int code = count_right(job, &view, first, &out->undisturbed, err);
    view.x = job->disturbed;
    for (size_t i = 0; i < sl_distortion_count() && !code; i++)
        for (int s = 0; s < SL_STRENGTHS && !code; s++) {
            code = disturb(job, i, sl_distortion_at(i)->strength[s], first, n, err);
            if (!code)
                code = count_right(job, &view, first, &out->right[i][s], err);
        }
    return code;
}

static int check(const struct sl_model *model, const struct sl_view *rows, struct sl_error *err)
{
    const struct sl_image of_model = sl_model_like(model).image;
    if (!of_model.height || !rows->image.height)
        return sl_fail(err, SL_EUSAGE,
                       "%s: distortions are of images, and %s of a table: 'shortlist explain --method "
                       "permutation' disturbs its columns",
                       sl_model_type(model)->name, of_model.height ? "the rows are" : "the model is");
    return rows->dtype == SL_SPARSE ? sl_fail(err, SL_EUSAGE, "distortions are of images, not of sparse rows")
                                    : SL_OK;
}

int sl_robustness_measure(const struct sl_model *model, const struct sl_view *rows, const int32_t *truth,
                          const struct sl_robustness_options *options, struct sl_robustness *out,
                          struct sl_error *err)
{
    struct job job = {.model = model,
                      .rows = rows,
                      .truth = truth,
                      .options = options,
                      .threads = options->threads > 0 ? options->threads : sl_cores()};
    int code = check(model, rows, err);
    if (code)
        return code;
    job.white = white_of(rows);
    job.disturbed = sl_alloc(BLOCK * rows->d, sizeof(double));
    job.scratch = sl_alloc((size_t)job.threads * 2 * rows->d, sizeof *job.scratch);
    job.labels = sl_alloc(BLOCK, sizeof *job.labels);
    out->n = rows->n;
    out->undisturbed = 0;
    memset(out->right, 0, sl_distortion_count() * sizeof *out->right);
    if (!job.disturbed || !job.scratch || !job.labels)
        code = sl_fail_memory(err);
    for (size_t first = 0; first < rows->n && !code; first += BLOCK)
        code = measure_block(&job, first, rows->n - first < BLOCK ? rows->n - first : BLOCK, out, err);
    free(job.disturbed);
    free(job.scratch);
    free(job.labels);
    return code;
}
