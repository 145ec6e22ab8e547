/* conv.c - convolution by oneDNN, whose C API of version 2 and of version 3 differ, or by winograd.c; nothing
 * else in the library sees any of them.
 *
 * oneDNN chooses how it wants the weights arranged, for each direction anew: sl_conv_pack brings them there
 * once a step, and sl_conv_unpack brings the sum of the gradients back.  Images stay as they are, channels last.  Primitives are made
 * and run for one thread: the caller divides the images among threads.  Scratch is the caller's, so that a
 * plan is never written to.
 * Cost O(rows out_height out_width filters side^2 channels) each.  Where oneDNN offers no implementation
 * conv_plain.c stands in. */
#include "kernels/conv.h"
#include "core/memory.h"
#include "kernels/conv_grey.h"
#include "kernels/conv_plain.h"
#include "kernels/dispatch.h"
#include "kernels/winograd.h"
#include <dnnl.h>
#include <omp.h>
#include <stdint.h>
#include <string.h>

#if DNNL_VERSION_MAJOR >= 3
typedef const_dnnl_memory_desc_t layout_t;
#else
typedef const dnnl_memory_desc_t *layout_t;
#endif

/* One thing that oneDNN computes. */
struct op {
    dnnl_primitive_desc_t desc;
    dnnl_primitive_t primitive;
};

enum { FORWARD, BACKWARD, GRADIENT, PACK_FORWARD, PACK_BACKWARD, UNPACK_GRADIENT, N_OPS };

struct sl_conv {
    struct sl_conv_shape shape;
    enum sl_conv_way way;    /* never SL_CONV_BEST */
    int grey;                /* the gradient is conv_grey.c's */
    dnnl_engine_t engine;
    struct op ops[N_OPS];
    size_t weights;          /* floats, as the caller has them */
    size_t packed[2];        /* floats, as forward and backward want them */
    size_t packed_gradient;  /* floats, as gradient gives them */
    size_t scratchpad;       /* floats, of the op that wants most */
};

/* Descriptions ------------------------------------------------------------------------------------- */

/* A memory description that owns what the API's version makes it own. */
struct layout {
#if DNNL_VERSION_MAJOR >= 3
    dnnl_memory_desc_t desc;
#else
    dnnl_memory_desc_t desc[1];
#endif
};

static int layout_init(struct layout *layout, int n, const dnnl_dims_t dims, dnnl_format_tag_t tag)
{
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_memory_desc_create_with_tag(&layout->desc, n, dims, dnnl_f32, tag);
#else
    return dnnl_memory_desc_init_by_tag(layout->desc, n, dims, dnnl_f32, tag);
#endif
}

static void layout_release(struct layout *layout)
{
#if DNNL_VERSION_MAJOR >= 3
    if (layout->desc)
        dnnl_memory_desc_destroy(layout->desc);
#else
    (void)layout;
#endif
}

/* The arrays of a convolution, and its geometry in oneDNN's terms. */
struct problem {
    struct layout x, y, bias, w_any, w_plain;
    dnnl_dims_t strides, dilates, padding;
};

static int problem_init(struct problem *p, const struct sl_conv_shape *s)
{
    dnnl_dim_t out_h = sl_conv_out(s->height, s->side, s->stride, s->padding);
    dnnl_dim_t out_w = sl_conv_out(s->width, s->side, s->stride, s->padding);
    const dnnl_dims_t x = {(dnnl_dim_t)s->rows, s->channels, s->height, s->width};
    const dnnl_dims_t y = {(dnnl_dim_t)s->rows, s->filters, out_h, out_w};
    const dnnl_dims_t w = {s->filters, s->channels, s->side, s->side}, bias = {s->filters};
    *p = (struct problem){.strides = {s->stride, s->stride}, .padding = {s->padding, s->padding}};
    int code = layout_init(&p->x, 4, x, dnnl_nhwc);
    code |= layout_init(&p->y, 4, y, dnnl_nhwc);
    code |= layout_init(&p->bias, 1, bias, dnnl_a);
    code |= layout_init(&p->w_any, 4, w, dnnl_format_tag_any);
    code |= layout_init(&p->w_plain, 4, w, dnnl_hwio);
    return code;
}

