/* Boosted trees against their definition: the first trees searched by the plainest means, sums by bin, early
 * stopping, missing values, records. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <shortlist/classifier.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "boosting/fit.h"
#include "boosting/held_out.h"
#include "boosting/roots.h"
#include "boosting/sums.h"
#include "core/memory.h"
#include "core/threads.h"

enum { N = 900, D = 11, K = 3 };

static float floats[N * D];
static uint8_t bytes[N * D];
static int32_t y3[N], y2[N];

/* Real numbers, some of which few values have; labels follow from three features and noise. */
static struct sl_view make(int two)
{
    struct sl_rng *rng = sl_rng_new(6, "boosting");
    for (size_t i = 0; i < N; i++) {
        for (size_t f = 0; f < D; f++) {
            floats[i * D + f] = (float)sl_rng_normal(rng);
            if (f % 3 == 0)
                floats[i * D + f] = roundf(2 * floats[i * D + f]);
            bytes[i * D + f] = sl_rng_below(rng, 2) ? (uint8_t)sl_rng_below(rng, 256) : 0;
        }
        double z = (double)floats[i * D + 1] + (double)(floats[i * D] * floats[i * D + 2]) +
                   0.5 * sl_rng_normal(rng);
        y3[i] = z < -0.6 ? 0 : z < 0.7 ? 1 : 2;
        y2[i] = z > 0;
    }
    sl_rng_free(rng);
    return (struct sl_view){
        .dtype = SL_F32, .n = N, .d = D, .x = floats, .y = two ? y2 : y3, .k = two ? 2 : K, .scale = 1};
}

static struct sl_boost_options defaults(void)
{
    return (struct sl_boost_options){.limits = {.max_leaf_nodes = 31, .min_samples_leaf = 20},
                                     .learning_rate = 0.1,
                                     .max_iter = 30,
                                     .max_bins = 255,
                                     .early_stopping = SL_BOOST_EARLY_NO,
                                     .validation_fraction = 0.1,
                                     .tol = 1e-7,
                                     .n_iter_no_change = 10};
}

static struct sl_boost_result fit(const struct sl_view *view, struct sl_boost_options options, int threads)
{
    struct sl_boost_result result;
    struct sl_error err = {0};
    struct sl_rng *rng = sl_rng_new(2, "trial");
    const struct sl_boost_job job = {.x = view, .n = view->n, .rng = rng, .threads = threads};
    if (sl_boost_fit(&job, &options, &result, &err))
        fail_msg("%s", err.text);
    sl_rng_free(rng);
    return result;
}

static struct sl_writer record_of(const struct sl_boost *boost)
{
    struct sl_writer w = {0};
    sl_boost_save(boost, &w);
    return w;
}

static double accuracy(const struct sl_boost *boost, const struct sl_view *view)
{
    int32_t *labels = sl_alloc(view->n, sizeof *labels);
    double right = 0;
    assert_int_equal(sl_boost_predict(boost, view, 2, labels, NULL), SL_OK);
    for (size_t i = 0; i < view->n; i++)
        right += labels[i] == view->y[i];
    free(labels);
    return right / (double)view->n;
}

/* G_L^2 / (H_L + l2) + G_R^2 / (H_R + l2) of a threshold, -1 where a side has too few rows. */
static double score(const struct sl_view *view, const double *g, const double *h, size_t f, float threshold,
                    size_t least, double l2)
{
    double gl = 0, hl = 0, gr = 0, hr = 0;
    size_t n_left = 0;
    for (size_t i = 0; i < view->n; i++) {
        int left = ((const float *)view->x)[i * view->d + f] <= threshold;
        n_left += (size_t)left;
        *(left ? &gl : &gr) += g[i];
        *(left ? &hl : &hr) += h[i];
    }
    return n_left < least || view->n - n_left < least ? -1 : gl * gl / (hl + l2) + gr * gr / (hr + l2);
}

