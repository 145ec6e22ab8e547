/* calibration.c - reliability of probabilities, and temperature scaling.
 *
 * The temperature minimises the log loss, which is convex in 1 / T; golden sections of log T find it.  Cost:
 * O(n k) for each of some 40 evaluations. */
#include "core/memory.h"
#include <float.h>
#include <math.h>
#include <shortlist/calibration.h>
#include <shortlist/metrics.h>

/* Reliability --------------------------------------------------------------------------------------- */

struct sample {
    float confidence;
    unsigned char right;
    size_t row;
};

static int rising(const void *a, const void *b)
{
    const struct sample *x = a, *y = b;
    return x->confidence != y->confidence ? (x->confidence > y->confidence ? 1 : -1)
                                          : (x->row > y->row) - (x->row < y->row);
}

static struct sl_reliability_bin fill_bin(const struct sample *samples, size_t n)
{
    struct sl_reliability_bin bin = {.n = n};
    uint64_t right = 0;
    for (size_t i = 0; i < n; i++) {
        bin.confidence += (double)samples[i].confidence / (double)n;
        right += samples[i].right;
    }
    bin.accuracy = (double)right / (double)n;
    sl_wilson(right, n, 0.95, &bin.low, &bin.high);
    return bin;
}

int sl_reliability_measure(const float *confidence, const unsigned char *right, size_t n,
                           struct sl_reliability *out, struct sl_error *err)
{
    const size_t most = n / SL_RELIABILITY_LEAST,
                 bins = most < SL_RELIABILITY_BINS ? most : SL_RELIABILITY_BINS;
    struct sample *samples = sl_alloc(n, sizeof *samples);
    if (!samples)
        return sl_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        samples[i] = (struct sample){confidence[i], right[i], i};
    qsort(samples, n, sizeof *samples, rising);
    *out = (struct sl_reliability){.n_bins = bins ? (int)bins : 1};
    for (size_t b = 0; b < (size_t)out->n_bins; b++) {
        const size_t from = n * b / (size_t)out->n_bins, to = n * (b + 1) / (size_t)out->n_bins;
        out->bin[b] = fill_bin(samples + from, to - from);
        out->ece += (double)(to - from) / (double)n * fabs(out->bin[b].accuracy - out->bin[b].confidence);
    }
    free(samples);
    return SL_OK;
}

/* Temperature --------------------------------------------------------------------------------------- */

/* A probability of 0 is one that floats do not hold. */
static double log_of(float p)
{
    return log((double)(p > FLT_MIN ? p : FLT_MIN));
}

/* The log of the sum of p^(1/T), beside that of the largest. */
static double log_sum(const float *p, size_t k, double inverse, double *largest)
{
    double sum = 0;
    *largest = -INFINITY;
    for (size_t c = 0; c < k; c++)
        *largest = fmax(*largest, inverse * log_of(p[c]));
    for (size_t c = 0; c < k; c++)
        sum += exp(inverse * log_of(p[c]) - *largest);
    return log(sum);
}

void sl_temper(float *probabilities, size_t n, size_t k, double temperature)
{
    for (size_t i = 0; i < n && temperature != 1; i++) {
        float *p = probabilities + i * k;
        double largest;
        const double sum = log_sum(p, k, 1 / temperature, &largest);
        for (size_t c = 0; c < k; c++)
            p[c] = p[c] > 0 ? (float)exp(log_of(p[c]) / temperature - largest - sum) : 0;
    }
}

/* Rows of known classes, copied: those of one half, or all. */
struct rows {
    float *p;       /* (n, k) */
    int32_t *truth; /* (n) */
    size_t n, k;
};

/* The mean over every step-th row from first on. */
static double loss(const struct rows *rows, size_t first, size_t step, double temperature)
{
    double sum = 0, largest;
    size_t n = 0;
    for (size_t i = first; i < rows->n; i += step, n++) {
        const float *p = rows->p + i * rows->k;
        const double all = log_sum(p, rows->k, 1 / temperature, &largest);
        sum += largest + all - log_of(p[rows->truth[i]]) / temperature;
    }
    return sum / (double)n;
}

static double fit(const struct rows *rows, size_t first, size_t step)
{
    enum { SECTIONS = 40 };
    const double ratio = (sqrt(5) - 1) / 2;
    double low = log(SL_TEMPERATURE_LEAST), high = log(SL_TEMPERATURE_MOST);
    double a = high - ratio * (high - low), b = low + ratio * (high - low);
    double at_a = loss(rows, first, step, exp(a)), at_b = loss(rows, first, step, exp(b));
    for (int i = 0; i < SECTIONS; i++) {
        if (at_a <= at_b) {
            high = b;
            b = a;
            at_b = at_a;
            a = high - ratio * (high - low);
            at_a = loss(rows, first, step, exp(a));
        } else {
            low = a;
            a = b;
            at_a = at_b;
            b = low + ratio * (high - low);
            at_b = loss(rows, first, step, exp(b));
        }
    }
    return exp((low + high) / 2);
}

static int judge(const struct rows *rows, struct sl_reliability *out, struct sl_error *err)
{
    float *confidence = sl_alloc(rows->n, sizeof *confidence);
    unsigned char *right = sl_alloc(rows->n, 1);
    for (size_t i = 0; i < rows->n && confidence && right; i++) {
        const float *p = rows->p + i * rows->k;
        size_t best = 0;
        for (size_t c = 1; c < rows->k; c++)
            best = p[c] > p[best] ? c : best;
        confidence[i] = p[best];
        right[i] = (int32_t)best == rows->truth[i];
    }
    int code = confidence && right ? sl_reliability_measure(confidence, right, rows->n, out, err)
                                   : sl_fail_memory(err);
    free(confidence);
    free(right);
    return code;
}

static int work(struct rows *rows, struct sl_calibration *out, struct sl_error *err)
{
    const double halves[2] = {fit(rows, 0, 2), fit(rows, 1, 2)};
    int code = judge(rows, &out->before, err);
    out->n = rows->n;
    out->temperature = fit(rows, 0, 1);
    out->log_loss_before = loss(rows, 0, 1, 1);
    for (size_t i = 0; i < rows->n; i++)
        sl_temper(rows->p + i * rows->k, 1, rows->k, halves[1 - i % 2]);
    out->log_loss_after = loss(rows, 0, 1, 1);
    return code ? code : judge(rows, &out->after, err);
}

int sl_calibrate(const float *probabilities, const int32_t *truth, size_t n, size_t k,
                 struct sl_calibration *out, struct sl_error *err)
{
    struct rows rows = {
        .p = sl_alloc(n, k * sizeof *rows.p), .truth = sl_alloc(n, sizeof *rows.truth), .k = k};
    int code = rows.p && rows.truth ? SL_OK : sl_fail_memory(err);
    for (size_t i = 0; i < n && !code; i++) {
        if (truth[i] < 0)
            continue;
        for (size_t c = 0; c < k; c++)
            rows.p[rows.n * k + c] = probabilities[i * k + c];
        rows.truth[rows.n++] = truth[i];
    }
    if (!code && rows.n < 2 * SL_RELIABILITY_LEAST)
        code = sl_fail(err, SL_EUSAGE,
                       "%zu rows of classes that the model knows: a temperature wants %d at least", rows.n,
                       2 * SL_RELIABILITY_LEAST);
    if (!code)
        code = work(&rows, out, err);
    free(rows.p);
    free(rows.truth);
    return code;
}
