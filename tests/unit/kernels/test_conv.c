/* test_conv.c - every way of computing a convolution gives what the definition gives, in every direction, and
 * does the same from several threads at once. */
#include "core/memory.h"
#include "kernels/conv/conv.h"
#include "kernels/conv/conv_grey.h"
#include "kernels/conv/conv_plain.h"
#include "kernels/conv/conv_pooled.h"
#include "kernels/conv/winograd.h"
#include <math.h>
#include <setjmp.h>
#include <shortlist/rng.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ALL(...)                                                                                             \
    {                                                                                                        \
        __VA_ARGS__, 0, 0                                                                                    \
    }
static const struct sl_conv_shape shapes[] = {
    ALL(1, 3, 3, 1, 1, 3, 1, 0),
    ALL(5, 28, 28, 1, 32, 3, 1, 0),
    ALL(3, 13, 13, 32, 64, 3, 1, 0),
    ALL(2, 9, 7, 3, 5, 3, 1, 1),
    ALL(2, 9, 7, 3, 5, 3, 2, 1),
    ALL(3, 8, 8, 16, 16, 1, 1, 0),
    ALL(2, 12, 12, 17, 33, 5, 1, 2),
    ALL(1, 11, 11, 4, 6, 4, 3, 0),
    ALL(4, 6, 6, 2, 3, 2, 2, 0),
    ALL(2, 5, 5, 64, 128, 3, 1, 0),
    ALL(2, 14, 14, 3, 8, 7, 2, 3),
    /* Winograd's */
    ALL(3, 14, 14, 24, 40, 3, 1, 1),
    ALL(2, 7, 9, 16, 16, 3, 1, 1),
    ALL(1, 8, 6, 16, 24, 3, 1, 2),
    ALL(16, 3, 3, 40, 16, 3, 1, 1),
    ALL(1, 28, 28, 16, 16, 3, 1, 1),
    ALL(10, 7, 7, 128, 128, 3, 1, 1),
    ALL(3, 12, 12, 32, 64, 3, 1, 0),
    /* edges of y that nobody reads */
    {3, 13, 13, 32, 64, 3, 1, 0, 10, 10},
    {2, 14, 12, 16, 24, 3, 1, 1, 13, 9},
    /* one channel */
    ALL(3, 28, 28, 1, 40, 3, 1, 1),
    ALL(2, 12, 11, 1, 16, 5, 2, 2),
    {2, 9, 10, 1, 8, 7, 1, 0, 2, 4},
};
enum { N_SHAPES = sizeof shapes / sizeof *shapes };

static float *random_floats(size_t n, uint64_t seed)
{
    struct sl_rng *rng = sl_rng_new(seed, "conv");
    float *a = sl_alloc(n, sizeof *a);
    for (size_t i = 0; i < n; i++)
        a[i] = (float)sl_rng_uniform(rng) - 0.5f;
    sl_rng_free(rng);
    return a;
}

/* Whether something reads element i of y. */
static int is_read(const struct sl_conv_shape *s, size_t i)
{
    size_t out_h = (size_t)sl_conv_out(s->height, s->side, s->stride, s->padding);
    size_t out_w = (size_t)sl_conv_out(s->width, s->side, s->stride, s->padding),
           pixel = i / (size_t)s->filters;
    return (s->read_height == 0 || pixel / out_w % out_h < (size_t)s->read_height) &&
           (s->read_width == 0 || pixel % out_w < (size_t)s->read_width);
}

struct arrays {
    size_t nx, ny, nw, nb;
    float *x, *y, *dx, *dy, *w, *b, *dw, *db, *packed, *sum, *scratch;
};

static struct arrays make_arrays(const struct sl_conv_shape *s, const struct sl_conv *conv)
{
    struct arrays a = {0};
    a.nx = s->rows * (size_t)(s->height * s->width * s->channels);
    a.ny = s->rows * (size_t)(sl_conv_out(s->height, s->side, s->stride, s->padding) *
                              sl_conv_out(s->width, s->side, s->stride, s->padding) * s->filters);
    a.nw = (size_t)(s->side * s->side * s->channels * s->filters);
    a.nb = (size_t)s->filters;
    a.x = random_floats(a.nx, 1);
    a.dy = random_floats(a.ny, 2);
    for (size_t i = 0; i < a.ny; i++)
        a.dy[i] = is_read(s, i) ? a.dy[i] : 0;
    a.w = random_floats(a.nw, 3);
    a.b = random_floats(a.nb, 4);
    a.dw = random_floats(a.nw, 5);
    a.db = random_floats(a.nb, 6);
    a.y = random_floats(a.ny, 7);
    a.dx = random_floats(a.nx, 8);
    a.packed = random_floats(sl_conv_packed_size(conv), 9);
    a.sum = sl_alloc_zero(sl_conv_sum_size(conv), sizeof *a.sum);
    a.scratch = random_floats(sl_conv_scratch_size(conv), 10);
    return a;
}

