/* pca.c - principal components.
 *
 * The leading eigenvectors of the features' covariances; where there are fewer rows than features, those of
 * the rows' products, turned into directions of features; where both are many, a randomised subspace that is
 * multiplied by the rows a few times, block by block (Halko, Martinsson and Tropp, SIAM Review 53, 2011).
 * Cost n d^2 / 2 multiply-adds for the covariances (n^2 d / 2), O(d^2 k) for the eigenvectors, n d k for
 * coordinates. */
#include "core/cores.h"
#include "core/memory.h"
#include "core/threads.h"
#include "explain/covariance.h"
#include "explain/leading.h"
#include "kernels/gemm_f64.h"
#include <math.h>
#include <string.h>

enum {
    EXACT_MOST = 4096, /* rows or features */
    APPLICATIONS = 8,  /* of the randomised method, each a pass over the rows */
    ROWS = 64,         /* of a block */
    PASS = 256,        /* rows of a block of the randomised method */
    STEP = 32,         /* of them that a thread takes at a time */
    SPAN = 256,        /* features of a block */
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

void sl_pca_free(struct sl_pca *pca)
{
    if (!pca)
        return;
    free(pca->mean);
    free(pca->components);
    free(pca->variance);
    free(pca);
}

static int check(const struct sl_features *features, size_t k, struct sl_error *err)
{
    const size_t n = features->view.n, d = features->width;
    if (n < 2)
        return sl_fail(err, SL_EUSAGE, "principal components take two rows at least: there %s",
                       n ? "is one" : "is none");
    if (k < 1 || k > least(n - 1, d))
        return sl_fail(err, SL_EUSAGE,
                       "%zu principal components: %zu rows of %zu feature%s have from 1 to %zu of them", k, n,
                       d, d == 1 ? "" : "s", least(n - 1, d));
    return SL_OK;
}

static struct sl_pca *pca_new(const struct sl_features *features, size_t k)
{
    struct sl_pca *pca = sl_alloc_zero(1, sizeof *pca);
    if (!pca)
        return NULL;
    *pca = (struct sl_pca){.n = features->view.n, .d = features->width, .k = k, .image = features->image};
    pca->mean = sl_alloc(pca->d, sizeof *pca->mean);
    pca->components = sl_alloc(k, pca->d * sizeof *pca->components);
    pca->variance = sl_alloc(k, sizeof *pca->variance);
    if (pca->mean && pca->components && pca->variance)
        return pca;
    sl_pca_free(pca);
    return NULL;
}

static double trace(const double *a, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i * n + i];
    return sum;
}

static int fit_features(struct sl_pca *pca, const struct sl_features *features, int threads,
                        struct sl_error *err)
{
    double *c = sl_alloc(pca->d * pca->d, sizeof *c);
    int code = c ? sl_covariances(features, threads, pca->mean, c, err) : sl_fail_memory(err);
    if (!code) {
        pca->total = trace(c, pca->d);
        code = sl_leading_exact(c, pca->d, pca->k, threads, pca->variance, pca->components, err);
    }
    free(c);
    return code;
}

/* Rows' eigenvectors u (k, n) become directions of features; one along which nothing varies becomes 0. */
static int turn_rows(struct sl_pca *pca, const struct sl_features *features, const double *u,
                     struct sl_error *err)
{
    const size_t n = pca->n, d = pca->d, k = pca->k;
    float *floats = sl_alloc(ROWS * d, sizeof *floats);
    double *rows = sl_alloc(ROWS * d, sizeof *rows);
    int code = floats && rows ? SL_OK : sl_fail_memory(err);
    memset(pca->components, 0, k * d * sizeof *pca->components);
    for (size_t at = 0; at < n && !code; at += ROWS) {
        const size_t m = least(n - at, ROWS);
        code = sl_centred_block(features, at, m, pca->mean, floats, rows, err);
        if (!code)
            sl_gemm_f64(k, d, m, u + at, n, 1, rows, d, pca->components, d);
    }
    for (size_t c = 0; c < k; c++) {
        const double length = sqrt(fmax(pca->variance[c], 0) * (double)(n - 1));
        for (size_t j = 0; j < d; j++)
            pca->components[c * d + j] *= pca->variance[c] > 1e-13 * pca->variance[0] ? 1 / length : 0;
    }
    free(floats);
    free(rows);
    return code;
}

