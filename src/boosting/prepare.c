/* prepare.c - all that comes before the first iteration: rows, those held out, weights, bins, memory.
 * O(n d log n). */
#include "boosting/held_out.h"
#include "boosting/roots.h"
#include "boosting/state.h"
#include "core/memory.h"
#include "core/threads.h"
#include <math.h>

void sl_boost_release_state(struct sl_boost_state *f)
{
    for (int t = 0; f->space && t < f->outer; t++)
        sl_boost_space_free(f->space[t]);
    sl_bins_release(&f->bins);
    sl_joint_release(&f->joint);
    free(f->space);
    free(f->packed);
    free(f->whole);
    free(f->roots);
    free(f->tree);
    free(f->rows);
    free(f->held);
    free(f->all_watched);
    free(f->class);
    free(f->y);
    free(f->watched_y);
    free(f->weight);
    free(f->raw);
    free(f->gradient);
    free(f->curvature);
    free(f->watched_raw);
    free(f->held_loss);
}

/* Rows, and which classes they have. */
static int take_rows(struct sl_boost_state *f, int *n_present)
{
    const struct sl_view *x = f->job->x;
    f->n = f->job->n;
    f->rows = sl_alloc(f->n, sizeof *f->rows);
    f->held = sl_alloc(f->n, sizeof *f->held);
    f->class = sl_alloc((size_t)x->k, sizeof *f->class);
    f->y = sl_alloc(x->n, sizeof *f->y);
    if (!f->rows || !f->held || !f->class || !f->y)
        return SL_ENOMEM;
    for (int c = 0; c < x->k; c++)
        f->class[c] = -1;
    for (size_t i = 0; i < f->n; i++) {
        f->rows[i] = f->job->rows ? f->job->rows[i] : (uint32_t)i;
        f->class[x->y[f->rows[i]]] = 0;
    }
    *n_present = 0;
    for (int c = 0; c < x->k; c++)
        if (f->class[c] == 0)
            f->class[c] = (*n_present)++;
    for (size_t i = 0; i < x->n; i++)
        f->y[i] = f->class[x->y[i]];
    return SL_OK;
}

static int hold_out(struct sl_boost_state *f, int n_present, struct sl_error *err)
{
    const struct sl_boost_options *o = f->options;
    const size_t all = f->n;
    if (o->early_stopping == SL_BOOST_EARLY_NO || (o->early_stopping == SL_BOOST_EARLY_AUTO && f->n <= 10000))
        return SL_OK;
    struct sl_rng *rng = sl_rng_split(f->job->rng, 1);
    if (!rng)
        return sl_fail_memory(err);
    f->n_held = sl_boost_hold_out(f->y, n_present, o->validation_fraction, rng, f->rows, &f->n, f->held);
    sl_rng_free(rng);
    if (f->n_held == SIZE_MAX)
        return sl_fail_memory(err);
    if (f->n_held == 0)
        return sl_fail(
            err, SL_EUSAGE,
            "early_stopping: of %zu training rows none can be held out with validation_fraction=%g", all,
            o->validation_fraction);
    return SL_OK;
}

/* Of rows, and of classes where they are balanced (scikit-learn's n / (classes * rows of the class)). */
static int make_weights(struct sl_boost_state *f, int n_present)
{
    const struct sl_view *x = f->job->x;
    if (!x->weight && !f->options->balanced)
        return SL_OK;
    double *count = sl_alloc_zero((size_t)n_present, sizeof *count);
    f->weight = sl_alloc(x->n, sizeof *f->weight);
    int code = count && f->weight ? SL_OK : SL_ENOMEM;
    for (size_t i = 0; i < f->job->n && !code; i++)
        count[f->y[f->job->rows ? f->job->rows[i] : i]]++;
    for (size_t i = 0; i < x->n && !code; i++) {
        f->weight[i] = x->weight ? x->weight[i] : 1;
        if (f->options->balanced && f->y[i] >= 0)
            f->weight[i] *= (double)f->job->n / (n_present * count[f->y[i]]);
    }
    free(count);
    return code;
}

/* Log odds, or logarithms of the classes' shares; of the rows that are fitted. */
static int make_model(struct sl_boost_state *f, int n_present)
{
    struct sl_boost *model = sl_boost_new(f->job->x, n_present);
    double *share = sl_alloc_zero((size_t)n_present, sizeof *share), all = 0;
    f->out->model = model;
    int code = model && share ? SL_OK : SL_ENOMEM;
    for (size_t i = 0; i < f->n && !code; i++) {
        double weight = f->weight ? f->weight[f->rows[i]] : 1;
        share[f->y[f->rows[i]]] += weight;
        all += weight;
    }
    for (int c = 0, o = 0; c < f->job->x->k && !code; c++)
        if (f->class[c] >= 0)
            model->present[o++] = c;
    for (int o = 0; !code && o < model->n_outputs; o++)
        model->baseline[o] = (float)(model->n_outputs == 1 ? log(share[1] / share[0]) : log(share[o] / all));
    free(share);
    return code;
}