static void problem_release(struct problem *p)
{
    layout_release(&p->x);
    layout_release(&p->y);
    layout_release(&p->bias);
    layout_release(&p->w_any);
    layout_release(&p->w_plain);
}

/* Making the primitives ---------------------------------------------------------------------------- */

#if DNNL_VERSION_MAJOR >= 3
/* Padding that a stride leaves unused on the right is oneDNN's to find out. */
static int describe(struct sl_conv *c, struct problem *p, int what, int backward, dnnl_primitive_attr_t attr)
{
    const dnnl_alg_kind_t direct = dnnl_convolution_direct;
    dnnl_primitive_desc_t hint = c->ops[FORWARD].desc, *out = &c->ops[what].desc;
    if (what == FORWARD)
        return dnnl_convolution_forward_primitive_desc_create(
            out, c->engine, backward ? dnnl_forward_training : dnnl_forward_inference, direct, p->x.desc, p->w_any.desc,
            p->bias.desc, p->y.desc, p->strides, p->dilates, p->padding, p->padding, attr);
    if (what == BACKWARD)
        return dnnl_convolution_backward_data_primitive_desc_create(out, c->engine, direct, p->x.desc, p->w_any.desc,
                                                                    p->y.desc, p->strides, p->dilates, p->padding,
                                                                    p->padding, hint, attr);
    return dnnl_convolution_backward_weights_primitive_desc_create(out, c->engine, direct, p->x.desc, p->w_any.desc,
                                                                   p->bias.desc, p->y.desc, p->strides, p->dilates,
                                                                   p->padding, p->padding, hint, attr);
}
#else
static int describe(struct sl_conv *c, struct problem *p, int what, int backward, dnnl_primitive_attr_t attr)
{
    const dnnl_alg_kind_t direct = dnnl_convolution_direct;
    dnnl_primitive_desc_t hint = what == FORWARD ? NULL : c->ops[FORWARD].desc;
    dnnl_convolution_desc_t desc;
    int code;
    if (what == FORWARD)
        code = dnnl_convolution_forward_desc_init(&desc, backward ? dnnl_forward_training : dnnl_forward_inference,
                                                  direct, p->x.desc, p->w_any.desc, p->bias.desc, p->y.desc,
                                                  p->strides, p->padding, p->padding);
    else if (what == BACKWARD)
        code = dnnl_convolution_backward_data_desc_init(&desc, direct, p->x.desc, p->w_any.desc, p->y.desc,
                                                        p->strides, p->padding, p->padding);
    else
        code = dnnl_convolution_backward_weights_desc_init(&desc, direct, p->x.desc, p->w_any.desc, p->bias.desc,
                                                           p->y.desc, p->strides, p->padding, p->padding);
    return code ? code : (int)dnnl_primitive_desc_create(&c->ops[what].desc, &desc, attr, c->engine, hint);
}
#endif

/* index 1 of the weights is the bias */
static layout_t layout_of(const struct op *op, dnnl_query_t what, int index)
{
    return dnnl_primitive_desc_query_md(op->desc, what, index);
}

static size_t floats_of(const struct op *op, dnnl_query_t what)
{
    return (dnnl_memory_desc_get_size(layout_of(op, what, 0)) + 63) / 64 * 16; /* whole cache lines */
}

static int finish(struct sl_conv *c, struct op *op)
{
    size_t scratchpad = floats_of(op, dnnl_query_scratchpad_md);
    if (scratchpad > c->scratchpad)
        c->scratchpad = scratchpad;
    return dnnl_primitive_create(&op->primitive, op->desc);
}

static int make_convolution(struct sl_conv *c, struct problem *p, int what, int backward, dnnl_primitive_attr_t attr)
{
    int code = describe(c, p, what, backward, attr);
    return code ? code : finish(c, &c->ops[what]);
}

static int make_reorder(struct sl_conv *c, int what, layout_t from, layout_t to, dnnl_primitive_attr_t attr)
{
    int code = dnnl_reorder_primitive_desc_create(&c->ops[what].desc, from, c->engine, to, c->engine, attr);
    return code ? code : finish(c, &c->ops[what]);
}