static void free_arrays(struct arrays *a)
{
    float *all[] = {a->x, a->y, a->dx, a->dy, a->w, a->b, a->dw, a->db, a->packed, a->sum, a->scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

static struct arrays compute(const struct sl_conv_shape *s, const struct sl_conv *conv)
{
    struct arrays a = make_arrays(s, conv);
    assert_int_equal(sl_conv_pack(conv, a.w, a.packed, a.scratch), SL_OK);
    assert_int_equal(sl_conv_forward(conv, a.packed, a.b, a.x, a.y, a.scratch), SL_OK);
    assert_int_equal(sl_conv_backward(conv, a.packed, a.dy, a.dx, a.scratch), SL_OK);
    for (int twice = 0; twice < 2; twice++) /* gradients are added to what is there */
        assert_int_equal(sl_conv_gradient(conv, a.x, a.dy, a.sum, a.scratch), SL_OK);
    assert_int_equal(sl_conv_unpack(conv, a.sum, a.dw, a.db, a.scratch), SL_OK);
    return a;
}

/* Sums of n products of numbers of size 1/2: rounding grows with the root of n. */
static void assert_near(const float *a, const float *b, size_t n, size_t terms, int way)
{
    double tolerance = 1e-6 * (4 + sqrt((double)terms));
    if (way != SL_CONV_DIRECT) /* Winograd's sums of sums */
        tolerance *= 10;
    if (terms > 2000) /* the plain version itself sums in float, in one long chain */
        tolerance *= 20;
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)a[i] - (double)b[i]) <= tolerance))
            fail_msg("element %zu: %.9g, expected %.9g within %g", i, (double)a[i], (double)b[i], tolerance);
}

static void agrees(const struct sl_conv_shape *s, enum sl_conv_way way)
{
    struct sl_conv *fast, *plain;
    assert_int_equal(sl_conv_new(s, 1, way, &fast, NULL), SL_OK);
    assert_int_equal(sl_conv_new(s, 1, SL_CONV_PLAIN, &plain, NULL), SL_OK);
    struct arrays a = compute(s, fast), b = compute(s, plain);
    size_t window = (size_t)(s->side * s->side);
    for (size_t i = 0; i < a.ny; i++)
        b.y[i] = is_read(s, i) ? b.y[i] : a.y[i];
    assert_near(a.y, b.y, a.ny, window * (size_t)s->channels, way);
    assert_near(a.dx, b.dx, a.nx, window * (size_t)s->filters, way);
    assert_near(a.dw, b.dw, a.nw, 4 * a.ny / a.nb, way);
    assert_near(a.db, b.db, a.nb, 4 * a.ny / a.nb, way);
    free_arrays(&a);
    free_arrays(&b);
    sl_conv_free(fast);
    sl_conv_free(plain);
}

static void agrees_with_the_definition(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SHAPES; i++) {
        agrees(&shapes[i], SL_CONV_BEST);
        agrees(&shapes[i], SL_CONV_DIRECT);
        agrees(&shapes[i], SL_CONV_WINOGRAD);
    }
}

/* Those that are marked so, and those of the default network. */
static void shapes_find_their_ways(void **state)
{
    (void)state;
    assert_true(sl_winograd_suits(&shapes[2]) && sl_winograd_suits(&shapes[9]));
    for (size_t i = 11; i < N_SHAPES - 3; i++)
        assert_true(sl_winograd_suits(&shapes[i]));
    for (size_t i = N_SHAPES - 3; i < N_SHAPES; i++)
        assert_true(sl_conv_grey_suits(&shapes[i]));
    assert_false(sl_winograd_suits(&shapes[1]) || sl_winograd_suits(&shapes[3]) ||
                 sl_winograd_suits(&shapes[6]));
}

