/* masked.c - scores of rows of which parts are replaced.
 *
 * Versions are made and scored some thousands of values at a time.  Cost: n predictions, times the
 * background's rows where the mean over them is taken. */
#include "explain/masked.h"
#include "core/memory.h"
#include "core/threads.h"
#include "data/features.h"
#include <string.h>

enum { CHUNK = 4096, CHUNK_BYTES = 1 << 23 };

int sl_masker_init(struct sl_masker *m, struct sl_explainer *e, const struct sl_view *raw,
                   struct sl_error *err)
{
    *m = (struct sl_masker){.explainer = e, .raw = raw, .background = *e->options.background};
    if (raw->dtype == SL_SPARSE || m->background.dtype == SL_SPARSE)
        return sl_fail(err, SL_EUSAGE, "%s takes dense rows only: read them with storage dense",
                       e->method->about.name);
    if (raw->dtype == m->background.dtype)
        return SL_OK;
    int code = sl_view_convert(&m->background, raw->dtype, ": the rows that are explained are bytes",
                               &m->owned, err);
    m->background.dtype = raw->dtype;
    m->background.x = m->owned;
    return code;
}

void sl_masker_release(struct sl_masker *m)
{
    free(m->owned);
    *m = (struct sl_masker){0};
}

/* Some versions at work. */
struct versions {
    const struct sl_masker *masker;
    size_t row;
    const int32_t *of;
    size_t parts;
    const uint8_t *kept;
    const uint32_t *from;
};

/* out (d): x where kept, else other; columns of one of the types. */
#define MIX(type)                                                                                            \
    static void mix_##type(const type *x, const type *other, const uint8_t *kept, const int32_t *of,         \
                           size_t d, type *out)                                                              \
    {                                                                                                        \
        for (size_t j = 0; j < d; j++)                                                                       \
            out[j] = kept[of[j]] ? x[j] : other[j];                                                          \
    }
MIX(uint8_t)
MIX(float)
MIX(double)
#undef MIX

/* Version v, of which there are as many as kept rows times the background's, or times one. */
static void make_version(const struct versions *s, size_t v, void *out)
{
    const struct sl_view *raw = s->masker->raw, *background = &s->masker->background;
    const size_t times = s->from ? 1 : background->n, i = v / times, other = s->from ? s->from[i] : v % times;
    const size_t d = raw->d, size = d * sl_dtype_size(raw->dtype);
    const void *x = (const char *)raw->x + s->row * size;
    const void *y = (const char *)background->x + other * size;
    const uint8_t *kept = s->kept + i * s->parts;
    if (raw->dtype == SL_U8)
        mix_uint8_t(x, y, kept, s->of, d, out);
    else if (raw->dtype == SL_F32)
        mix_float(x, y, kept, s->of, d, out);
    else
        mix_double(x, y, kept, s->of, d, out);
}

static int score_chunk(const struct versions *s, size_t first, size_t n, char *rows, float *scores,
                       struct sl_error *err)
{
    const struct sl_explainer *e = s->masker->explainer;
    struct sl_view view = *s->masker->raw;
    const size_t size = view.d * sl_dtype_size(view.dtype);
    int threads = sl_threads_for(8 * (double)n * (double)view.d, e->options.threads);
#pragma omp parallel for num_threads(threads)
    for (size_t v = 0; v < n; v++)
        make_version(s, first + v, rows + v * size);
    view.x = rows;
    view.n = n;
    view.y = NULL;
    return sl_scorer_raw_scores(&e->scorer, &view, scores, err);
}

int sl_masked_scores(const struct sl_masker *m, size_t row, const int32_t *of, size_t parts,
                     const uint8_t *kept, size_t n, const uint32_t *from, float *scores, struct sl_error *err)
{
    const struct versions s = {m, row, of, parts, kept, from};
    const size_t times = from ? 1 : m->background.n, k = m->explainer->scorer.k, all = n * times;
    const size_t size = m->raw->d * sl_dtype_size(m->raw->dtype);
    size_t most = CHUNK_BYTES / size;
    most = most < 1 ? 1 : most > CHUNK ? CHUNK : most;
    most = most < all ? most : all;
    char *rows = sl_alloc(most, size);
    float *chunk = sl_alloc(most, k * sizeof *chunk);
    double *sum = sl_alloc_zero(n * k, sizeof *sum);
    int code = rows && chunk && sum ? SL_OK : sl_fail_memory(err);
    for (size_t first = 0; first < all && !code; first += most) {
        const size_t now = all - first < most ? all - first : most;
        code = score_chunk(&s, first, now, rows, chunk, err);
        for (size_t v = 0; v < now && !code; v++)
            for (size_t c = 0; c < k; c++)
                sum[(first + v) / times * k + c] += (double)chunk[v * k + c];
    }
    for (size_t i = 0; i < n * k && !code; i++)
        scores[i] = (float)(sum[i] / (double)times);
    free(rows);
    free(chunk);
    free(sum);
    return code;
}
