/* pass.c - the workspace of a net: the buffers of its stages, and where a tile's rows lie in them.
 *
 * Memory: activations and, where they pass back, gradients of one tile a thread, or of the batch in the
 * stages whose user says so; recipes and rearranged weights of the layers. */
#include "nn/pass/pass.h"
#include "core/memory.h"
#include "nn/layers/batchnorm.h"

size_t sl_pass_rows(const struct sl_net *net)
{
    enum { IMAGES = 16, FLAT = 64 };
    return net->spatial ? IMAGES : FLAT;
}

/* Places ------------------------------------------------------------------------------------------- */

static size_t place(const struct sl_pass *pass, int whole, const struct sl_at *at)
{
    return whole ? at->tile.row0 : pass->row_tile * (size_t)at->thread + at->skip;
}

float *sl_pass_out(const struct sl_pass *pass, size_t s, const struct sl_at *at)
{
    if (!pass->work[s].out)
        return NULL;
    return pass->work[s].out + place(pass, pass->work[s].whole_out, at) * pass->net->stages[s].out;
}

float *sl_pass_d(const struct sl_pass *pass, size_t s, const struct sl_at *at)
{
    if (!pass->work[s].d)
        return NULL;
    return pass->work[s].d + place(pass, pass->work[s].whole_d, at) * pass->net->stages[s].out;
}

int32_t *sl_pass_aux(const struct sl_pass *pass, size_t s, const struct sl_at *at)
{
    if (!pass->work[s].aux)
        return NULL;
    return pass->work[s].aux + place(pass, pass->work[s].whole_out, at) * pass->net->stages[s].out;
}

float *sl_pass_norm(const struct sl_pass *pass, size_t s, int thread)
{
    if (!pass->work[s].norm)
        return NULL;
    return pass->work[s].norm + (size_t)thread * SL_NORM_ROWS * (size_t)pass->net->stages[s].main->in.c;
}

float *sl_pass_scratch(const struct sl_pass *pass, int thread)
{
    return pass->scratch + (size_t)thread * pass->scratch_size;
}

/* Buffers ------------------------------------------------------------------------------------------ */

/* (rows, width) of elements of 4 bytes. */
static void *new_rows(const struct sl_pass *pass, int whole, size_t width)
{
    size_t rows = whole ? pass->batch : pass->row_tile * (size_t)pass->threads;
    size_t count;
    if (__builtin_mul_overflow(rows, width, &count))
        return NULL;
    return sl_alloc_zero(count, sizeof(float));
}

/* In prediction batch normalisation may overwrite an input that nothing else takes. */
static int may_alias(const struct sl_pass *pass, const struct sl_pass_options *o,
                     const struct sl_stage *stage)
{
    const struct sl_stage *from = &pass->net->stages[stage->from];
    return !o->backward && !o->complete && sl_over_batch(stage) && from->min_use == from->max_use &&
           !pass->work[stage->from].with;
}

static int stage_buffers(struct sl_pass *pass, const struct sl_pass_options *o, size_t s)
{
    const struct sl_net *net = pass->net;
    const struct sl_stage *stage = &net->stages[s];
    struct sl_stage_work *work = &pass->work[s];
    int has_aux = o->backward && stage->main && (stage->main->type->flags & SL_KEEPS_AUX);
    int has_d = o->backward && (s > 0 || o->complete);
    work->whole_out = o->keeps_out && o->keeps_out(net, s);
    work->whole_d = o->keeps_d && o->keeps_d(net, s);
    work->alias = may_alias(pass, o, stage);
    if (work->with)
        return SL_OK;
    work->out = work->alias ? pass->work[stage->from].out : new_rows(pass, work->whole_out, stage->out);
    work->aux = has_aux ? new_rows(pass, work->whole_out, stage->out) : NULL;
    work->d = has_d ? new_rows(pass, work->whole_d, stage->out) : NULL;
    return work->out && (work->aux || !has_aux) && (work->d || !has_d) ? SL_OK : SL_ENOMEM;
}

/* What statistics of the batch take. */
static int stage_norm(struct sl_pass *pass, size_t s)
{
    const struct sl_stage *stage = &pass->net->stages[s];
    struct sl_stage_work *work = &pass->work[s];
    if (!pass->training || !sl_over_batch(stage))
        return SL_OK;
    size_t channels = (size_t)stage->main->in.c;
    work->parts = sl_alloc_zero(pass->n_row_tiles * 4 * channels, sizeof *work->parts);
    work->norm = sl_alloc_zero((size_t)pass->threads * SL_NORM_ROWS * channels, sizeof *work->norm);
    return work->parts && work->norm ? SL_OK : SL_ENOMEM;
}

/* Whether the next stage takes stage s's output, as it is, and nothing else does. */
static int only_next_takes(const struct sl_net *net, size_t s)
{
    const struct sl_stage *stage = &net->stages[s];
    return s + 1 < net->n_stages && stage[1].from == s && stage->min_use == stage->max_use &&
           stage->first == stage->end;
}