static void forward_only_plans_compute_forward(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SHAPES; i++) {
        struct sl_conv *both, *forward;
        assert_int_equal(sl_conv_new(&shapes[i], 1, SL_CONV_BEST, &both, NULL), SL_OK);
        assert_int_equal(sl_conv_new(&shapes[i], 0, SL_CONV_BEST, &forward, NULL), SL_OK);
        struct arrays a = compute(&shapes[i], both), b = make_arrays(&shapes[i], forward);
        assert_int_equal(sl_conv_pack(forward, b.w, b.packed, b.scratch), SL_OK);
        assert_int_equal(sl_conv_forward(forward, b.packed, b.b, b.x, b.y, b.scratch), SL_OK);
        assert_near(b.y, a.y, a.ny, (size_t)(shapes[i].side * shapes[i].side * shapes[i].channels),
                    SL_CONV_BEST);
        free_arrays(&a);
        free_arrays(&b);
        sl_conv_free(both);
        sl_conv_free(forward);
    }
}

static void serves_several_threads(enum sl_conv_way way)
{
    struct sl_conv *conv;
    enum { THREADS = 4 };
    struct arrays a[THREADS];
    assert_int_equal(sl_conv_new(&shapes[2], 1, way, &conv, NULL), SL_OK);
#pragma omp parallel for num_threads(THREADS)
    for (int t = 0; t < THREADS; t++)
        a[t] = compute(&shapes[2], conv);
    for (int t = 1; t < THREADS; t++) {
        assert_memory_equal(a[t].y, a[0].y, a[0].ny * sizeof(float));
        assert_memory_equal(a[t].dx, a[0].dx, a[0].nx * sizeof(float));
        assert_memory_equal(a[t].dw, a[0].dw, a[0].nw * sizeof(float));
    }
    for (int t = 0; t < THREADS; t++)
        free_arrays(&a[t]);
    sl_conv_free(conv);
}

static void one_plan_serves_several_threads(void **state)
{
    (void)state;
    serves_several_threads(SL_CONV_DIRECT);
    serves_several_threads(SL_CONV_WINOGRAD);
}

/* With a pooling ------------------------------------------------------------------------------------ */

static const struct sl_conv_shape grey_shapes[] = {
    ALL(3, 28, 28, 1, 32, 3, 1, 0), /* all outputs are pooled */
    ALL(2, 9, 12, 1, 16, 3, 1, 0),  /* a line of outputs is not */
    ALL(3, 7, 5, 1, 48, 3, 1, 1),
    ALL(1, 4, 6, 1, 16, 3, 1, 2),
};
enum { N_GREY = sizeof grey_shapes / sizeof *grey_shapes };

/* What a plan with a pooling gives, and what the definition of both gives: size numbers of each output. */
struct pooled {
    size_t size, nw, nb;
    float *y, *y_plain, *dw, *dw_plain; /* dw (nw + nb) */
    int32_t *from;
};

/* Places of the four outputs of pooled element i in the convolution's. */
static void places_of(const struct sl_conv_shape *s, size_t i, size_t at[4])
{
    size_t high = (size_t)sl_conv_out(s->height, 3, 1, s->padding),
           wide = (size_t)sl_conv_out(s->width, 3, 1, s->padding);
    size_t filters = (size_t)s->filters, filter = i % filters, pixel = i / filters;
    size_t column = pixel % (wide / 2), line = pixel / (wide / 2) % (high / 2),
           row = pixel / (wide / 2) / (high / 2);
    for (size_t k = 0; k < 4; k++)
        at[k] = ((row * high + 2 * line + k / 2) * wide + 2 * column + k % 2) * filters + filter;
}

static void pool_plainly(const struct sl_conv_shape *s, const struct arrays *a, const float *dy,
                         struct pooled *p)
{
    float *y = sl_alloc(a->ny, sizeof *y), *d = sl_alloc_zero(a->ny, sizeof *d);
    sl_conv_plain_forward(s, a->w, a->b, a->x, y);
    for (size_t i = 0; i < p->size; i++) {
        size_t at[4];
        places_of(s, i, at);
        p->y_plain[i] = y[at[0]];
        for (size_t k = 1; k < 4; k++)
            p->y_plain[i] = fmaxf(p->y_plain[i], y[at[k]]);
        assert_in_range(p->from[i], 0, 3);
        assert_true(fabsf(y[at[p->from[i]]] - p->y_plain[i]) < 1e-5f);
        d[at[p->from[i]]] = dy[i];
    }
    sl_conv_plain_gradient(s, a->x, d, p->dw_plain, p->dw_plain + p->nw);
    free(y);
    free(d);
}