static int fit_rows(struct sl_pca *pca, const struct sl_features *features, int threads, struct sl_error *err)
{
    double *c = sl_alloc(pca->n * pca->n, sizeof *c), *u = sl_alloc(pca->k * pca->n, sizeof *u);
    int code = c && u ? sl_row_products(features, threads, pca->mean, c, err) : sl_fail_memory(err);
    if (!code) {
        pca->total = trace(c, pca->n);
        code = sl_leading_exact(c, pca->n, pca->k, threads, pca->variance, u, err);
    }
    if (!code)
        code = turn_rows(pca, features, u, err);
    free(c);
    free(u);
    return code;
}

/* The covariances as what they do to columns. */
struct passes {
    struct sl_pca *pca;
    const struct sl_features *features;
    int threads;
};

/* y (d, m) += X' (X x) for the block of rows X (n, d); t (n, m) is scratch. */
static void apply_block(const struct passes *p, const double *X, size_t n, const double *x, size_t m,
                        double *t, double *y)
{
    const size_t d = p->pca->d;
    const int threads = sl_threads_for((double)n * (double)d * (double)m, p->threads);
    memset(t, 0, n * m * sizeof *t);
#pragma omp parallel num_threads(threads)
    {
#pragma omp for
        for (size_t i = 0; i < n; i += STEP)
            sl_gemm_f64(least(n - i, STEP), m, d, X + i * d, d, 1, x, m, t + i * m, m);
#pragma omp for
        for (size_t j = 0; j < d; j += SPAN)
            sl_gemm_f64(least(d - j, SPAN), m, n, X + j, 1, d, t, m, y + j * m, m);
    }
}

/* y (d, m) = covariances x; x NULL: the trace instead. */
static int pass(const struct passes *p, const double *x, size_t m, double *y, struct sl_error *err)
{
    const size_t n = p->pca->n, d = p->pca->d;
    float *floats = sl_alloc(PASS * d, sizeof *floats);
    double *rows = sl_alloc(PASS * d, sizeof *rows), *t = sl_alloc(PASS * m, sizeof *t), sum = 0;
    int code = floats && rows && t ? SL_OK : sl_fail_memory(err);
    for (size_t at = 0; at < n && !code; at += PASS) {
        const size_t some = least(n - at, PASS);
        code = sl_centred_block(p->features, at, some, p->pca->mean, floats, rows, err);
        if (!code && x)
            apply_block(p, rows, some, x, m, t, y);
        for (size_t i = 0; i < some * d && !x && !code; i++)
            sum += rows[i] * rows[i];
    }
    if (!x)
        p->pca->total = sum / (double)(n - 1);
    free(floats);
    free(rows);
    free(t);
    return code;
}

static int apply(void *arg, const double *x, size_t m, double *y, struct sl_error *err)
{
    const struct passes *p = arg;
    memset(y, 0, p->pca->d * m * sizeof *y);
    int code = pass(p, x, m, y, err);
    for (size_t i = 0; i < p->pca->d * m; i++)
        y[i] /= (double)(p->pca->n - 1);
    return code;
}

static int fit_random(struct sl_pca *pca, const struct sl_features *features, int threads,
                      struct sl_error *err)
{
    struct passes passes = {pca, features, threads};
    const struct sl_symmetric covariances = {pca->d, apply, &passes};
    pca->approximate = 1;
    int code = sl_feature_means(features, pca->mean, err);
    if (!code)
        code = pass(&passes, NULL, 0, NULL, err);
    if (code || !(pca->total > 0))
        return code;
    return sl_leading_random(&covariances, pca->k, APPLICATIONS, pca->variance, pca->components, err);
}

/* The entry of the largest magnitude of each component becomes positive; of equal ones the first. */
static void fix_signs(struct sl_pca *pca)
{
    for (size_t c = 0; c < pca->k; c++) {
        double *v = pca->components + c * pca->d;
        size_t most = 0;
        for (size_t j = 1; j < pca->d; j++)
            if (fabs(v[j]) > fabs(v[most]))
                most = j;
        for (size_t j = 0; v[most] < 0 && j < pca->d; j++)
            if (j != most)
                v[j] = -v[j];
        v[most] = fabs(v[most]);
        pca->variance[c] = fmax(pca->variance[c], 0);
    }
}

static int fit(struct sl_pca *pca, const struct sl_features *features, int threads, struct sl_error *err)
{
    const size_t n = pca->n, d = pca->d;
    int code = d <= n && d <= EXACT_MOST                           ? fit_features(pca, features, threads, err)
               : n <= EXACT_MOST && sl_features_are_kept(features) ? fit_rows(pca, features, threads, err)
                                                                   : fit_random(pca, features, threads, err);
    if (code)
        return code;
    if (!(pca->total > 0))
        return sl_fail(err, SL_EDATA, "all %zu rows are equal: they have no principal components", n);
    fix_signs(pca);
    return SL_OK;
}

