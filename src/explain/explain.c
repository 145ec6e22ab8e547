/* explain.c - an explainer from its model to its values: what every method shares.
 *
 * Rows go through the model's door (checks, encoding, scaling) block by block; the method fills in values,
 * which are summed up from features to columns; here they are added up, too, and compared with what they
 * should come to.  Memory: a block. */
#include "core/cores.h"
#include "core/memory.h"
#include "core/threads.h"
#include "data/csr.h"
#include "data/features.h"
#include "explain/method.h"
#include "explain/refusals.h"
#include "kernels/convert.h"
#include "kernels/dispatch.h"
#include <math.h>
#include <string.h>

enum { BLOCK = 256, BLOCK_VALUES = 1 << 22 };

/* Rows as floats ----------------------------------------------------------------------------------- */

static void rows_as_floats(const struct sl_view *view, float *x)
{
    if (view->dtype == SL_SPARSE) {
        memset(x, 0, view->n * view->d * sizeof *x);
        sl_csr_to_dense(view, 0, view->n, SL_F32, x);
    } else
        sl_view_block(view, 0, view->n, x);
}

/* Which column each feature was made of: encodings stand in the order of their columns, indicators of
 * missing values behind all. */
static int map_columns(struct sl_explainer *e, struct sl_error *err)
{
    const struct sl_encoding *encoding = e->model->encoding;
    size_t at = 0;
    if (!encoding)
        return SL_OK;
    e->column_of = sl_alloc(e->width, sizeof *e->column_of);
    if (!e->column_of)
        return sl_fail_memory(err);
    for (size_t j = 0; j < e->d; j++)
        for (size_t i = 0; i < encoding->code[j].width; i++)
            e->column_of[at++] = j;
    for (size_t j = 0; j < e->d; j++)
        if (encoding->code[j].lacks)
            e->column_of[at++] = j;
    return SL_OK;
}

/* The background ------------------------------------------------------------------------------------ */

static void average_rows(const float *x, size_t n, size_t width, double *mean)
{
    for (size_t j = 0; j < width; j++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += (double)x[i * width + j];
        mean[j] = sum / (double)n;
    }
}

static void average_scores(const float *scores, size_t n, size_t k, double *mean)
{
    for (size_t c = 0; c < k; c++) {
        mean[c] = 0;
        for (size_t i = 0; i < n; i++)
            mean[c] += (double)scores[i * k + c] / (double)n;
    }
}

/* A network takes any row, so that the mean one has scores of its own. */
static int score_baseline(struct sl_explainer *e, float *scores, struct sl_error *err)
{
    struct sl_view mean = e->background.view;
    memcpy(e->baseline_scores, e->mean_scores, e->scorer.k * sizeof *e->mean_scores);
    if (!e->scorer.network)
        return SL_OK;
    mean.dtype = SL_F32;
    mean.scale = 1;
    mean.offset = 0;
    mean.n = 1;
    mean.x = e->baseline;
    int code = sl_scorer_scores(&e->scorer, &mean, scores, err);
    if (!code)
        average_scores(scores, 1, e->scorer.k, e->baseline_scores);
    return code;
}

static int take_background(struct sl_explainer *e, struct sl_error *err)
{
    const struct sl_view *rows = e->options.background;
    const size_t k = e->scorer.k;
    int code = sl_model_prepare(e->model, rows, e->options.threads, &e->background, err);
    if (code)
        return sl_fail_prefix(err, "the background");
    float *x = sl_alloc(rows->n, e->width * sizeof *x), *scores = sl_alloc(rows->n, k * sizeof *scores);
    e->mean_scores = sl_alloc(k, sizeof *e->mean_scores);
    e->baseline_scores = sl_alloc(k, sizeof *e->baseline_scores);
    e->mean = sl_alloc(e->width, sizeof *e->mean);
    e->baseline = sl_alloc(e->width, sizeof *e->baseline);
    if (!x || !scores || !e->mean_scores || !e->baseline_scores || !e->mean || !e->baseline)
        code = sl_fail_memory(err);
    if (!code) {
        rows_as_floats(&e->background.view, x);
        average_rows(x, rows->n, e->width, e->mean);
        for (size_t j = 0; j < e->width; j++)
            e->baseline[j] = (float)e->mean[j];
        code = sl_scorer_scores(&e->scorer, &e->background.view, scores, err);
    }
    if (!code) {
        average_scores(scores, rows->n, k, e->mean_scores);
        code = score_baseline(e, scores, err);
    }
    free(x);
    free(scores);
    return code;
}

/* Lifecycle ---------------------------------------------------------------------------------------- */

