/* step_segments.c - a step of training depth first: nets with convolutions or batch normalisation.
 *
 * A thread takes a few images through all layers and back while they are in its cache.  Batch normalisation
 * cuts that in segments: before it and, on the way back, behind it all threads meet, and the statistics of
 * tiles are put together (norm.c).  Gradients that come row by row (convolutions) are added up in a fixed
 * number of lanes, each the work of one thread, and the lanes are added in order. */
#include "core/memory.h"
#include "nn/pass/norm.h"
#include "nn/pass/stage.h"
#include "nn/train/step_first.h"
#include <string.h>

enum { LANES_MAX = 8 }; /* groups of tiles with a block of sums of their own */

struct segments {
    size_t n_cuts, *cuts; /* stages that need the whole batch: all threads meet before them */
    int packs;            /* some stage rearranges its weights */
    size_t lanes;
    float *lane_sums; /* (lanes, sum_size) */
};

static int suits(const struct sl_net *net, size_t batch)
{
    (void)batch;
    return net->spatial || net->over_batch;
}

/* Flat rows: as many as keep all lanes at work. */
static struct sl_cut cut(const struct sl_net *net, size_t batch)
{
    enum { LEAST = 8 };
    size_t most = sl_pass_rows(net), share = sl_tiles_of(batch, LANES_MAX);
    if (net->spatial)
        return (struct sl_cut){most, SL_WIDE};
    return (struct sl_cut){share < LEAST ? LEAST : share < most ? share : most, SL_WIDE};
}

/* Stages from a up to b, which is not counted, before which all threads meet. */
static int meets_between(const struct sl_net *net, size_t a, size_t b)
{
    for (size_t s = a; s < b; s++)
        if (sl_over_batch(&net->stages[s]))
            return 1;
    return 0;
}

static int by_columns(const struct sl_stage *stage)
{
    return stage->main && (stage->main->type->flags & SL_BY_COLUMNS);
}

/* Where a dense layer's weights will want it after all rows have passed, and where threads meet between
 * making and using it. */
static int keeps_out(const struct sl_net *net, size_t s)
{
    for (size_t t = s + 1; t < net->n_stages; t++)
        if (net->stages[t].from == s && by_columns(&net->stages[t]))
            return 1;
    return meets_between(net, s + 1, net->n_stages);
}

static int keeps_d(const struct sl_net *net, size_t s)
{
    const struct sl_stage *stage = &net->stages[s];
    return by_columns(stage) || sl_over_batch(stage) || meets_between(net, s, (stage->max_use + 1) / 2);
}

static int begin(struct sl_stepper *stepper, struct sl_error *err)
{
    const struct sl_pass *pass = stepper->pass;
    struct segments *own = sl_alloc_zero(1, sizeof *own);
    stepper->own = own;
    if (!own)
        return sl_fail_memory(err);
    own->lanes = pass->n_row_tiles < LANES_MAX ? pass->n_row_tiles : LANES_MAX;
    own->cuts = sl_alloc_zero(pass->net->n_stages, sizeof *own->cuts);
    own->lane_sums = sl_alloc_zero(pass->sum_size * own->lanes, sizeof *own->lane_sums);
    if (!own->cuts || !own->lane_sums)
        return sl_fail_memory(err);
    for (size_t s = 0; s < pass->net->n_stages; s++) {
        own->packs |= sl_stage_packs(pass, s);
        if (sl_over_batch(&pass->net->stages[s]))
            own->cuts[own->n_cuts++] = s;
    }
    return SL_OK;
}

static void end(void *vown)
{
    struct segments *own = vown;
    if (!own)
        return;
    free(own->cuts);
    free(own->lane_sums);
    free(own);
}

/* Segments ------------------------------------------------------------------------------------------- */

/* Segment 0 ends before the first cut, segment n_cuts with the last stage. */
static int forward_tile(const struct sl_job *job, size_t segment, struct sl_at *at)
{
    const struct segments *own = job->stepper->own;
    size_t begin_stage = segment ? own->cuts[segment - 1] : 1;
    size_t end_stage = segment < own->n_cuts ? own->cuts[segment] : job->pass->net->n_stages;
    int code = sl_forward_stages(job, begin_stage, end_stage, at);
    if (segment < own->n_cuts)
        sl_norm_gather(job->pass, end_stage, at);
    return code;
}

/* From the segment's last stage, whose gradient is there, to the next cut below: the cut before a segment is
 * crossed by its first stage. */
static int backward_tile(const struct sl_job *job, size_t segment, struct sl_at *at, float *lane)
{
    const struct segments *own = job->stepper->own;
    size_t last = segment < own->n_cuts ? own->cuts[segment] : job->pass->net->n_stages - 1;
    size_t end_stage = segment ? own->cuts[segment - 1] : 0;
    int code = sl_backward_stages(job, last, end_stage, at, lane);
    if (segment > 0)
        sl_norm_gather_back(job->pass, end_stage, at);
    return code;
}