/* The first split of each output is as good as the best of all, and its leaves are Newton steps. */
static void stumps(void **state)
{
    (void)state;
    for (int two = 0; two < 2; two++) {
        struct sl_view view = make(two);
        struct sl_boost_options options = defaults();
        double count[K] = {0}, g[N], h[N];
        options.max_iter = 1;
        options.limits.max_leaf_nodes = 2;
        options.limits.l2_regularization = 3;
        struct sl_boost_result r = fit(&view, options, 1);
        for (size_t i = 0; i < N; i++)
            count[view.y[i]]++;
        assert_int_equal(r.model->n_outputs, two ? 1 : K);
        for (int o = 0; o < r.model->n_outputs; o++) {
            const struct sl_boost_tree *tree = &r.model->trees->tree[o];
            const int class = two ? 1 : o;
            const double p = count[class] / N;
            double best = 0;
            assert_true(fabs((double)r.model->baseline[o] - (two ? log(p / (1 - p)) : log(p))) < 1e-6);
            for (size_t i = 0; i < N; i++) {
                g[i] = p - (view.y[i] == class);
                h[i] = p * (1 - p);
            }
            for (size_t f = 0; f < D; f++)
                for (size_t i = 0; i < N; i++)
                    best = fmax(best, score(&view, g, h, f, floats[i * D + f], 20, 3));
            assert_int_equal(tree->n, 3);
            const struct sl_boost_node *root = &tree->nodes[0];
            /* Of numbers in 255 bins, and of rounded gradients. */
            double own = score(&view, g, h, (size_t)root->feature, root->value, 20, 3);
            assert_true(own > 0.97 * best);
            for (int side = 0; side < 2; side++) {
                double gs = 0, hs = 0;
                uint32_t n = 0;
                for (size_t i = 0; i < N; i++)
                    if ((floats[i * D + (size_t)root->feature] <= root->value) == !side) {
                        gs += g[i];
                        hs += h[i];
                        n++;
                    }
                assert_int_equal(tree->n_rows[1 + side], n);
                assert_true(fabs((double)tree->nodes[1 + side].value + 0.1 * gs / (hs + 3)) < 1e-6);
            }
        }
        sl_boost_free(r.model);
    }
}

/* The same model on any number of threads, over outputs and within trees; losses fall, and are those of the
 * probabilities. */
static int falls(void *arg, const struct sl_boost_point *point)
{
    double *last = arg;
    assert_true(point->train_loss < last[0]);
    assert_true(isnan(point->watched_loss));
    last[0] = point->train_loss;
    last[1] = point->iteration;
    return 0;
}

static void threads_and_losses(void **state)
{
    (void)state;
    for (int two = 0; two < 2; two++) {
        struct sl_view view = make(two);
        struct sl_writer records[3];
        for (int t = 0; t < 3; t++) {
            struct sl_boost_result r = fit(&view, defaults(), 1 + 2 * t);
            records[t] = record_of(r.model);
            assert_memory_equal(records[0].bytes, records[t].bytes, records[0].size);
            float *p = sl_alloc(N, K * sizeof *p);
            double loss = 0;
            assert_int_equal(sl_boost_scores(r.model, &view, 2, p, NULL), SL_OK);
            for (size_t i = 0; i < N; i++) {
                double sum = 0;
                for (int c = 0; c < view.k; c++)
                    sum += (double)p[i * (size_t)view.k + (size_t)c];
                assert_true(fabs(sum - 1) < 1e-5);
                loss -= log((double)p[i * (size_t)view.k + (size_t)view.y[i]]) / N;
            }
            assert_true(fabs(loss - r.loss) < 1e-4);
            assert_true(accuracy(r.model, &view) > 0.93);
            free(p);
            sl_boost_free(r.model);
        }
        for (int t = 0; t < 3; t++)
            sl_writer_release(&records[t]);
        struct sl_rng *rng = sl_rng_new(2, "trial");
        double last[2] = {INFINITY, 0};
        struct sl_boost_options options = defaults();
        struct sl_boost_result r;
        const struct sl_boost_job job = {
            .x = &view, .n = N, .rng = rng, .threads = 2, .on_point = falls, .arg = last};
        assert_int_equal(sl_boost_fit(&job, &options, &r, NULL), SL_OK);
        assert_true(last[1] == 30 && last[0] == r.loss);
        sl_boost_free(r.model);
        sl_rng_free(rng);
    }
}