static int choose_method(struct sl_explainer *e, struct sl_error *err)
{
    const struct sl_explain_method *about = sl_explain_method_find(e->options.method, err);
    for (size_t i = 0; about && sl_method_at(i); i++)
        if (&sl_method_at(i)->about == about)
            e->method = sl_method_at(i);
    if (about && about->of_all)
        return sl_fail(err, SL_EUSAGE, "%s is about all rows together, and explains none of them",
                       about->name);
    return about ? SL_OK : SL_EUSAGE;
}

static int begin(struct sl_explainer *e, struct sl_error *err)
{
    int code = choose_method(e, err);
    if (!code)
        code = sl_scorer_init(&e->scorer, e->model, e->options.threads, err);
    if (!code)
        code = sl_explain_refuse(e, err);
    if (!code && (!e->options.background || !e->options.background->n))
        code = sl_fail(err, SL_EUSAGE, "an explanation needs rows to compare with: the background has none");
    if (!code)
        code = map_columns(e, err);
    if (!code)
        code = take_background(e, err);
    if (!code && !(e->rng = sl_rng_new(e->options.seed, "explain")))
        code = sl_fail_memory(err);
    if (!code && (e->method->flags & SL_METHOD_TAPS))
        code =
            sl_tap_new(e->scorer.network->net, e->scorer.network->params, e->options.threads, &e->tap, err);
    if (!code && e->method->begin)
        code = e->method->begin(e, err);
    return code;
}

int sl_explainer_new(const struct sl_model *model, const struct sl_explain_options *options,
                     struct sl_explainer **out, struct sl_error *err)
{
    struct sl_explainer *e = sl_alloc_zero(1, sizeof *e);
    *out = NULL;
    if (!e)
        return sl_fail_memory(err);
    e->model = model;
    e->options = *options;
    e->options.threads = options->threads > 0 ? options->threads : sl_cores();
    e->d = model->raw.d;
    e->width = model->scaled.d;
    int before = sl_model_use_threads(e->options.threads);
    int code = begin(e, err);
    sl_model_use_threads(before);
    if (code) {
        sl_explainer_free(e);
        return code;
    }
    *out = e;
    return SL_OK;
}

void sl_explainer_free(struct sl_explainer *e)
{
    if (!e)
        return;
    if (e->method && e->method->end)
        e->method->end(e);
    sl_tap_free(e->tap);
    sl_rng_free(e->rng);
    sl_scorer_release(&e->scorer);
    sl_model_prepared_release(&e->background);
    free(e->column_of);
    free(e->mean_scores);
    free(e->mean);
    free(e->baseline);
    free(e->baseline_scores);
    free(e);
}

int sl_explainer_scores(struct sl_explainer *e, const struct sl_view *rows, float *scores,
                        struct sl_error *err)
{
    int before = sl_model_use_threads(e->options.threads);
    int code = sl_scorer_raw_scores(&e->scorer, rows, scores, err);
    sl_model_use_threads(before);
    return code;
}

/* A block ------------------------------------------------------------------------------------------ */

/* Buffers of a block. */
struct room {
    float *x, *values,
        *scores; /* (rows, width), (rows, m, width) or NULL where out's are written, (rows, k) */
    uint64_t *ids;
};

static int room_new(const struct sl_explainer *e, size_t rows, size_t m, struct room *room,
                    struct sl_error *err)
{
    const int features = (e->method->flags & SL_METHOD_FEATURES) != 0;
    *room = (struct room){.scores = sl_alloc(rows, e->scorer.k * sizeof(float)),
                          .ids = sl_alloc(rows, sizeof(uint64_t))};
    if (features)
        room->x = sl_alloc(rows, e->width * sizeof(float));
    if (features && e->column_of)
        room->values = sl_alloc(rows * m, e->width * sizeof(float));
    return room->scores && room->ids && (!features || room->x) && (room->values || !features || !e->column_of)
               ? SL_OK
               : sl_fail_memory(err);
}

static void room_release(struct room *room)
{
    free(room->x);
    free(room->values);
    free(room->scores);
    free(room->ids);
}

static int set_scores(const struct sl_explainer *e, const struct sl_explain_block *b, const float *scores,
                      struct sl_error *err)
{
    for (size_t p = 0; p < b->n * b->m; p++) {
        const size_t c = (size_t)b->classes[p];
        const double score = (double)scores[p / b->m * e->scorer.k + c];
        b->score[p] = (struct sl_explained_score){.score = score,
                                                  .base = e->mean_scores[c],
                                                  .rest = NAN,
                                                  .fit = NAN,
                                                  .agreement = NAN,
                                                  .deviation = NAN};
        if (!isfinite(score) || !isfinite(e->mean_scores[c]))
            return sl_fail(err, SL_EDATA,
                           "the score of class '%s' is not finite, so that nothing explains it: did it have "
                           "training rows?",
                           e->model->classes[c]);
    }
    return SL_OK;
}

