/* t-SNE: probabilities of a perplexity, gradients of all three ways against the definition at every scale,
 * against differences of the divergence, and what comes of clusters, equal rows and bad requests. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/threads.h"
#include "explain/tsne.h"
#include <shortlist/rng.h>

static void test_perplexity(void **state)
{
    enum { K = 90 };
    float d[K], p[K];
    (void)state;
    for (int scale = 0; scale < 3; scale++) {
        for (size_t j = 0; j < K; j++)
            d[j] = (scale == 0 ? 1e-6F : scale == 1 ? 1.F : 1e8F) * (float)(100 + j * j);
        sl_conditional(d, K, 30, p);
        double sum = 0, entropy = 0;
        for (size_t j = 0; j < K; j++) {
            sum += (double)p[j];
            entropy -= p[j] > 0 ? (double)p[j] * log((double)p[j]) : 0;
            assert_true(j == 0 || p[j] <= p[j - 1]);
        }
        assert_true(fabs(sum - 1) < 1e-5);
        assert_true(fabs(exp(entropy) - 30) < 0.01);
    }
    for (size_t j = 0; j < K; j++)
        d[j] = 5;
    sl_conditional(d, K, 30, p); /* as far as can be: all alike */
    for (size_t j = 0; j < K; j++)
        assert_true(fabs((double)p[j] - 1.0 / K) < 1e-6);
}

/* Clumps of points, so far apart as `spread`. */
static float *make_points(size_t n, double spread)
{
    struct sl_rng *rng = sl_rng_new(5, "points");
    float *y = malloc(2 * n * sizeof *y);
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < 2; c++)
            y[2 * i + c] = (float)(spread * (cos((double)(i % 7) + (double)c) + 0.15 * sl_rng_normal(rng)));
    sl_rng_free(rng);
    return y;
}

static void make_near(size_t n, size_t k, struct sl_neighbour *near)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < k; j++)
            near[i * k + j] =
                (struct sl_neighbour){(double)(j * j + i % 3 + 1), (uint32_t)((i + (j + 1) * 7) % n)};
}

/* By the definition, in double; returns the divergence. */
static double reference(const struct sl_affinities *a, const float *y, double exaggeration, double *gradient)
{
    const size_t n = a->n;
    double z = 0, divergence = 0;
    double *pull = calloc(2 * n, sizeof *pull), *push = calloc(2 * n, sizeof *push);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            const double dx = (double)y[2 * i] - (double)y[2 * j],
                         dy = (double)y[2 * i + 1] - (double)y[2 * j + 1];
            const double w = 1 / (1 + dx * dx + dy * dy);
            z += i != j ? w : 0;
            push[2 * i] += w * w * dx;
            push[2 * i + 1] += w * w * dy;
        }
    for (size_t i = 0; i < n; i++)
        for (size_t e = a->start[i]; e < a->start[i + 1]; e++) {
            const size_t j = a->column[e];
            const double dx = (double)y[2 * i] - (double)y[2 * j],
                         dy = (double)y[2 * i + 1] - (double)y[2 * j + 1];
            const double w = 1 / (1 + dx * dx + dy * dy), p = (double)a->p[e];
            pull[2 * i] += p * w * dx;
            pull[2 * i + 1] += p * w * dy;
            divergence += p > 0 ? p * log(p / (w / z)) : 0;
        }
    for (size_t i = 0; i < 2 * n && gradient; i++)
        gradient[i] = exaggeration * pull[i] - push[i] / z;
    free(pull);
    free(push);
    return divergence;
}

/* The error of a gradient, as a share of its length. */
static double error_of(const struct sl_affinities *a, const struct sl_repulsion_way *way, const float *y)
{
    const size_t n = a->n;
    float *own = malloc(2 * n * sizeof *own);
    double *wanted = malloc(2 * n * sizeof *wanted), off = 0, all = 0;
    reference(a, y, 1, wanted);
    assert_int_equal(sl_tsne_gradient(a, way, y, 1, 2, own, NULL), SL_OK);
    for (size_t i = 0; i < 2 * n; i++) {
        off += ((double)own[i] - wanted[i]) * ((double)own[i] - wanted[i]);
        all += wanted[i] * wanted[i];
    }
    free(own);
    free(wanted);
    return sqrt(off / all);
}

static void test_gradients(void **state)
{
    enum { N = 1500, K = 30 };
    struct sl_neighbour *near = malloc(N * K * sizeof *near);
    struct sl_affinities a;
    (void)state;
    make_near(N, K, near);
    assert_int_equal(sl_affinities_init(&a, near, N, K, 10, 2, NULL), SL_OK);
    for (double spread = 1e-4; spread < 13; spread *= 7) { /* as wide as 1,500 points come to lie, and more */
        float *y = make_points(N, spread);
        const double exact = error_of(&a, &sl_repulsion_exact, y), tree = error_of(&a, &sl_repulsion_tree, y);
        const double grid = error_of(&a, &sl_repulsion_grid, y);
        if (getenv("SHOW"))
            print_message("spread %g: exact %.1e, tree %.1e, grid %.1e\n", spread, exact, tree, grid);
        assert_true(exact < 1e-4);
        assert_true(tree < 0.05);
        assert_true(grid < 0.01);
        free(y);
    }
    sl_affinities_release(&a);
    free(near);
}