/* Limits hold in every tree. */
static void limits(void **state)
{
    static const struct sl_boost_limits settings[] = {
        {.max_leaf_nodes = 5, .min_samples_leaf = 20},
        {.max_depth = 3, .min_samples_leaf = 1},
        {.min_samples_leaf = 60},
        {.max_leaf_nodes = 40, .max_depth = 2, .min_samples_leaf = 5}};
    (void)state;
    struct sl_view view = make(0);
    for (size_t s = 0; s < sizeof settings / sizeof *settings; s++) {
        struct sl_boost_options options = defaults();
        options.limits = settings[s];
        options.max_iter = 8;
        struct sl_boost_result r = fit(&view, options, 2);
        for (size_t t = 0; t < r.model->trees->n; t++) {
            const struct sl_boost_tree *tree = &r.model->trees->tree[t];
            int depth[2 * N] = {0}, leaves = 0;
            for (size_t i = 0; i < tree->n; i++) {
                const struct sl_boost_node *node = &tree->nodes[i];
                assert_true(tree->n_rows[i] >= (uint32_t)settings[s].min_samples_leaf);
                assert_true(!settings[s].max_depth || depth[i] <= settings[s].max_depth);
                leaves += node->feature < 0;
                if (node->feature >= 0)
                    depth[i + 1] = depth[node->right] = depth[i] + 1;
            }
            assert_true(leaves > 1 && (!settings[s].max_leaf_nodes || leaves <= settings[s].max_leaf_nodes));
        }
        sl_boost_free(r.model);
    }
}

/* Whether a value is missing tells the class; the split learns it, and the side that missing values take. */
static void missing(void **state)
{
    (void)state;
    struct sl_view view = make(1);
    static float gaps[N * D];
    memcpy(gaps, floats, sizeof gaps);
    struct sl_rng *rng = sl_rng_new(9, "gaps");
    for (size_t i = 0; i < N; i++) {
        gaps[i * D + 4] = y2[i] ? NAN : gaps[i * D + 4];
        gaps[i * D + 1] = sl_rng_below(rng, 4) ? gaps[i * D + 1] : NAN;
    }
    sl_rng_free(rng);
    view.x = gaps;
    struct sl_boost_options options = defaults();
    options.max_iter = 1;
    options.learning_rate = 1;
    struct sl_boost_result r = fit(&view, options, 2);
    const struct sl_boost_node *root = &r.model->trees->tree[0].nodes[0];
    assert_int_equal(root->feature, 4);
    assert_int_equal(root->missing_left, 0);
    assert_true(root->value > 2);
    assert_true(accuracy(r.model, &view) == 1);
    sl_boost_free(r.model);
    /* Values above those that are there, on the left of a split. */
    for (size_t i = 0; i < N; i++)
        for (size_t f = 0; f < D; f++)
            gaps[i * D + f] = f ? 0 : (i % 3 ? (float)(i % 3) : NAN);
    for (size_t i = 0; i < N; i++)
        y2[i] = i % 3 == 2; /* NaN and 1 together */
    r = fit(&view, options, 1);
    root = &r.model->trees->tree[0].nodes[0];
    assert_true(root->feature == 0 && root->missing_left == 1 && root->value > 1 && root->value < 2);
    assert_true(accuracy(r.model, &view) == 1);
    sl_boost_free(r.model);
}

