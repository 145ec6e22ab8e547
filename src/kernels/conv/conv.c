/* conv.c - which way a convolution is computed: by oneDNN (conv_onednn.c), by winograd.c, grey images by
 * conv_grey.c and conv_pooled.c, and where nothing else serves by the definition (conv_plain.c). */
#include "kernels/conv/conv.h"
#include "core/memory.h"
#include "kernels/conv/conv_grey.h"
#include "kernels/conv/conv_onednn.h"
#include "kernels/conv/conv_plain.h"
#include "kernels/conv/conv_pooled.h"
#include "kernels/conv/winograd.h"
#include "kernels/dispatch.h"
#include <string.h>

struct sl_conv {
    struct sl_conv_shape shape;
    enum sl_conv_way way;          /* never SL_CONV_BEST */
    int grey;                      /* the gradient is conv_grey.c's */
    struct sl_onednn_conv *onednn; /* of SL_CONV_DIRECT */
    size_t weights;                /* floats, as the caller has them */
    size_t packed[2];              /* floats, as forward and backward want them */
    size_t packed_gradient;        /* floats, as gradient gives them */
    size_t scratchpad;             /* floats, of the direction that wants most */
};

/* Winograd's way takes less than half of the direct one's time where both have AVX2 (Zen 3), grey images'
 * gradient a third, and forward and gradient with a pooling half; with AVX-512 on a Zen 4 it was the faster
 * one even with registers of AVX2.  `bench/kernels convolution` compares the ways for the shapes of all nets.
 */
static void choose_way(struct sl_conv *c, enum sl_conv_way way)
{
    if (way == SL_CONV_BEST)
        way = sl_cpu_kind >= SL_CPU_AVX2 ? SL_CONV_WINOGRAD : SL_CONV_DIRECT;
    c->grey = way == SL_CONV_WINOGRAD && sl_conv_grey_suits(&c->shape);
    c->way = way == SL_CONV_WINOGRAD && !sl_winograd_suits(&c->shape) ? SL_CONV_DIRECT : way;
}

/* What the plan wants of oneDNN, and how much memory that takes; onednn stays NULL where it cannot serve. */
static int prepare_direct(struct sl_conv *c, int backward)
{
    struct sl_onednn_sizes sizes;
    int code = sl_onednn_conv_new(&c->shape, backward, backward && !c->grey, &sizes, &c->onednn);
    if (!c->onednn)
        return code;
    c->packed[0] = sizes.forward;
    c->packed[1] = sizes.backward;
    c->packed_gradient = backward && !c->grey ? sizes.gradient : c->weights;
    size_t grey = c->grey ? sl_conv_grey_scratch_size(&c->shape) : 0;
    c->scratchpad = sizes.scratch > grey ? sizes.scratch : grey;
    return SL_OK;
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
    int code = c->way == SL_CONV_DIRECT ? prepare_direct(c, backward) : SL_OK;
    if (code) {
        sl_conv_free(c);
        *out = NULL;
        return sl_fail_memory(err);
    }
    if (c->onednn)
        return SL_OK;
    c->packed_gradient = c->packed[0] = c->weights;
    if (c->way == SL_CONV_WINOGRAD) {
        c->packed[0] = sl_winograd_packed_size(shape);
        c->packed[1] = backward ? c->packed[0] : 0;
        c->scratchpad = sl_winograd_scratch_size(shape);
    } else {
        c->way = SL_CONV_PLAIN;
        c->grey = 0;
    }
    return SL_OK;
}

void sl_conv_free(struct sl_conv *conv)
{
    if (!conv)
        return;
    sl_onednn_conv_free(conv->onednn);
    free(conv);
}

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

int sl_conv_pack(const struct sl_conv *c, const float *w, float *packed, float *scratch)
{
    float *backward = c->packed[1] ? packed + c->packed[0] : NULL;
    if (c->way == SL_CONV_DIRECT)
        return sl_onednn_pack(c->onednn, w, packed, backward, scratch);
    if (c->way == SL_CONV_WINOGRAD)
        sl_winograd_pack(&c->shape, w, packed, backward);
    else
        memcpy(packed, w, c->weights * sizeof *w);
    return SL_OK;
}

int sl_conv_forward(const struct sl_conv *c, const float *packed, const float *bias, const float *x, float *y,
                    float *scratch)
{
    if (c->way == SL_CONV_DIRECT)
        return sl_onednn_forward(c->onednn, packed, bias, x, y, scratch);
    if (c->way == SL_CONV_WINOGRAD)
        sl_winograd_forward(&c->shape, packed, bias, x, y, scratch);
    else
        sl_conv_plain_forward(&c->shape, packed, bias, x, y);
    return SL_OK;
}

int sl_conv_backward(const struct sl_conv *c, const float *packed, const float *dy, float *dx, float *scratch)
{
    if (c->way == SL_CONV_DIRECT)
        return sl_onednn_backward(c->onednn, packed + c->packed[0], dy, dx, scratch);
    if (c->way == SL_CONV_WINOGRAD)
        sl_winograd_backward(&c->shape, packed + c->packed[0], dy, dx, scratch);
    else
        sl_conv_plain_backward(&c->shape, packed, dy, dx);
    return SL_OK;
}

SL_CLONED_VOID(static, add, (float *restrict to, const float *restrict from, size_t n), (to, from, n))
{
    for (size_t i = 0; i < n; i++)
        to[i] += from[i];
}

int sl_conv_gradient(const struct sl_conv *c, const float *x, const float *dy, float *sum, float *scratch)
{
    float *one = scratch + c->scratchpad;
    if (c->way == SL_CONV_WINOGRAD)
        sl_winograd_gradient(&c->shape, x, dy, sum, sum + c->packed_gradient, scratch);
    if (c->way == SL_CONV_PLAIN)
        sl_conv_plain_gradient(&c->shape, x, dy, sum, sum + c->packed_gradient);
    if (c->grey)
        sl_conv_grey_gradient(&c->shape, x, dy, sum, sum + c->packed_gradient, scratch);
    if (c->way != SL_CONV_DIRECT || c->grey)
        return SL_OK;
    int code = sl_onednn_gradient(c->onednn, x, dy, one, one + c->packed_gradient, scratch);
    if (!code)
        add(sum, one, c->packed_gradient + (size_t)c->shape.filters);
    return code;
}

int sl_conv_pools(const struct sl_conv *c)
{
    return c->grey && sl_conv_pooled_suits(&c->shape);
}

void sl_conv_pooled(const struct sl_conv *c, const float *w, const float *bias, const float *x, float *y,
                    int32_t *from, float *scratch)
{
    sl_conv_pooled_forward(&c->shape, w, bias, x, y, from, scratch);
}

void sl_conv_gradient_pooled(const struct sl_conv *c, const float *x, const float *dy, const int32_t *from,
                             float *sum, float *scratch)
{
    sl_conv_pooled_gradient(&c->shape, x, dy, from, sum, sum + c->packed_gradient, scratch);
}

int sl_conv_unpack(const struct sl_conv *c, const float *sum, float *dw, float *dbias, float *scratch)
{
    if (dbias)
        memcpy(dbias, sum + c->packed_gradient, (size_t)c->shape.filters * sizeof *dbias);
    if (c->way == SL_CONV_DIRECT && !c->grey)
        return sl_onednn_unpack(c->onednn, sum, dw, scratch);
    memcpy(dw, sum, c->weights * sizeof *dw);
    return SL_OK;
}