/* The probabilities sum up to 1, and are symmetric. */
static void test_affinities(void **state)
{
    enum { N = 60, K = 12 };
    struct sl_neighbour near[N * K];
    struct sl_affinities a;
    double dense[N][N] = {{0}}, sum = 0;
    (void)state;
    make_near(N, K, near);
    assert_int_equal(sl_affinities_init(&a, near, N, K, 4, 2, NULL), SL_OK);
    for (size_t i = 0; i < N; i++) {
        assert_true((a.start[i + 1] - a.start[i]) % SL_PULL == 0);
        for (size_t e = a.start[i]; e < a.start[i + 1]; e++)
            sum += dense[i][a.column[e]] += (double)a.p[e];
    }
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++)
            assert_true(dense[i][j] == dense[j][i]);
    assert_true(dense[0][7] > 0 && dense[7][0] > 0 && dense[0][8] == 0);
    (void)sum;
    sl_affinities_release(&a);
}

/* The gradient is the divergence's. */
static void test_differences(void **state)
{
    enum { N = 40, K = 9 };
    struct sl_neighbour near[N * K];
    struct sl_affinities a;
    float gradient[2 * N], *y = make_points(N, 1);
    (void)state;
    make_near(N, K, near);
    assert_int_equal(sl_affinities_init(&a, near, N, K, 3, 1, NULL), SL_OK);
    assert_int_equal(sl_tsne_gradient(&a, &sl_repulsion_exact, y, 1, 1, gradient, NULL), SL_OK);
    for (size_t i = 0; i < 2 * N; i += 7) {
        const float was = y[i], by = 1.F / 256;
        y[i] = was + by;
        const double more = reference(&a, y, 1, NULL);
        y[i] = was - by;
        const double less = reference(&a, y, 1, NULL);
        y[i] = was;
        const double slope = (more - less) / (2 * (double)by);
        assert_true(fabs(slope - 4 * (double)gradient[i]) < 1e-3 * fabs(slope) + 1e-5);
    }
    sl_affinities_release(&a);
    free(y);
}

/* Rows of three far clusters; with equal ones among them. */
static struct sl_dataset *make_clusters(size_t n, int equal)
{
    enum { D = 12 };
    struct sl_rng *rng = sl_rng_new(9, "clusters");
    float *x = malloc(n * D * sizeof *x);
    int32_t *y = malloc(n * sizeof *y);
    for (size_t i = 0; i < n; i++) {
        y[i] = (int32_t)(i % 3);
        for (size_t j = 0; j < D; j++)
            x[i * D + j] = (float)((j % 3 == i % 3 ? 20 : 0) + (equal ? 0 : sl_rng_normal(rng)));
    }
    const struct sl_view view = {.dtype = SL_F32, .n = n, .d = D, .x = x, .y = y, .k = 3, .scale = 1};
    struct sl_dataset *data;
    assert_int_equal(sl_dataset_new(&view, "clusters", NULL, &data, NULL), SL_OK);
    sl_rng_free(rng);
    free(x);
    free(y);
    return data;
}

/* Each row's nearest in the plane is of its cluster; threads change nothing, the seed does. */
static void check_clusters(size_t n, int equal)
{
    struct sl_dataset *data = make_clusters(n, equal);
    struct sl_features *f;
    const struct sl_features_options how = {.threads = 2};
    struct sl_tsne_options o = SL_TSNE_OPTIONS;
    float *y = malloc(2 * n * sizeof *y), *again = malloc(2 * n * sizeof *again);
    double divergence, same;
    o.n_iter = 350;
    o.threads = 1;
    assert_int_equal(sl_features_new(data, &how, &f, NULL), SL_OK);
    assert_int_equal(sl_tsne(f, &o, y, &divergence, NULL), SL_OK);
    o.threads = 3;
    assert_int_equal(sl_tsne(f, &o, again, &same, NULL), SL_OK);
    assert_memory_equal(y, again, 2 * n * sizeof *y);
    assert_true(divergence == same && divergence > 0 && divergence < 10);
    for (size_t i = 0; i < n; i++) {
        size_t best = 0;
        double least = INFINITY;
        for (size_t j = 0; j < n; j++) {
            const double dx = (double)(y[2 * i] - y[2 * j]), dy = (double)(y[2 * i + 1] - y[2 * j + 1]);
            if (j != i && dx * dx + dy * dy < least) {
                least = dx * dx + dy * dy;
                best = j;
            }
        }
        assert_int_equal(best % 3, i % 3);
    }
    o.seed = 43;
    assert_int_equal(sl_tsne(f, &o, again, &same, NULL), SL_OK);
    assert_true(memcmp(y, again, 2 * n * sizeof *y) != 0);
    sl_features_free(f);
    sl_dataset_free(data);
    free(y);
    free(again);
}