static int make_gradient(struct sl_conv *c, struct problem *p, dnnl_primitive_attr_t attr)
{
    int code = make_convolution(c, p, GRADIENT, 1, attr);
    if (code)
        return code;
    c->packed_gradient = floats_of(&c->ops[GRADIENT], dnnl_query_diff_weights_md);
    layout_t gradient = layout_of(&c->ops[GRADIENT], dnnl_query_diff_weights_md, 0);
    return make_reorder(c, UNPACK_GRADIENT, gradient, p->w_plain.desc, attr);
}

static int make_all(struct sl_conv *c, struct problem *p, int backward, dnnl_primitive_attr_t attr)
{
    struct op *ops = c->ops;
    int code = make_convolution(c, p, FORWARD, backward, attr);
    if (!code)
        code = make_reorder(c, PACK_FORWARD, p->w_plain.desc, layout_of(&ops[FORWARD], dnnl_query_weights_md, 0), attr);
    if (code)
        return code;
    c->packed[0] = floats_of(&ops[FORWARD], dnnl_query_weights_md);
    if (!backward)
        return code;
    code = make_convolution(c, p, BACKWARD, 1, attr);
    if (!code)
        code = make_reorder(c, PACK_BACKWARD, p->w_plain.desc, layout_of(&ops[BACKWARD], dnnl_query_weights_md, 0), attr);
    if (code)
        return code;
    c->packed[1] = floats_of(&ops[BACKWARD], dnnl_query_weights_md);
    return c->grey ? SL_OK : make_gradient(c, p, attr);
}

/* Everything of oneDNN's; not SL_OK where it has no implementation. */
static int make_primitives(struct sl_conv *c, int backward)
{
    struct problem problem;
    dnnl_primitive_attr_t attr = NULL;
    int threads = omp_get_max_threads();
    omp_set_num_threads(1); /* primitives divide their work when they are made */
    int code = problem_init(&problem, &c->shape);
    if (!code)
        code = dnnl_engine_create(&c->engine, dnnl_cpu, 0);
    if (!code)
        code = dnnl_primitive_attr_create(&attr);
    if (!code)
        code = dnnl_primitive_attr_set_scratchpad_mode(attr, dnnl_scratchpad_mode_user);
    if (!code)
        code = make_all(c, &problem, backward, attr);
    problem_release(&problem);
    if (attr)
        dnnl_primitive_attr_destroy(attr);
    omp_set_num_threads(threads);
    return code;
}

static void release_primitives(struct sl_conv *c)
{
    for (int i = 0; i < N_OPS; i++) {
        if (c->ops[i].primitive)
            dnnl_primitive_destroy(c->ops[i].primitive);
        if (c->ops[i].desc)
            dnnl_primitive_desc_destroy(c->ops[i].desc);
        c->ops[i] = (struct op){0};
    }
    if (c->engine)
        dnnl_engine_destroy(c->engine);
    c->engine = NULL;
}

/* Measured with AVX2 on a Zen 3, where Winograd's way takes less than half of the direct one's time, and grey
 * images' gradient a third; nobody has measured either with AVX-512, where oneDNN's kernels have twice the
 * width and ours would not. */
static int ours_pay(void)
{
    int isa = (int)dnnl_get_effective_cpu_isa(), wide = dnnl_cpu_isa_avx512_core;
    return (isa & dnnl_cpu_isa_avx2) == dnnl_cpu_isa_avx2 && (isa & wide) != wide;
}

static void choose_way(struct sl_conv *c, enum sl_conv_way way)
{
    if (way == SL_CONV_BEST)
        way = ours_pay() ? SL_CONV_WINOGRAD : SL_CONV_DIRECT;
    c->grey = way == SL_CONV_WINOGRAD && sl_conv_grey_suits(&c->shape);
    c->way = way == SL_CONV_WINOGRAD && !sl_winograd_suits(&c->shape) ? SL_CONV_DIRECT : way;
}