static int make_watched(struct sl_boost_state *f)
{
    const struct sl_boost_job *job = f->job;
    f->watched_y = sl_alloc(job->n_watch, sizeof *f->watched_y);
    f->all_watched = sl_alloc(job->n_watch, sizeof *f->all_watched);
    f->watched_raw = sl_alloc((size_t)f->n_outputs * job->n_watch, sizeof *f->watched_raw);
    if (!f->watched_y || !f->all_watched || !f->watched_raw)
        return SL_ENOMEM;
    for (size_t i = 0; i < job->n_watch; i++)
        f->all_watched[i] = (uint32_t)i;
    for (size_t i = 0; i < job->n_watch; i++)
        f->watched_y[i] = f->class[job->watch->y[job->watch_rows ? job->watch_rows[i] : i]];
    for (int o = 0; o < f->n_outputs; o++)
        for (size_t i = 0; i < job->n_watch; i++)
            f->watched_raw[(size_t)o * job->n_watch + i] = f->out->model->baseline[o];
    return SL_OK;
}

static void choose_threads(struct sl_boost_state *f)
{
    enum { LEVELS = 4, NODES = 16, SCAN = 512 };
    const double d = (double)f->bins.width;
    const double tree = 8 * LEVELS * d * (double)f->n + NODES * SCAN * d;
    int threads = sl_threads_for(tree * f->n_outputs, f->job->threads);
    f->outer = f->n_outputs >= threads ? threads : 1;
    f->inner = f->n_outputs >= threads ? 1 : f->job->threads;
}

static int make_packed(struct sl_boost_state *f)
{
    const size_t all = f->job->x->n, at_once = sl_boost_roots_at_once(&f->bins, (size_t)f->n_outputs);
    f->wave = at_once ? at_once : (size_t)f->outer;
    f->packed = sl_alloc_zero(f->wave, sizeof *f->packed);
    f->whole = sl_alloc(f->wave * all, sizeof *f->whole);
    if (at_once)
        f->roots = sl_alloc(f->wave * (f->bins.width / SL_SUMS_FEATURES), SL_SUMS_BLOCK * sizeof *f->roots);
    if (!f->packed || !f->whole || (at_once && !f->roots))
        return SL_ENOMEM;
    for (size_t o = 0; o < f->wave; o++)
        f->packed[o].sum = f->whole + o * all;
    return SL_OK;
}

static int make_room(struct sl_boost_state *f)
{
    const size_t all = f->job->x->n, outputs = (size_t)f->n_outputs;
    f->raw = sl_alloc(outputs * all, sizeof *f->raw);
    f->gradient = sl_alloc(outputs * all, sizeof *f->gradient);
    f->curvature = sl_alloc(outputs * all, sizeof *f->curvature);
    f->held_loss = sl_alloc((size_t)f->options->max_iter + 1, sizeof *f->held_loss);
    f->tree = sl_alloc_zero(outputs, sizeof *f->tree);
    f->space = sl_alloc_zero((size_t)f->outer, sizeof(struct sl_boost_space *));
    if (!f->raw || !f->gradient || !f->curvature || !f->held_loss || !f->tree || !f->space)
        return SL_ENOMEM;
    if (make_packed(f))
        return SL_ENOMEM;
    for (int t = 0; t < f->outer; t++)
        if (!(f->space[t] = sl_boost_space_new(&f->bins, &f->joint, f->n)))
            return SL_ENOMEM;
    for (size_t o = 0; o < outputs; o++)
        for (size_t i = 0; i < all; i++)
            f->raw[o * all + i] = f->out->model->baseline[o];
    return f->job->watch ? make_watched(f) : SL_OK;
}

int sl_boost_prepare(struct sl_boost_state *f, struct sl_error *err)
{
    int n_present, code = take_rows(f, &n_present);
    if (code)
        return sl_fail_memory(err);
    f->n_outputs = sl_boost_outputs(n_present);
    struct sl_rng *rng = sl_rng_split(f->job->rng, 0);
    if (!rng)
        return sl_fail_memory(err);
    f->seed = sl_rng_bits(rng);
    sl_rng_free(rng);
    if (f->n_outputs)
        code = hold_out(f, n_present, err);
    if (!code && (make_weights(f, n_present) || make_model(f, n_present)))
        code = sl_fail_memory(err);
    if (!code && f->n_outputs)
        code = sl_bins_make(f->job->x, f->job->rows, f->job->n, f->options->max_bins, f->job->threads,
                            &f->bins, err);
    if (code || !f->n_outputs)
        return code;
    choose_threads(f);
    if (sl_joint_make(&f->bins, f->job->threads, &f->joint))
        return sl_fail_memory(err);
    return make_room(f) ? sl_fail_memory(err) : SL_OK;
}
