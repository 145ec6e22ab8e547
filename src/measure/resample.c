/* resample.c - the bootstrap: a metric on many samples of the same scored rows.
 *
 * Source: B. Efron, "Bootstrap methods: another look at the jackknife" (1979).  How often a row stands in a
 * sample is drawn by itself, by Poisson's law of mean 1, as J. Hanley and B. MacGibbon have it in "Creating
 * non-parametric bootstrap samples using Poisson frequencies" (2006): a sample's size varies, and a metric
 * does not depend on it.  Samples are drawn SL_LANES at a time.
 * Cost, of n rows: O(n) a sample for labels and losses, O(k n) for rankings. */
#include "measure/resample.h"
#include "core/hash.h"
#include "core/memory.h"
#include "kernels/dispatch.h"
#include "measure/ranking.h"
#include "measure/totals.h"
#include <float.h>
#include <math.h>
#include <string.h>

enum { BLOCKS = SL_RESAMPLES / SL_LANES };

/* Weights (n, SL_LANES) of a block of samples: a row's 16 random bits each against Poisson's distribution. */
SL_CLONED_VOID(static, draw_weights, (uint64_t seed, int block, size_t n, unsigned char *weights),
               (seed, block, n, weights))
{
    static const uint16_t below[] = {24109, 48219, 60273, 64292, 65296, 65497, 65531, 65535};
    uint64_t state = seed + (uint64_t)block;
    state = sl_splitmix(&state);
    for (size_t i = 0; i < n; i++) {
        const uint64_t bits[] = {sl_splitmix(&state), sl_splitmix(&state)};
        uint16_t draw[SL_LANES], weight[SL_LANES] = {0};
        for (int l = 0; l < SL_LANES; l++)
            draw[l] = (uint16_t)(bits[l / 4] >> (16 * (l % 4)));
        for (size_t j = 0; j < sizeof below / sizeof *below; j++)
            for (int l = 0; l < SL_LANES; l++)
                weight[l] = (uint16_t)(weight[l] + (draw[l] >= below[j]));
        for (int l = 0; l < SL_LANES; l++)
            weights[i * SL_LANES + (size_t)l] = (unsigned char)weight[l];
    }
}

/* What a metric is computed from, of all samples of a block: at (count, SL_LANES). */
struct measured {
    enum sl_measure_id metric;
    const int32_t *truth;
    const int32_t *const *predicted; /* labels: (count) */
    size_t n, count;                 /* classifiers */
    int k;
    uint32_t *sums; /* labels: (k, SUMS, SL_LANES) */
    double *rows;   /* losses: (n) */
    struct sl_rankings rankings;
    void (*block)(const struct measured *m, const unsigned char *weights, double *at);
};

static void run_blocks(const struct measured *m, uint64_t seed, unsigned char *weights, double *at,
                       struct sl_resampled *out)
{
    memset(weights, 1, m->n * SL_LANES);
    m->block(m, weights, at);
    for (size_t c = 0; c < m->count; c++)
        out[c].value = at[c * SL_LANES];
    for (int b = 0; b < BLOCKS; b++) {
        draw_weights(seed, b, m->n, weights);
        m->block(m, weights, at);
        for (size_t c = 0; c < m->count; c++)
            memcpy(out[c].at + b * SL_LANES, at + c * SL_LANES, SL_LANES * sizeof *at);
    }
}

/* out (count) */
static int resample(const struct measured *m, uint64_t seed, struct sl_resampled *out)
{
    double *at = sl_alloc(m->count, SL_LANES * sizeof *at);
    unsigned char *weights = sl_alloc(m->n, SL_LANES);
    if (at && weights)
        run_blocks(m, seed, weights, at, out);
    int code = at && weights ? SL_OK : SL_ENOMEM;
    free(at);
    free(weights);
    return code;
}

/* Labels ------------------------------------------------------------------------------------------ */

enum { SUPPORT, RIGHT, WRONG, SUMS }; /* rows of a class; rows that are said to be of it, rightly or not */

SL_INLINE void add_weights(uint32_t *sums, const unsigned char *w)
{
    for (int l = 0; l < SL_LANES; l++)
        sums[l] += w[l];
}

SL_CLONED_VOID(static, sum_truth, (const struct measured *m, const unsigned char *weights), (m, weights))
{
    for (size_t i = 0; i < m->n; i++)
        add_weights(m->sums + ((size_t)m->truth[i] * SUMS + SUPPORT) * SL_LANES, weights + i * SL_LANES);
}