static struct pooled pool(const struct sl_conv_shape *s)
{
    struct sl_conv *conv;
    struct pooled p = {.nw = 9 * (size_t)s->filters, .nb = (size_t)s->filters};
    assert_int_equal(sl_conv_new(s, 1, SL_CONV_WINOGRAD, &conv, NULL), SL_OK);
    assert_true(sl_conv_pools(conv));
    struct arrays a = make_arrays(s, conv);
    for (size_t i = 0; i < a.nx; i++) /* the background of an image, in which some windows see nothing else */
        a.x[i] = i % (size_t)s->width < (size_t)s->width / 2 || i % 7 == 0 ? 0 : a.x[i];
    p.size = s->rows *
             (size_t)(sl_conv_out(s->height, 3, 1, s->padding) / 2 *
                      (sl_conv_out(s->width, 3, 1, s->padding) / 2)) *
             (size_t)s->filters;
    float *dy = random_floats(p.size, 11), *only = random_floats(p.size, 12);
    p.y = random_floats(p.size, 13);
    p.y_plain = random_floats(p.size, 14);
    p.from = sl_alloc(p.size, sizeof *p.from);
    p.dw = random_floats(p.nw + p.nb, 15);
    p.dw_plain = sl_alloc_zero(p.nw + p.nb, sizeof *p.dw_plain);
    sl_conv_pooled(conv, a.w, a.b, a.x, p.y, p.from, a.scratch);
    sl_conv_pooled(conv, a.w, a.b, a.x, only, NULL, a.scratch);
    assert_memory_equal(p.y, only, p.size * sizeof *only);
    for (int twice = 0; twice < 2; twice++)
        sl_conv_gradient_pooled(conv, a.x, dy, p.from, a.sum, a.scratch);
    assert_int_equal(sl_conv_unpack(conv, a.sum, p.dw, p.dw + p.nw, a.scratch), SL_OK);
    for (int twice = 0; twice < 2; twice++)
        pool_plainly(s, &a, dy, &p);
    free(dy);
    free(only);
    free_arrays(&a);
    sl_conv_free(conv);
    return p;
}

static void grey_images_are_pooled_in_one_go(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_GREY; i++) {
        struct pooled p = pool(&grey_shapes[i]);
        assert_near(p.y, p.y_plain, p.size, 9, SL_CONV_DIRECT);
        assert_near(p.dw, p.dw_plain, p.nw + p.nb, 4 * p.size / p.nb, SL_CONV_DIRECT);
        free(p.y);
        free(p.y_plain);
        free(p.dw);
        free(p.dw_plain);
        free(p.from);
    }
}

/* Of equals the first: a constant image. */
static void ties_go_to_the_first_place(void **state)
{
    const struct sl_conv_shape s = ALL(1, 6, 6, 1, 16, 3, 1, 0);
    float x[36], w[9 * 16], bias[16] = {0}, y[4 * 16];
    int32_t from[4 * 16];
    (void)state;
    for (size_t i = 0; i < 36; i++)
        x[i] = 1;
    for (size_t i = 0; i < 9 * 16; i++)
        w[i] = 0.25f * (float)(i % 5);
    sl_conv_pooled_forward(&s, w, bias, x, y, from, NULL);
    for (size_t i = 0; i < 4 * 16; i++)
        assert_int_equal(from[i], 0);
}

static void other_shapes_are_not_pooled(void **state)
{
    static const struct sl_conv_shape others[] = {
        ALL(1, 28, 28, 2, 32, 3, 1, 0), ALL(1, 28, 28, 1, 24, 3, 1, 0), ALL(1, 28, 28, 1, 32, 5, 1, 0),
        ALL(1, 28, 28, 1, 32, 3, 2, 0), ALL(1, 3, 28, 1, 32, 3, 1, 0),
    };
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(sl_conv_pooled_suits(&others[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_definition),
        cmocka_unit_test(shapes_find_their_ways),
        cmocka_unit_test(forward_only_plans_compute_forward),
        cmocka_unit_test(one_plan_serves_several_threads),
        cmocka_unit_test(grey_images_are_pooled_in_one_go),
        cmocka_unit_test(ties_go_to_the_first_place),
        cmocka_unit_test(other_shapes_are_not_pooled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