/* Features' values summed up to the columns that they were made of. */
static void fold(const struct sl_explainer *e, const struct sl_explain_block *b, float *out)
{
    memset(out, 0, b->n * b->m * e->d * sizeof *out);
    for (size_t p = 0; p < b->n * b->m; p++)
        for (size_t j = 0; j < e->width; j++)
            out[p * e->d + e->column_of[j]] += b->values[p * e->width + j];
}

/* The sum of some values, and that of their sizes: LANES sums side by side, on every kind of processor. */
SL_CLONED_VOID(static, sum_values, (const float *values, size_t n, struct sl_explained_score *score),
               (values, n, score))
{
    enum { LANES = 8 };
    double part[LANES] = {0}, size[LANES] = {0};
    size_t j = 0;
    for (; j + LANES <= n; j += LANES)
        for (size_t l = 0; l < LANES; l++) {
            part[l] += (double)values[j + l];
            size[l] += fabs((double)values[j + l]);
        }
    for (; j < n; j++) {
        part[j % LANES] += (double)values[j];
        size[j % LANES] += fabs((double)values[j]);
    }
    score->sum = score->size = 0;
    for (size_t l = 0; l < LANES; l++) {
        score->sum += part[l];
        score->size += size[l];
    }
}

static void add_up(const struct sl_explainer *e, const struct sl_explain_block *b, const float *values)
{
    const size_t pairs = b->n * b->m, d = e->d;
    int threads = sl_threads_for(2 * (double)pairs * (double)d, e->options.threads);
#pragma omp parallel for num_threads(threads)
    for (size_t p = 0; p < pairs; p++)
        sum_values(values + p * d, d, &b->score[p]);
}

static int run_block(struct sl_explainer *e, struct sl_explain_block *b, const struct room *room, float *out,
                     struct sl_error *err)
{
    struct sl_prepared prepared;
    int code = sl_model_prepare(e->model, &b->raw, e->options.threads, &prepared, err);
    if (code)
        return code;
    b->prepared = prepared.view;
    b->values = room->values ? room->values : out;
    b->x = room->x;
    code = sl_scorer_scores(&e->scorer, &b->prepared, room->scores, err);
    if (!code)
        code = set_scores(e, b, room->scores, err);
    if (!code) {
        if (room->x)
            rows_as_floats(&b->prepared, room->x);
        code = e->method->run(e, b, err);
    }
    if (!code && room->values)
        fold(e, b, out);
    if (!code)
        add_up(e, b, out);
    sl_model_prepared_release(&prepared);
    return code;
}

static int check_classes(const struct sl_explainer *e, size_t n, const int32_t *classes, size_t m,
                         struct sl_error *err)
{
    for (size_t p = 0; p < n * m; p++)
        if (classes[p] < 0 || (size_t)classes[p] >= e->scorer.k)
            return sl_fail(err, SL_EUSAGE, "there is no class %d: the model has %zu", classes[p],
                           e->scorer.k);
    return SL_OK;
}

int sl_explain(struct sl_explainer *e, const struct sl_view *rows, const uint64_t *ids,
               const int32_t *classes, size_t m, const struct sl_explained *out, struct sl_error *err)
{
    size_t most = BLOCK_VALUES / (m * (e->width > e->d ? e->width : e->d)), n;
    struct room room;
    most = most < 1 ? 1 : most > BLOCK ? BLOCK : most;
    int before = sl_model_use_threads(e->options.threads);
    int code = check_classes(e, rows->n, classes, m, err);
    if (!code && rows->d != e->d)
        code =
            sl_fail(err, SL_EDATA, "the rows have %zu features, the model was fitted on %zu", rows->d, e->d);
    if (!code)
        code = room_new(e, most, m, &room, err);
    else
        room = (struct room){0};
    for (size_t first = 0; first < rows->n && !code; first += n) {
        struct sl_csr head;
        n = rows->n - first < most ? rows->n - first : most;
        for (size_t i = 0; i < n; i++)
            room.ids[i] = ids ? ids[first + i] : first + i;
        struct sl_explain_block block = {.n = n,
                                         .m = m,
                                         .raw = sl_view_rows(rows, first, n, &head),
                                         .ids = room.ids,
                                         .classes = classes + first * m,
                                         .score = out->score + first * m};
        code = run_block(e, &block, &room, out->values + first * m * e->d, err);
    }
    room_release(&room);
    sl_model_use_threads(before);
    return code;
}