int sl_conv_new(const struct sl_conv_shape *shape, int backward, enum sl_conv_way way, struct sl_conv **out,
                struct sl_error *err)
{
    struct sl_conv *c = sl_alloc_zero(1, sizeof *c);
    *out = c;
    if (!c)
        return sl_fail_memory(err);
    c->shape = *shape;
    c->weights = (size_t)shape->side * (size_t)shape->side * (size_t)shape->channels * (size_t)shape->filters;
    choose_way(c, way);
    c->packed_gradient = c->weights;
    if (c->grey)
        c->scratchpad = sl_conv_grey_scratch_size(shape);
    if (c->way == SL_CONV_DIRECT && make_primitives(c, backward)) {
        release_primitives(c);
        c->way = SL_CONV_PLAIN;
        c->grey = 0;
    }
    if (c->way == SL_CONV_DIRECT)
        return SL_OK;
    c->packed_gradient = c->packed[0] = c->weights;
    c->packed[1] = c->scratchpad = 0;
    if (c->way == SL_CONV_WINOGRAD) {
        c->packed[0] = sl_winograd_packed_size(shape);
        c->packed[1] = backward ? c->packed[0] : 0;
        c->scratchpad = sl_winograd_scratch_size(shape);
    }
    return SL_OK;
}

void sl_conv_free(struct sl_conv *conv)
{
    if (!conv)
        return;
    release_primitives(conv);
    free(conv);
}

/* Computing ---------------------------------------------------------------------------------------- */

static size_t round_up(size_t n)
{
    return (n + 15) / 16 * 16; /* 64 bytes of floats */
}

size_t sl_conv_packed_size(const struct sl_conv *conv)
{
    return conv->packed[0] + conv->packed[1];
}

size_t sl_conv_sum_size(const struct sl_conv *c)
{
    return c->packed_gradient + round_up((size_t)c->shape.filters);
}

size_t sl_conv_scratch_size(const struct sl_conv *c)
{
    return c->scratchpad + sl_conv_sum_size(c);
}

/* An array of a call: what it is to oneDNN, how it is laid out, where it lies. */
struct argument {
    int role;
    dnnl_query_t layout;
    int index;
    const float *at;
};

static int execute(const struct sl_conv *c, int what, const struct argument *arguments, int n)
{
    dnnl_exec_arg_t args[6] = {{0}};
    dnnl_stream_t stream = NULL;
    int threads = omp_get_max_threads(), made = 0;
    omp_set_num_threads(1);
    int code = dnnl_stream_create(&stream, c->engine, dnnl_stream_default_flags);
    for (int i = 0; !code && i < n; i++, made += !code) {
        args[i].arg = arguments[i].role;
        code = dnnl_memory_create(&args[i].memory, layout_of(&c->ops[what], arguments[i].layout, arguments[i].index), c->engine,
                                  (void *)(uintptr_t)arguments[i].at);
    }
    if (!code)
        code = dnnl_primitive_execute(c->ops[what].primitive, stream, n, args);
    for (int i = 0; i < made; i++)
        dnnl_memory_destroy(args[i].memory);
    if (stream)
        dnnl_stream_destroy(stream);
    omp_set_num_threads(threads);
    return code ? SL_EINTERNAL : SL_OK;
}

static int reorder(const struct sl_conv *c, int what, const float *from, float *to, float *scratch)
{
    const struct argument arguments[] = {
        {DNNL_ARG_FROM, dnnl_query_src_md, 0, from},
        {DNNL_ARG_TO, dnnl_query_dst_md, 0, to},
        {DNNL_ARG_SCRATCHPAD, dnnl_query_scratchpad_md, 0, scratch},
    };
    return execute(c, what, arguments, 3);
}

static int reorder_weights(const struct sl_conv *c, const float *w, float *packed, float *scratch)
{
    int code = reorder(c, PACK_FORWARD, w, packed, scratch);
    if (!code && c->packed[1])
        code = reorder(c, PACK_BACKWARD, w, packed + c->packed[0], scratch);
    return code;
}