/* Bytes are their own bins, and the same as floats of these values; more values than bins share them. */
static void bins(void **state)
{
    (void)state;
    struct sl_view view = make(0), as_bytes = view;
    static float values[N * D];
    as_bytes.dtype = SL_U8;
    as_bytes.x = bytes;
    for (size_t i = 0; i < N * D; i++)
        values[i] = bytes[i];
    struct sl_view as_floats = view;
    as_floats.x = values;
    for (int max_bins = 16; max_bins <= 255; max_bins += 239) {
        struct sl_bins b, f;
        assert_int_equal(sl_bins_make(&as_bytes, NULL, N, max_bins, 1, &b, NULL), SL_OK);
        assert_int_equal(sl_bins_make(&as_floats, NULL, N, max_bins, 3, &f, NULL), SL_OK);
        for (size_t j = 0; j < D; j++) {
            size_t stride, most = 0, used = 0, count[256] = {0};
            const uint8_t *code = sl_bins_column(&f, j, &stride);
            for (size_t i = 0; i < N; i++) {
                const uint8_t bin = code[i * stride];
                count[bin]++;
                assert_true(values[i * D + j] <= sl_bins_edge(&f, j, bin));
                assert_true(bin == 0 || values[i * D + j] > sl_bins_edge(&f, j, (uint8_t)(bin - 1)));
            }
            for (int c = 0; c < 256; c++) {
                used += count[c] > 0;
                most = c && count[c] > most ? count[c] : most;
            }
            assert_true(used <= (size_t)max_bins);
            if (max_bins == 16) /* half of the rows are 0; the other bins hold about a sixteenth each */
                assert_true(used >= 8 && most < N / 10);
            const uint8_t *own = sl_bins_column(&b, j, &stride);
            for (size_t i = 0; i < N && max_bins == 255; i++)
                assert_int_equal(own[i * stride], bytes[i * D + j]);
        }
        sl_bins_release(&b);
        sl_bins_release(&f);
    }
}

/* Packed sums against plain ones, and the best split against all of them. */
static void sums(void **state)
{
    enum { ROWS = 700 };
    static const size_t sizes[] = {3, 60, ROWS, 60000, 1 << 20, 3 << 20};
    (void)state;
    struct sl_rng *rng = sl_rng_new(4, "sums");
    static uint8_t code[ROWS * 64];
    static uint64_t packed[ROWS], all[2][SL_SUMS_BLOCK];
    static uint32_t rows[ROWS];
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const struct sl_sums_layout layout = sl_sums_layout_for(sizes[s]);
        const size_t n = sizes[s] < ROWS ? sizes[s] : ROWS;
        int64_t g[ROWS];
        uint64_t h[ROWS], total = 0;
        assert_int_equal(layout.gradient_bits + layout.curvature_bits + layout.count_bits, 64);
        for (size_t i = 0; i < n; i++) {
            g[i] = (int64_t)sl_rng_below(rng, 41) - 20;
            h[i] = sl_rng_below(rng, 30) + 1;
            packed[i] = sl_sums_pack(&layout, g[i], h[i]);
            total += packed[i];
            rows[i] = (uint32_t)(n - 1 - i);
            for (size_t f = 0; f < 64; f++)
                code[i * 64 + f] = sl_rng_below(rng, 3) ? (uint8_t)sl_rng_below(rng, f % 2 ? 256 : 4) : 0;
        }
        memset(all, 0, sizeof all);
        uint64_t backwards[ROWS];
        for (size_t i = 0; i < n; i++)
            backwards[i] = packed[rows[i]];
        sl_sums_add(code + 8, 64, rows, backwards, n, all[0]);
        sl_sums_add(code + 8, 64, rows, backwards, n / 3, all[1]);
        struct sl_sums_rule rule = {.layout = layout, .l2 = 2, .min_rows = 2, .min_curvature = 1};
        if (!layout.count_bits)
            rule.layout.rows_a_curvature = 1; /* a row a unit */
        for (int last = 253; last <= 254; last++) {
            float best[SL_SUMS_FEATURES];
            uint8_t bin[SL_SUMS_FEATURES];
            sl_sums_best(all[0], total, &rule, last, best, bin);
            for (size_t f = 0; f < SL_SUMS_FEATURES; f++) {
                double plain = -1;
                for (int b = 0; b <= last; b++) {
                    double gl = 0, hl = 0, nl = 0, gr = 0, hr = 0, nr = 0;
                    for (size_t i = 0; i < n; i++) {
                        int right = code[i * 64 + 8 + f] > b && code[i * 64 + 8 + f] <= last + 1;
                        *(right ? &gr : &gl) += (double)g[i];
                        *(right ? &hr : &hl) += (double)h[i];
                        *(right ? &nr : &nl) += layout.count_bits ? 1 : (double)h[i];
                    }
                    if (nl >= 2 && nr >= 2 && hl >= 1 && hr >= 1)
                        plain = fmax(plain, gl * gl / (hl + 2) + gr * gr / (hr + 2));
                }
                assert_true(fabs((double)best[f] - plain) <= 1e-5 * (1 + fabs(plain)));
            }
        }
        sl_sums_subtract(all[0], all[1], 256);
        memset(all[1], 0, sizeof all[1]);
        sl_sums_add(code + 8, 64, rows + n / 3, backwards + n / 3, n - n / 3, all[1]);
        for (size_t i = SL_SUMS_FEATURES; i < SL_SUMS_BLOCK; i++)
            assert_true(all[0][i] == all[1][i]);
    }
    sl_rng_free(rng);
}