SL_CLONED_VOID(static, sum_predicted,
               (const struct measured *m, const int32_t *predicted, const unsigned char *weights),
               (m, predicted, weights))
{
    for (size_t i = 0; i < m->n; i++) {
        size_t which = predicted[i] == m->truth[i] ? RIGHT : WRONG;
        add_weights(m->sums + ((size_t)predicted[i] * SUMS + which) * SL_LANES, weights + i * SL_LANES);
    }
}

static double label_metric(const struct measured *m, int lane)
{
    struct sl_totals totals = {0};
    struct sl_metrics metrics;
    for (int c = 0; c < m->k; c++) {
        const uint32_t *of = m->sums + (size_t)c * SUMS * SL_LANES + lane;
        double right = of[RIGHT * SL_LANES];
        sl_totals_add(&totals,
                      &(struct sl_class_rows){right, of[SUPPORT * SL_LANES], right + of[WRONG * SL_LANES]});
    }
    sl_totals_metrics(&totals, &metrics);
    return sl_measure_types[m->metric].compute(&(struct sl_scored){.metrics = &metrics, .k = m->k});
}

static void label_block(const struct measured *m, const unsigned char *weights, double *at)
{
    const size_t size = SL_LANES * sizeof *m->sums;
    memset(m->sums, 0, (size_t)m->k * SUMS * size);
    sum_truth(m, weights);
    for (size_t p = 0; p < m->count; p++) {
        for (size_t c = 0; c < (size_t)m->k; c++)
            memset(m->sums + (c * SUMS + RIGHT) * SL_LANES, 0, (SUMS - RIGHT) * size);
        sum_predicted(m, m->predicted[p], weights);
        for (int l = 0; l < SL_LANES; l++)
            at[p * SL_LANES + (size_t)l] = label_metric(m, l);
    }
}

int sl_resample_labels(enum sl_measure_id metric, const int32_t *truth, const int32_t *const *predicted,
                       size_t count, size_t n, int k, uint64_t seed, struct sl_resampled *out)
{
    struct measured m = {.metric = metric,
                         .truth = truth,
                         .predicted = predicted,
                         .count = count,
                         .n = n,
                         .k = k,
                         .block = label_block};
    m.sums = sl_alloc((size_t)k, SUMS * SL_LANES * sizeof *m.sums);
    int code = m.sums ? resample(&m, seed, out) : SL_ENOMEM;
    free(m.sums);
    return code;
}

/* Scores ------------------------------------------------------------------------------------------ */

SL_CLONED_VOID(static, sum_losses, (const struct measured *m, const unsigned char *weights, double *sums),
               (m, weights, sums))
{
    for (size_t i = 0; i < m->n; i++)
        for (int l = 0; l < SL_LANES; l++) {
            double w = weights[i * SL_LANES + (size_t)l];
            sums[l] += w * m->rows[i];
            sums[SL_LANES + l] += w;
        }
}

static void loss_block(const struct measured *m, const unsigned char *weights, double *at)
{
    double sums[2 * SL_LANES] = {0};
    sum_losses(m, weights, sums);
    for (int l = 0; l < SL_LANES; l++)
        at[l] = sums[l] / sums[SL_LANES + l];
}

static void ranking_block(const struct measured *m, const unsigned char *weights, double *at)
{
    struct sl_ranked ranked[SL_LANES];
    sl_rankings_score(&m->rankings, weights, ranked);
    for (int l = 0; l < SL_LANES; l++)
        at[l] = m->metric == SL_MEASURE_roc_auc ? ranked[l].roc_auc : ranked[l].average_precision;
}

int sl_resample_scores(enum sl_measure_id metric, const int32_t *truth, const float *scores, size_t n, int k,
                       uint64_t seed, struct sl_resampled *out)
{
    struct measured m = {
        .metric = metric, .truth = truth, .count = 1, .n = n, .k = k, .block = ranking_block};
    int code;
    if (sl_measure_types[metric].metric == SL_METRIC_PROBABILITIES) {
        m.block = loss_block;
        m.rows = sl_alloc(n, sizeof *m.rows);
        code = m.rows ? SL_OK : SL_ENOMEM;
        for (size_t i = 0; i < n && !code; i++)
            m.rows[i] = sl_log_loss(truth + i, scores + i * (size_t)k, 1, k);
    } else
        code = sl_rankings_make(truth, scores, n, k, &m.rankings);
    if (!code)
        code = resample(&m, seed, out);
    free(m.rows);
    sl_rankings_release(&m.rankings);
    return code;
}