/* Whether stage s, of the input, is computed in one go with the pooling behind it. */
static int joins_pool(const struct sl_pass *pass, size_t s)
{
    const struct sl_stage *stage = &pass->net->stages[s];
    const struct sl_layer_type *type = stage->main->type;
    return stage->from == 0 && type->pools && type->pools(stage->main, stage[1].main, pass->work[s].recipe);
}

/* Whether its weights take in the scale and shift of the normalisation behind it. */
static int joins_norm(const struct sl_pass *pass, const struct sl_pass_options *o, size_t s)
{
    const struct sl_stage *stage = &pass->net->stages[s];
    return !o->training && !o->backward && stage->main->type->fold && sl_over_batch(stage + 1);
}

static int stage_join(struct sl_pass *pass, const struct sl_pass_options *o, size_t s)
{
    const struct sl_layer *layer = pass->net->stages[s].main;
    struct sl_stage_work *work = &pass->work[s];
    if (o->complete || !only_next_takes(pass->net, s))
        return SL_OK;
    const int norm = joins_norm(pass, o, s);
    work->with = norm || joins_pool(pass, s) ? s + 1 : 0;
    work->folded = norm ? sl_alloc(layer->weights + (size_t)layer->units, sizeof *work->folded) : NULL;
    return work->folded || !norm ? SL_OK : SL_ENOMEM;
}

static int stage_plan(struct sl_pass *pass, const struct sl_pass_options *o, size_t s, struct sl_error *err)
{
    const struct sl_layer *layer = pass->net->stages[s].main;
    struct sl_stage_work *work = &pass->work[s];
    struct sl_recipe_sizes sizes = {0};
    if (!layer || !layer->type->recipe)
        return SL_OK;
    int code = layer->type->recipe(layer, pass->row_tile, o->backward, &work->recipe, &sizes, err);
    if (code)
        return code;
    work->sum_at = pass->sum_size;
    pass->sum_size += sizes.sum;
    if (sizes.scratch > pass->scratch_size)
        pass->scratch_size = sizes.scratch;
    work->packed = sl_alloc_zero(sizes.packed, sizeof *work->packed);
    return work->packed && stage_join(pass, o, s) == SL_OK ? SL_OK : sl_fail_memory(err);
}

/* What all stages share. */
static int shared_buffers(struct sl_pass *pass, const struct sl_pass_options *o)
{
    enum { LINE = 64 }; /* floats: no two threads write to one line of cache */
    const struct sl_net *net = pass->net;
    for (size_t s = 0; o->backward && s < net->n_stages; s++)
        if (net->stages[s].min_use != net->stages[s].max_use && net->stages[s].out > pass->spare_size)
            pass->spare_size = net->stages[s].out;
    if (pass->spare_size > 0)
        pass->spare = new_rows(pass, 0, pass->spare_size);
    pass->scratch_size = sl_tiles_of(pass->scratch_size, LINE) * LINE;
    pass->scratch = sl_alloc_zero(pass->scratch_size * (size_t)pass->threads, sizeof *pass->scratch);
    return pass->scratch && (pass->spare || pass->spare_size == 0) ? SL_OK : SL_ENOMEM;
}

static int allocate(struct sl_pass *pass, const struct sl_pass_options *o, struct sl_error *err)
{
    pass->work = sl_alloc_zero(pass->net->n_stages, sizeof *pass->work);
    if (!pass->work)
        return sl_fail_memory(err);
    for (size_t s = 0; s < pass->net->n_stages; s++) {
        int code = stage_plan(pass, o, s, err);
        if (code)
            return code;
        if (stage_buffers(pass, o, s) || stage_norm(pass, s))
            return sl_fail_memory(err);
    }
    return shared_buffers(pass, o) ? sl_fail_memory(err) : SL_OK;
}

int sl_pass_new(const struct sl_net *net, const struct sl_pass_options *options, struct sl_pass **out,
                struct sl_error *err)
{
    struct sl_pass *pass = sl_alloc_zero(1, sizeof *pass);
    *out = NULL;
    if (!pass)
        return sl_fail_memory(err);
    pass->net = net;
    pass->threads = options->threads;
    pass->training = options->training;
    pass->row_tile = options->row_tile;
    pass->n_row_tiles = options->batch ? sl_tiles_of(options->batch, options->row_tile) : 1;
    pass->batch = pass->n_row_tiles * pass->row_tile;
    int code = allocate(pass, options, err);
    if (code) {
        sl_pass_free(pass);
        return code;
    }
    *out = pass;
    return SL_OK;
}

void sl_pass_free(struct sl_pass *pass)
{
    if (!pass)
        return;
    for (size_t s = 0; pass->work && s < pass->net->n_stages; s++) {
        struct sl_stage_work *work = &pass->work[s];
        if (!work->alias)
            free(work->out);
        free(work->d);
        free(work->parts);
        free(work->norm);
        free(work->aux);
        free(work->packed);
        free(work->folded);
        if (work->recipe)
            pass->net->stages[s].main->type->recipe_free(work->recipe);
    }
    free(pass->work);
    free(pass->spare);
    free(pass->scratch);
    free(pass);
}