/* Noise for labels: held-out rows end the fit; each class has its share of them. */
static void early_stopping(void **state)
{
    (void)state;
    struct sl_view view = make(0);
    struct sl_boost_options options = defaults();
    options.early_stopping = SL_BOOST_EARLY_YES;
    options.max_iter = 300;
    options.learning_rate = 0.5;
    options.n_iter_no_change = 4;
    struct sl_boost_result stopped = fit(&view, options, 2);
    assert_int_equal(stopped.stopped_early, 1);
    assert_true(stopped.model->n_iter > 4 && stopped.model->n_iter < 100);
    /* Rounds before do not depend on max_iter. */
    options.max_iter = 5;
    struct sl_boost_result limited = fit(&view, options, 2);
    struct sl_boost *prefix = sl_boost_prefix(stopped.model, 5);
    struct sl_writer a = record_of(limited.model), b = record_of(prefix);
    assert_int_equal(limited.stopped_early, 0);
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.bytes, b.bytes, a.size);
    sl_boost_free(stopped.model);
    assert_true(accuracy(prefix, &view) > 0.8); /* its trees outlive the model that they came from */
    sl_boost_free(prefix);
    sl_boost_free(limited.model);
    sl_writer_release(&a);
    sl_writer_release(&b);

    uint32_t rows[N], held[N];
    size_t n = N, count[2][K] = {{0}, {0}};
    struct sl_rng *rng = sl_rng_new(1, "held");
    for (size_t i = 0; i < N; i++)
        rows[i] = (uint32_t)i;
    size_t n_held = sl_boost_hold_out(y3, K, 0.25, rng, rows, &n, held);
    assert_int_equal(n + n_held, N);
    for (size_t i = 0; i < n; i++)
        count[0][y3[rows[i]]]++;
    for (size_t i = 0; i < n_held; i++)
        count[1][y3[held[i]]]++;
    for (int c = 0; c < K; c++)
        assert_true(labs((long)(3 * count[1][c]) - (long)count[0][c]) <= 4);
    sl_rng_free(rng);
}