int sl_pca_fit(const struct sl_features *features, size_t k, int threads, struct sl_pca **out,
               struct sl_error *err)
{
    *out = NULL;
    int code = check(features, k, err);
    if (code)
        return code;
    struct sl_pca *pca = pca_new(features, k);
    if (!pca)
        return sl_fail_memory(err);
    code = fit(pca, features, threads > 0 ? threads : sl_cores(), err);
    if (code)
        sl_pca_free(pca);
    else
        *out = pca;
    return code;
}

/* Coordinates ------------------------------------------------------------------------------------- */

/* A thread's memory. */
struct scratch {
    float *floats; /* (ROWS, d) */
    double *rows;  /* (ROWS, d) */
    double *out;   /* (ROWS, k) */
};

static int scratch_init(struct scratch *s, const struct sl_pca *pca)
{
    s->floats = sl_alloc(ROWS * pca->d, sizeof *s->floats);
    s->rows = sl_alloc(ROWS * pca->d, sizeof *s->rows);
    s->out = sl_alloc(ROWS * pca->k, sizeof *s->out);
    return s->floats && s->rows && s->out;
}

static void scratch_release(struct scratch *s)
{
    free(s->floats);
    free(s->rows);
    free(s->out);
}

/* turned (d, k): the components' columns. */
static int apply_rows(const struct sl_pca *pca, const struct sl_features *features, const double *turned,
                      size_t first, const struct scratch *s, float *out)
{
    const size_t n = least(features->view.n - first, ROWS), d = pca->d, k = pca->k;
    int code = sl_centred_block(features, first, n, pca->mean, s->floats, s->rows, NULL);
    if (code)
        return code;
    memset(s->out, 0, n * k * sizeof *s->out);
    sl_gemm_f64(n, k, d, s->rows, d, 1, turned, k, s->out, k);
    for (size_t i = 0; i < n * k; i++)
        out[first * k + i] = (float)s->out[i];
    return SL_OK;
}

static int apply_all(const struct sl_pca *pca, const struct sl_features *features, const double *turned,
                     int threads, float *out)
{
    const double operations = (double)features->view.n * (double)pca->d * (double)pca->k;
    int worst = SL_OK;
    threads = sl_features_are_kept(features) ? sl_threads_for(operations, threads) : 1;
#pragma omp parallel num_threads(threads) if (threads > 1) reduction(max : worst)
    {
        struct scratch s;
        const int ready = scratch_init(&s, pca);
#pragma omp for schedule(dynamic)
        for (size_t at = 0; at < features->view.n; at += ROWS) {
            const int code = ready ? apply_rows(pca, features, turned, at, &s, out) : SL_ENOMEM;
            worst = code > worst ? code : worst;
        }
        scratch_release(&s);
    }
    return worst;
}

int sl_pca_apply(const struct sl_pca *pca, const struct sl_features *features, int threads, float *out,
                 struct sl_error *err)
{
    if (features->width != pca->d)
        return sl_fail(err, SL_EUSAGE, "the rows have %zu features, the components %zu", features->width,
                       pca->d);
    double *turned = sl_alloc(pca->d * pca->k, sizeof *turned);
    if (!turned)
        return sl_fail_memory(err);
    for (size_t c = 0; c < pca->k; c++)
        for (size_t j = 0; j < pca->d; j++)
            turned[j * pca->k + c] = pca->components[c * pca->d + j];
    int code = apply_all(pca, features, turned, threads > 0 ? threads : sl_cores(), out);
    free(turned);
    return !code               ? SL_OK
           : code == SL_ENOMEM ? sl_fail_memory(err)
                               : sl_fail(err, code, "a layer's outputs could not be computed");
}

int sl_features_reduce(const struct sl_features *features, size_t k, int threads, struct sl_features **out,
                       struct sl_error *err)
{
    struct sl_pca *pca;
    *out = NULL;
    int code = sl_pca_fit(features, k, threads, &pca, err);
    if (code)
        return code;
    float *at = sl_alloc(features->view.n, k * sizeof *at);
    code = at ? sl_pca_apply(pca, features, threads, at, err) : sl_fail_memory(err);
    if (!code)
        code = sl_features_adopt(at, features->view.n, k, threads, out, err);
    else
        free(at);
    sl_pca_free(pca);
    return code;
}