int sl_conv_pack(const struct sl_conv *c, const float *w, float *packed, float *scratch)
{
    if (c->way == SL_CONV_DIRECT)
        return reorder_weights(c, w, packed, scratch);
    if (c->way == SL_CONV_WINOGRAD)
        sl_winograd_pack(&c->shape, w, packed, c->packed[1] ? packed + c->packed[0] : NULL);
    else
        memcpy(packed, w, c->weights * sizeof *w);
    return SL_OK;
}

int sl_conv_forward(const struct sl_conv *c, const float *packed, const float *bias, const float *x, float *y,
                    float *scratch)
{
    const struct argument arguments[] = {
        {DNNL_ARG_SRC, dnnl_query_src_md, 0, x},
        {DNNL_ARG_WEIGHTS, dnnl_query_weights_md, 0, packed},
        {DNNL_ARG_BIAS, dnnl_query_weights_md, 1, bias},
        {DNNL_ARG_DST, dnnl_query_dst_md, 0, y},
        {DNNL_ARG_SCRATCHPAD, dnnl_query_scratchpad_md, 0, scratch},
    };
    if (c->way == SL_CONV_DIRECT)
        return execute(c, FORWARD, arguments, 5);
    if (c->way == SL_CONV_WINOGRAD)
        sl_winograd_forward(&c->shape, packed, bias, x, y, scratch);
    else
        sl_conv_plain_forward(&c->shape, packed, bias, x, y);
    return SL_OK;
}

int sl_conv_backward(const struct sl_conv *c, const float *packed, const float *dy, float *dx, float *scratch)
{
    const struct argument arguments[] = {
        {DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md, 0, dy},
        {DNNL_ARG_WEIGHTS, dnnl_query_weights_md, 0, packed + c->packed[0]},
        {DNNL_ARG_DIFF_SRC, dnnl_query_diff_src_md, 0, dx},
        {DNNL_ARG_SCRATCHPAD, dnnl_query_scratchpad_md, 0, scratch},
    };
    if (c->way == SL_CONV_DIRECT)
        return execute(c, BACKWARD, arguments, 4);
    if (c->way == SL_CONV_WINOGRAD)
        sl_winograd_backward(&c->shape, packed + c->packed[0], dy, dx, scratch);
    else
        sl_conv_plain_backward(&c->shape, packed, dy, dx);
    return SL_OK;
}

SL_CLONES
static void add(float *restrict to, const float *restrict from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] += from[i];
}

int sl_conv_gradient(const struct sl_conv *c, const float *x, const float *dy, float *sum, float *scratch)
{
    float *one = scratch + c->scratchpad;
    const struct argument arguments[] = {
        {DNNL_ARG_SRC, dnnl_query_src_md, 0, x},
        {DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md, 0, dy},
        {DNNL_ARG_DIFF_WEIGHTS, dnnl_query_diff_weights_md, 0, one},
        {DNNL_ARG_DIFF_BIAS, dnnl_query_diff_weights_md, 1, one + c->packed_gradient},
        {DNNL_ARG_SCRATCHPAD, dnnl_query_scratchpad_md, 0, scratch},
    };
    if (c->way == SL_CONV_WINOGRAD)
        sl_winograd_gradient(&c->shape, x, dy, sum, sum + c->packed_gradient, scratch);
    if (c->way == SL_CONV_PLAIN)
        sl_conv_plain_gradient(&c->shape, x, dy, sum, sum + c->packed_gradient);
    if (c->grey)
        sl_conv_grey_gradient(&c->shape, x, dy, sum, sum + c->packed_gradient, scratch);
    if (c->way != SL_CONV_DIRECT || c->grey)
        return SL_OK;
    int code = execute(c, GRADIENT, arguments, 5);
    if (!code)
        add(sum, one, c->packed_gradient + (size_t)c->shape.filters);
    return code;
}

int sl_conv_unpack(const struct sl_conv *c, const float *sum, float *dw, float *dbias, float *scratch)
{
    if (dbias)
        memcpy(dbias, sum + c->packed_gradient, (size_t)c->shape.filters * sizeof *dbias);
    if (c->way == SL_CONV_DIRECT && !c->grey)
        return reorder(c, UNPACK_GRADIENT, sum, dw, scratch);
    memcpy(dw, sum, c->weights * sizeof *dw);
    return SL_OK;
}