/* A row of weight 3 is three rows, and balanced classes are rows of such weights, but for rounding. */
static void weights(void **state)
{
    (void)state;
    struct sl_view view = make(0), weighed = view;
    double weight[N], count[K] = {0};
    struct sl_boost_options options = defaults();
    options.max_iter = 10;
    for (size_t i = 0; i < N; i++)
        count[y3[i]]++;
    for (size_t i = 0; i < N; i++)
        weight[i] = N / (K * count[y3[i]]);
    weighed.weight = weight;
    struct sl_boost_result a = fit(&weighed, options, 2);
    options.balanced = 1;
    struct sl_boost_result b = fit(&view, options, 2);
    struct sl_writer left = record_of(a.model), right = record_of(b.model);
    assert_int_equal(left.size, right.size);
    assert_memory_equal(left.bytes, right.bytes, left.size);
    for (int o = 0; o < K; o++)
        assert_true(fabs((double)a.model->baseline[o] - log(1.0 / K)) < 1e-6);
    sl_writer_release(&left);
    sl_writer_release(&right);
    sl_boost_free(a.model);
    sl_boost_free(b.model);
}

/* Classes without rows get no probability; one class alone is always predicted. */
static void absent_classes(void **state)
{
    (void)state;
    struct sl_view view = make(1);
    view.k = 5;
    for (size_t i = 0; i < N; i++)
        y2[i] = 3 * y2[i] + 1;
    for (int one = 0; one < 2; one++) {
        struct sl_boost_result r = fit(&view, defaults(), 2);
        float *p = sl_alloc(N, 5 * sizeof *p);
        assert_int_equal(sl_boost_scores(r.model, &view, 1, p, NULL), SL_OK);
        for (size_t i = 0; i < N; i++) {
            assert_true(p[i * 5] == 0 && p[i * 5 + 2] == 0 && p[i * 5 + 3] == 0);
            assert_true(!one || p[i * 5 + 4] == 1);
        }
        assert_true(accuracy(r.model, &view) > 0.9);
        free(p);
        sl_boost_free(r.model);
        for (size_t i = 0; i < N; i++)
            y2[i] = 4;
    }
}

static void records(void **state)
{
    (void)state;
    struct sl_view view = make(0);
    struct sl_boost_options options = defaults();
    struct sl_boost *loaded;
    struct sl_error err = {0};
    options.max_iter = 3;
    struct sl_boost_result r = fit(&view, options, 2);
    struct sl_writer w = record_of(r.model), again;
    for (size_t size = 0; size < w.size; size += size < 200 ? 1 : 61) {
        struct sl_reader reader = {.bytes = w.bytes, .size = size};
        assert_int_equal(sl_boost_load(&reader, &view, &loaded, &err), SL_EDATA);
        assert_null(loaded);
    }
    struct sl_reader reader = {.bytes = w.bytes, .size = w.size};
    assert_int_equal(sl_boost_load(&reader, &view, &loaded, &err), SL_OK);
    again = record_of(loaded);
    assert_int_equal(again.size, w.size);
    assert_memory_equal(again.bytes, w.bytes, w.size);
    sl_boost_free(loaded);
    /* Wrong classes, features, children, and numbers of rows: whatever byte is turned, the record is refused
     * or gives a model that can be walked. */
    for (size_t at = 0; at < w.size; at += 1 + at / 40) {
        for (int bit = 0; bit < 8; bit += 3) {
            unsigned char *copy = sl_alloc(w.size, 1);
            memcpy(copy, w.bytes, w.size);
            copy[at] ^= (unsigned char)(1 << bit);
            struct sl_reader turned = {.bytes = copy, .size = w.size};
            int code = sl_boost_load(&turned, &view, &loaded, &err);
            assert_true(code == SL_OK || code == SL_EDATA);
            if (!code)
                accuracy(loaded, &view);
            sl_boost_free(loaded);
            free(copy);
        }
    }
    sl_writer_release(&w);
    sl_writer_release(&again);
    sl_boost_free(r.model);
}

