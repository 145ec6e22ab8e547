/* conv_onednn.c - convolution by oneDNN, whose C API of version 2 and of version 3 differ.
 *
 * oneDNN chooses how it wants the weights arranged, for each direction anew: sl_onednn_pack brings them there
 * once a step, and sl_onednn_unpack brings the sum of the gradients back.  Images stay as they are, channels
 * last.  Primitives are made and run for one thread: the caller divides the images among threads.  Scratch is
 * the caller's, so that a plan is never written to.
 * Cost O(rows out_height out_width filters side^2 channels) each. */
#include "kernels/conv/conv_onednn.h"
#include "core/memory.h"
#include <dnnl.h>
#include <errno.h>
#include <omp.h>
#include <shortlist/error.h>
#include <stdint.h>

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

struct sl_onednn_conv {
    dnnl_engine_t engine;
    struct op ops[N_OPS];
    struct sl_onednn_sizes sizes;
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
static int describe(struct sl_onednn_conv *c, struct problem *p, int what, int backward,
                    dnnl_primitive_attr_t attr)
{
    const dnnl_alg_kind_t direct = dnnl_convolution_direct;
    dnnl_primitive_desc_t hint = c->ops[FORWARD].desc, *out = &c->ops[what].desc;
    if (what == FORWARD)
        return dnnl_convolution_forward_primitive_desc_create(
            out, c->engine, backward ? dnnl_forward_training : dnnl_forward_inference, direct, p->x.desc,
            p->w_any.desc, p->bias.desc, p->y.desc, p->strides, p->dilates, p->padding, p->padding, attr);
    if (what == BACKWARD)
        return dnnl_convolution_backward_data_primitive_desc_create(
            out, c->engine, direct, p->x.desc, p->w_any.desc, p->y.desc, p->strides, p->dilates, p->padding,
            p->padding, hint, attr);
    return dnnl_convolution_backward_weights_primitive_desc_create(
        out, c->engine, direct, p->x.desc, p->w_any.desc, p->bias.desc, p->y.desc, p->strides, p->dilates,
        p->padding, p->padding, hint, attr);
}
#else
static int describe(struct sl_onednn_conv *c, struct problem *p, int what, int backward,
                    dnnl_primitive_attr_t attr)
{
    const dnnl_alg_kind_t direct = dnnl_convolution_direct;
    dnnl_primitive_desc_t hint = what == FORWARD ? NULL : c->ops[FORWARD].desc;
    dnnl_convolution_desc_t desc;
    int code;
    if (what == FORWARD)
        code = dnnl_convolution_forward_desc_init(
            &desc, backward ? dnnl_forward_training : dnnl_forward_inference, direct, p->x.desc,
            p->w_any.desc, p->bias.desc, p->y.desc, p->strides, p->padding, p->padding);
    else if (what == BACKWARD)
        code = dnnl_convolution_backward_data_desc_init(&desc, direct, p->x.desc, p->w_any.desc, p->y.desc,
                                                        p->strides, p->padding, p->padding);
    else
        code =
            dnnl_convolution_backward_weights_desc_init(&desc, direct, p->x.desc, p->w_any.desc, p->bias.desc,
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

static int finish(struct sl_onednn_conv *c, struct op *op)
{
    size_t scratchpad = floats_of(op, dnnl_query_scratchpad_md);
    if (scratchpad > c->sizes.scratch)
        c->sizes.scratch = scratchpad;
    return dnnl_primitive_create(&op->primitive, op->desc);
}

static int make_convolution(struct sl_onednn_conv *c, struct problem *p, int what, int backward,
                            dnnl_primitive_attr_t attr)
{
    int code = describe(c, p, what, backward, attr);
    return code ? code : finish(c, &c->ops[what]);
}

static int make_reorder(struct sl_onednn_conv *c, int what, layout_t from, layout_t to,
                        dnnl_primitive_attr_t attr)
{
    int code = dnnl_reorder_primitive_desc_create(&c->ops[what].desc, from, c->engine, to, c->engine, attr);
    return code ? code : finish(c, &c->ops[what]);
}

static int make_gradient(struct sl_onednn_conv *c, struct problem *p, dnnl_primitive_attr_t attr)
{
    int code = make_convolution(c, p, GRADIENT, 1, attr);
    if (code)
        return code;
    c->sizes.gradient = floats_of(&c->ops[GRADIENT], dnnl_query_diff_weights_md);
    layout_t gradient = layout_of(&c->ops[GRADIENT], dnnl_query_diff_weights_md, 0);
    return make_reorder(c, UNPACK_GRADIENT, gradient, p->w_plain.desc, attr);
}

static int make_all(struct sl_onednn_conv *c, struct problem *p, int backward, int gradient,
                    dnnl_primitive_attr_t attr)
{
    struct op *ops = c->ops;
    int code = make_convolution(c, p, FORWARD, backward, attr);
    if (!code)
        code = make_reorder(c, PACK_FORWARD, p->w_plain.desc,
                            layout_of(&ops[FORWARD], dnnl_query_weights_md, 0), attr);
    if (code)
        return code;
    c->sizes.forward = floats_of(&ops[FORWARD], dnnl_query_weights_md);
    if (!backward)
        return code;
    code = make_convolution(c, p, BACKWARD, 1, attr);
    if (!code)
        code = make_reorder(c, PACK_BACKWARD, p->w_plain.desc,
                            layout_of(&ops[BACKWARD], dnnl_query_weights_md, 0), attr);
    if (code)
        return code;
    c->sizes.backward = floats_of(&ops[BACKWARD], dnnl_query_weights_md);
    return gradient ? make_gradient(c, p, attr) : SL_OK;
}

/* Everything of oneDNN's; not SL_OK where it has no implementation. */
static int make_primitives(struct sl_onednn_conv *c, const struct sl_conv_shape *shape, int backward,
                           int gradient)
{
    struct problem *problem = sl_alloc_zero(1, sizeof *problem);
    dnnl_primitive_attr_t attr = NULL;
    if (!problem)
        return dnnl_out_of_memory;
    int threads = omp_get_max_threads();
    omp_set_num_threads(1); /* primitives divide their work when they are made */
    int code = problem_init(problem, shape);
    if (!code)
        code = dnnl_engine_create(&c->engine, dnnl_cpu, 0);
    if (!code)
        code = dnnl_primitive_attr_create(&attr);
    if (!code)
        code = dnnl_primitive_attr_set_scratchpad_mode(attr, dnnl_scratchpad_mode_user);
    if (!code)
        code = make_all(c, problem, backward, gradient, attr);
    problem_release(problem);
    free(problem);
    if (attr)
        dnnl_primitive_attr_destroy(attr);
    omp_set_num_threads(threads);
    return code;
}

void sl_onednn_conv_free(struct sl_onednn_conv *conv)
{
    if (!conv)
        return;
    for (int i = 0; i < N_OPS; i++) {
        if (conv->ops[i].primitive)
            dnnl_primitive_destroy(conv->ops[i].primitive);
        if (conv->ops[i].desc)
            dnnl_primitive_desc_destroy(conv->ops[i].desc);
    }
    if (conv->engine)
        dnnl_engine_destroy(conv->engine);
    free(conv);
}

/* For want of memory oneDNN may go over to another implementation, or say that there is none: errno knows. */
int sl_onednn_conv_new(const struct sl_conv_shape *shape, int backward, int gradient,
                       struct sl_onednn_sizes *sizes, struct sl_onednn_conv **out)
{
    struct sl_onednn_conv *c = sl_alloc_zero(1, sizeof *c);
    *out = NULL;
    if (!c)
        return SL_ENOMEM;
    errno = 0;
    int status = make_primitives(c, shape, backward, gradient);
    int no_memory = errno == ENOMEM || status == dnnl_out_of_memory;
    if (status || no_memory) {
        sl_onednn_conv_free(c);
        return no_memory ? SL_ENOMEM : SL_OK;
    }
    *sizes = c->sizes;
    *out = c;
    return SL_OK;
}

/* Computing ---------------------------------------------------------------------------------------- */

/* An array of a call: what it is to oneDNN, how it is laid out, where it lies. */
struct argument {
    int role;
    dnnl_query_t layout;
    int index;
    const float *at;
};

static int execute(const struct sl_onednn_conv *c, int what, const struct argument *arguments, int n)
{
    dnnl_exec_arg_t args[6] = {{0}};
    dnnl_stream_t stream = NULL;
    int threads = omp_get_max_threads(), made = 0;
    omp_set_num_threads(1);
    int code = dnnl_stream_create(&stream, c->engine, dnnl_stream_default_flags);
    for (int i = 0; !code && i < n; i++, made += !code) {
        args[i].arg = arguments[i].role;
        code = dnnl_memory_create(&args[i].memory,
                                  layout_of(&c->ops[what], arguments[i].layout, arguments[i].index),
                                  c->engine, (void *)(uintptr_t)arguments[i].at);
    }
    if (!code)
        code = dnnl_primitive_execute(c->ops[what].primitive, stream, n, args);
    for (int i = 0; i < made; i++)
        dnnl_memory_destroy(args[i].memory);
    if (stream)
        dnnl_stream_destroy(stream);
    omp_set_num_threads(threads);
    return code == dnnl_out_of_memory ? SL_ENOMEM : code ? SL_EINTERNAL : SL_OK;
}

static int reorder(const struct sl_onednn_conv *c, int what, const float *from, float *to, float *scratch)
{
    const struct argument arguments[] = {
        {DNNL_ARG_FROM, dnnl_query_src_md, 0, from},
        {DNNL_ARG_TO, dnnl_query_dst_md, 0, to},
        {DNNL_ARG_SCRATCHPAD, dnnl_query_scratchpad_md, 0, scratch},
    };
    return execute(c, what, arguments, 3);
}

int sl_onednn_pack(const struct sl_onednn_conv *c, const float *w, float *forward, float *backward,
                   float *scratch)
{
    int code = reorder(c, PACK_FORWARD, w, forward, scratch);
    return code || !backward ? code : reorder(c, PACK_BACKWARD, w, backward, scratch);
}

int sl_onednn_forward(const struct sl_onednn_conv *c, const float *packed, const float *bias, const float *x,
                      float *y, float *scratch)
{
    const struct argument arguments[] = {
        {DNNL_ARG_SRC, dnnl_query_src_md, 0, x},
        {DNNL_ARG_WEIGHTS, dnnl_query_weights_md, 0, packed},
        {DNNL_ARG_BIAS, dnnl_query_weights_md, 1, bias},
        {DNNL_ARG_DST, dnnl_query_dst_md, 0, y},
        {DNNL_ARG_SCRATCHPAD, dnnl_query_scratchpad_md, 0, scratch},
    };
    return execute(c, FORWARD, arguments, 5);
}

int sl_onednn_backward(const struct sl_onednn_conv *c, const float *packed, const float *dy, float *dx,
                       float *scratch)
{
    const struct argument arguments[] = {
        {DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md, 0, dy},
        {DNNL_ARG_WEIGHTS, dnnl_query_weights_md, 0, packed},
        {DNNL_ARG_DIFF_SRC, dnnl_query_diff_src_md, 0, dx},
        {DNNL_ARG_SCRATCHPAD, dnnl_query_scratchpad_md, 0, scratch},
    };
    return execute(c, BACKWARD, arguments, 4);
}

int sl_onednn_gradient(const struct sl_onednn_conv *c, const float *x, const float *dy, float *dw,
                       float *dbias, float *scratch)
{
    const struct argument arguments[] = {
        {DNNL_ARG_SRC, dnnl_query_src_md, 0, x},
        {DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md, 0, dy},
        {DNNL_ARG_DIFF_WEIGHTS, dnnl_query_diff_weights_md, 0, dw},
        {DNNL_ARG_DIFF_BIAS, dnnl_query_diff_weights_md, 1, dbias},
        {DNNL_ARG_SCRATCHPAD, dnnl_query_scratchpad_md, 0, scratch},
    };
    return execute(c, GRADIENT, arguments, 5);
}

int sl_onednn_unpack(const struct sl_onednn_conv *c, const float *packed, float *dw, float *scratch)
{
    return reorder(c, UNPACK_GRADIENT, packed, dw, scratch);
}