static void test_clusters(void **state)
{
    (void)state;
    check_clusters(300, 0);  /* exactly */
    check_clusters(1100, 0); /* by the tree */
    check_clusters(2100, 0); /* on the grid */
    check_clusters(150, 1);  /* 50 equal rows a cluster */
}

static double squared(const float *a, const float *b, size_t d)
{
    double sum = 0;
    for (size_t j = 0; j < d; j++)
        sum += ((double)a[j] - (double)b[j]) * ((double)a[j] - (double)b[j]);
    return sum;
}

/* The place of row j among row i's neighbours, 1 the nearest; of equal ones the earlier. */
static size_t rank_of(const float *x, size_t n, size_t d, size_t i, size_t j)
{
    const double own = squared(x + i * d, x + j * d, d);
    size_t rank = 1;
    for (size_t l = 0; l < n; l++) {
        const double other = squared(x + i * d, x + l * d, d);
        rank += l != i && l != j && (other < own || (other == own && l < j));
    }
    return rank;
}

/* Trustworthiness, what is kept and accuracy by their definitions. */
static void check_quality(int bytes)
{
    enum { N = 90, D = 20, K = 15 };
    struct sl_rng *rng = sl_rng_new(2, "quality");
    uint8_t x[N * D];
    float f[N * D], at[N * 2];
    int32_t y[N];
    for (size_t i = 0; i < N * D; i++)
        f[i] = x[i] = (uint8_t)sl_rng_below(rng, 256);
    for (size_t i = 0; i < N; i++) {
        y[i] = x[i * D] > 128;
        at[2 * i] = f[i * D];
        at[2 * i + 1] = f[i * D + 1] / 3;
    }
    struct sl_view view = {.dtype = bytes ? SL_U8 : SL_F32,
                           .n = N,
                           .d = D,
                           .x = bytes ? (void *)x : f,
                           .y = y,
                           .k = 2,
                           .scale = 1};
    if (bytes)
        view.image = (struct sl_image){4, 5, 1};
    struct sl_dataset *data;
    struct sl_features *features;
    const struct sl_features_options how = {.scaling = SL_SCALE_NONE, .threads = 2};
    struct sl_embedding_quality q;
    double beyond = 0, kept = 0, right = 0;
    assert_int_equal(sl_dataset_new(&view, "quality", NULL, &data, NULL), SL_OK);
    assert_int_equal(sl_features_new(data, &how, &features, NULL), SL_OK);
    assert_int_equal(sl_embedding_measure(features, at, 2, y, 2, &q, NULL), SL_OK);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++) {
            const size_t flat = i == j ? N : rank_of(at, N, 2, i, j),
                         rank = i == j ? N : rank_of(f, N, D, i, j);
            kept += flat <= K && rank <= K;
            beyond += flat <= K && rank > K ? (double)(rank - K) : 0;
            right += flat == 1 && y[i] == y[j];
        }
    assert_int_equal(q.rows, N);
    assert_int_equal(q.k, K);
    assert_true(fabs(q.kept - kept / (N * K)) < 1e-12);
    assert_true(fabs(q.trustworthiness - (1 - 2 * beyond / (N * K * (2.0 * N - 3 * K - 1)))) < 1e-12);
    assert_true(fabs(q.accuracy - right / N) < 1e-12);
    sl_features_free(features);
    sl_dataset_free(data);
    sl_rng_free(rng);
}

static void test_quality(void **state)
{
    (void)state;
    check_quality(1);
    check_quality(0);
}

static void refuse(size_t n, double perplexity, const char *text)
{
    struct sl_dataset *data = make_clusters(n, 0);
    struct sl_features *f;
    const struct sl_features_options how = {.threads = 1};
    struct sl_tsne_options o = SL_TSNE_OPTIONS;
    struct sl_error err = {0};
    float y[200];
    double divergence;
    o.perplexity = perplexity;
    assert_int_equal(sl_features_new(data, &how, &f, NULL), SL_OK);
    assert_int_equal(sl_tsne(f, &o, y, &divergence, &err), SL_EUSAGE);
    if (!strstr(err.text, text))
        fail_msg("'%s' lacks '%s'", err.text, text);
    sl_features_free(f);
    sl_dataset_free(data);
}

static void test_refusals(void **state)
{
    (void)state;
    refuse(90, 30, "at most 29");
    refuse(90, 1, "above 1");
    refuse(1, 30, "there is 1");
}

int main(void)
{
    sl_thread_operations = 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_perplexity), cmocka_unit_test(test_affinities),
        cmocka_unit_test(test_gradients),  cmocka_unit_test(test_differences),
        cmocka_unit_test(test_clusters),   cmocka_unit_test(test_quality),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests_name("tsne", tests, NULL, NULL);
}