enum way { FORWARD, TURN, BACKWARD };

static int run_tile(const struct sl_job *job, size_t segment, enum way way, size_t tile, float *lane)
{
    struct sl_at at = sl_at_rows(job, tile);
    if (way == FORWARD)
        return forward_tile(job, segment, &at);
    if (way == BACKWARD)
        return backward_tile(job, segment, &at, lane);
    int code = forward_tile(job, segment, &at);
    sl_end_rows(job, &at);
    return code | backward_tile(job, segment, &at, lane);
}

/* A segment on all tiles of a lane, in order or, back, from the last to the first. */
static int run_lane(const struct sl_job *job, size_t segment, enum way way, size_t l, int back)
{
    const struct segments *own = job->stepper->own;
    size_t size = job->pass->sum_size, begin_tile = job->n_row_tiles * l / own->lanes;
    size_t n = job->n_row_tiles * (l + 1) / own->lanes - begin_tile;
    float *lane = own->lane_sums + l * size;
    int code = SL_OK;
    if (way == TURN)
        memset(lane, 0, size * sizeof *lane);
    for (size_t i = 0; i < n; i++)
        code |= run_tile(job, segment, way, begin_tile + (back ? n - 1 - i : i), lane);
    return code;
}

/* A segment on all tiles of the thread's lanes.  Every other segment begins where the one before it ended,
 * whose last tiles are still in the thread's cache. */
static int run_segment(const struct sl_job *job, size_t segment, enum way way)
{
    const struct segments *own = job->stepper->own;
    size_t start = sl_share_start(job, own->lanes), n = sl_share_end(job, own->lanes) - start;
    int back = segment % 2, code = SL_OK;
    for (size_t i = 0; i < n; i++)
        code |= run_lane(job, segment, way, start + (back ? n - 1 - i : i), back);
    return code;
}

/* The weights as layers want them. */
static int pack(const struct sl_job *job)
{
    const struct sl_pass *pass = job->pass;
    int code = SL_OK;
    if (!((const struct segments *)job->stepper->own)->packs)
        return SL_OK;
    for (size_t s = 1 + (size_t)job->thread; s < pass->net->n_stages; s += (size_t)job->threads)
        code |= sl_stage_pack(pass, s, job->params, job->thread);
    sl_meet(job);
    return code;
}

/* Forward and back, with a meeting of all threads at each cut, both times. */
static int run(const struct sl_job *job)
{
    const struct segments *own = job->stepper->own;
    const struct sl_pass *pass = job->pass;
    const struct sl_step *step = job->step;
    int code = pack(job);
    for (size_t i = 0; i < own->n_cuts; i++) {
        code |= run_segment(job, i, FORWARD);
        sl_meet(job);
        sl_norm_combine(pass, own->cuts[i], step->n, step->optimiser->step, job->params, job->thread);
    }
    code |= run_segment(job, own->n_cuts, TURN);
    for (size_t i = own->n_cuts; i-- > 0;) {
        sl_meet(job);
        sl_norm_combine_back(pass, own->cuts[i], step->n, job->stepper->grads, job->thread);
        code |= run_segment(job, i, BACKWARD);
    }
    return code;
}

/* Lanes ---------------------------------------------------------------------------------------------- */

/* Adds all lanes to the first, in order, and arranges the sums as the parameters are. */
static int collect(const struct sl_job *job)
{
    const struct segments *own = job->stepper->own;
    size_t size = job->pass->sum_size, n_blocks = sl_tiles_of(size, SL_WEIGHTS_TILE);
    int code = SL_OK;
    if (size == 0)
        return SL_OK;
    for (size_t b = sl_share_start(job, n_blocks); b < sl_share_end(job, n_blocks); b++) {
        size_t at = b * SL_WEIGHTS_TILE, left = size - at;
        size_t n = left < SL_WEIGHTS_TILE ? left : SL_WEIGHTS_TILE;
        for (size_t l = 1; l < own->lanes; l++)
            sl_add_floats(own->lane_sums + at, own->lane_sums + l * size + at, n);
    }
    sl_meet(job);
    for (size_t s = 1 + (size_t)job->thread; s < job->pass->net->n_stages; s += (size_t)job->threads)
        code |= sl_stage_unpack(job->pass, s, job->thread, own->lane_sums, job->stepper->grads);
    sl_meet(job);
    return code;
}

static const struct sl_first_type *const firsts[] = {&sl_first_floats, NULL};

const struct sl_strategy sl_strategy_segments = {
    .name = "segments",
    .suits = suits,
    .cut = cut,
    .keeps_out = keeps_out,
    .keeps_d = keeps_d,
    .firsts = firsts,
    .begin = begin,
    .end = end,
    .run = run,
    .collect = collect,
};