/* Sums of roots are those of each output alone, for every number of outputs and features and of threads. */
static void roots_of(size_t d, size_t n_outputs)
{
    enum { ROWS = 2500 }; /* more than a chunk */
    const size_t width = (d + 7) / 8 * 8, all = width / SL_SUMS_FEATURES * SL_SUMS_BLOCK;
    struct sl_bins bins_of = {
        .n = ROWS, .d = d, .width = width, .code = sl_alloc_zero(ROWS, width), .max_bins = 255};
    uint64_t *whole = sl_alloc(n_outputs * ROWS, sizeof *whole), *near = sl_alloc(ROWS, sizeof *near);
    uint64_t *sums = sl_alloc(n_outputs * all, sizeof *sums), *own = sl_alloc(SL_SUMS_BLOCK, sizeof *own);
    struct sl_boost_packed packed[9];
    uint32_t rows[ROWS];
    size_t n = 0;
    assert_true(bins_of.code && whole && near && sums && own);
    struct sl_rng *rng = sl_rng_new(8, "roots");
    for (size_t i = 0; i < ROWS * width; i++)
        bins_of.code[i] = sl_rng_below(rng, 3) ? (uint8_t)sl_rng_below(rng, 256) : 0;
    for (size_t i = 0; i < n_outputs * ROWS; i++)
        whole[i] = sl_rng_bits(rng);
    for (uint32_t i = 0; i < ROWS; i++)
        if (sl_rng_below(rng, 9))
            rows[n++] = i;
    sl_rng_free(rng);
    for (size_t o = 0; o < n_outputs; o++)
        packed[o] = (struct sl_boost_packed){.sum = whole + o * ROWS};
    const struct sl_boost_roots of = {
        .bins = &bins_of, .rows = rows, .n = n, .packed = packed, .n_outputs = n_outputs, .sums = sums};
    for (int threads = 1; threads < 4; threads += 2) {
        assert_int_equal(sl_boost_sum_roots(&of, threads), SL_OK);
        for (size_t o = 0; o < n_outputs; o++)
            for (size_t b = 0; b < width / SL_SUMS_FEATURES; b++) {
                size_t stride;
                const uint8_t *code = sl_bins_column(&bins_of, b * SL_SUMS_FEATURES, &stride);
                for (size_t i = 0; i < n; i++)
                    near[i] = packed[o].sum[rows[i]];
                memset(own, 0, SL_SUMS_BLOCK * sizeof *own);
                sl_sums_add(code, stride, rows, near, n, own);
                assert_memory_equal(own + SL_SUMS_FEATURES,
                                    sums + o * all + b * SL_SUMS_BLOCK + SL_SUMS_FEATURES,
                                    (SL_SUMS_BLOCK - SL_SUMS_FEATURES) * sizeof *own);
            }
    }
    sl_bins_release(&bins_of);
    free(whole);
    free(near);
    free(sums);
    free(own);
}

static void roots(void **state)
{
    (void)state;
    roots_of(3, 3);
    roots_of(70, 4);
    roots_of(130, 9);
    const struct sl_bins small = {.width = 784}, wide = {.width = 100000};
    assert_int_equal(sl_boost_roots_at_once(&small, 1), 0);
    assert_int_equal(sl_boost_roots_at_once(&small, 10), 10);
    assert_int_equal(sl_boost_roots_at_once(&small, 100) % SL_SUMS_FOUR, 0);
    assert_int_equal(sl_boost_roots_at_once(&wide, 10), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stumps),  cmocka_unit_test(threads_and_losses),
        cmocka_unit_test(limits),  cmocka_unit_test(missing),
        cmocka_unit_test(bins),    cmocka_unit_test(sums),
        cmocka_unit_test(roots),   cmocka_unit_test(early_stopping),
        cmocka_unit_test(weights), cmocka_unit_test(absent_classes),
        cmocka_unit_test(records),
    };
    sl_thread_operations = 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
